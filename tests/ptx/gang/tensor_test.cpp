// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cp.async.bulk.tensor and cp.reduce.async.bulk.tensor against tensor_reference.h.
#include "gang_fixture.h"
#include "tensor_reference.h"

#include <cstring>
#include <fmt/core.h>
#include <random>

namespace anywarp::ptxtest {
namespace {

constexpr unsigned kShared = 16384;

// Shared memory starts as `data`, one thread executes the instruction, shared memory goes back.
constexpr const char* kKernel = R"(
.version 8.6
.target sm_90a
.address_size 64
.visible .entry copy(.param .align 64 .b8 map[128], .param .u64 data, .param .u32 bytes,
    .param .u32 x0, .param .u32 x1, .param .u32 x2, .param .u32 x3, .param .u32 x4,
    .param .u32 o0, .param .u32 o1, .param .u32 o2) {
  .shared .align 1024 .b8 box[16384];
  .shared .align 8 .b64 bar;
  .reg .b64 %rd<8>;
  .reg .b32 %r<20>;
  .reg .b32 %x<5>;
  .reg .b16 %o<3>;
  .reg .pred %p<5>;
  ld.param.u64 %rd0, [data];
  ld.param.u32 %x0, [x0];
  ld.param.u32 %x1, [x1];
  ld.param.u32 %x2, [x2];
  ld.param.u32 %x3, [x3];
  ld.param.u32 %x4, [x4];
  ld.param.u16 %o0, [o0];
  ld.param.u16 %o1, [o1];
  ld.param.u16 %o2, [o2];
  ld.param.u32 %r3, [bytes];
  mov.b64 %rd1, map;
  cvta.param.u64 %rd1, %rd1;
  mov.u32 %r0, %tid.x;
  mov.u32 %r1, box;
  mov.u32 %r2, bar;
  mov.u32 %r4, %r0;
fill:
  mul.wide.u32 %rd2, %r4, 4;
  add.u64 %rd2, %rd0, %rd2;
  ld.global.u32 %r5, [%rd2];
  mad.lo.u32 %r6, %r4, 4, %r1;
  st.shared.u32 [%r6], %r5;
  add.u32 %r4, %r4, 64;
  setp.lt.u32 %p0, %r4, 4096;
  @%p0 bra fill;
  setp.ne.u32 %p1, %r0, 0;
  @%p1 bra wait;
  mbarrier.init.shared::cta.b64 [%r2], 1;
  mbarrier.arrive.expect_tx.shared::cta.b64 _, [%r2], %r3;
wait:
  bar.sync 0;
  @%p1 bra again;
  INSTRUCTION
  cp.async.bulk.commit_group;
  cp.async.bulk.wait_group.read 0;
again:
  mbarrier.try_wait.parity.acquire.cta.shared::cta.b64 %p2, [%r2], 0;
  @!%p2 bra again;
  bar.sync 0;
  mov.u32 %r4, %r0;
back:
  mul.wide.u32 %rd2, %r4, 4;
  add.u64 %rd2, %rd0, %rd2;
  mad.lo.u32 %r6, %r4, 4, %r1;
  ld.shared.u32 %r5, [%r6];
  st.global.u32 [%rd2], %r5;
  add.u32 %r4, %r4, 64;
  setp.lt.u32 %p0, %r4, 4096;
  @%p0 bra back;
  ret;
}
)";

class TensorTest : public GangTest {
protected:
  void useInstruction(const std::string& instruction) {
    std::string text = kKernel;
    text.replace(text.find("INSTRUCTION"), 11, instruction);
    loadText(text);
  }
  static std::string coordinates(unsigned rank) {
    std::string list = "{%x0";
    for (unsigned d = 1; d < rank; d++)
      list += fmt::format(", %x{}", d);
    return list + "}";
  }
  void useLoad(unsigned rank) {
    useInstruction(fmt::format("cp.async.bulk.tensor.{}d.shared::cluster.global.tile.mbarrier::"
                               "complete_tx::bytes [%r1], [%rd1, {}], [%r2];",
                               rank, coordinates(rank)));
  }
  void useIm2col(unsigned rank) {
    constexpr const char* offsets[] = {"{%o0}", "{%o0, %o1}", "{%o0, %o1, %o2}"};
    useInstruction(fmt::format("cp.async.bulk.tensor.{}d.shared::cluster.global.im2col.mbarrier::"
                               "complete_tx::bytes [%r1], [%rd1, {}], [%r2], {};",
                               rank, coordinates(rank), offsets[rank - 3]));
  }
  void useStore(unsigned rank, const char* mode = "tile", const char* reduction = nullptr) {
    std::string op = reduction ? fmt::format(".{}", reduction) : "";
    useInstruction(fmt::format("cp{}.async.bulk.tensor.{}d.global.shared::cta{}.{}.bulk_group "
                               "[%rd1, {}], [%r1];",
                               reduction ? ".reduce" : "", rank, op, mode, coordinates(rank)));
  }
  Result<void> copy(const AwTensorMap& map, std::vector<uint8_t>& data, uint32_t bytes,
                    const Place& x, std::array<unsigned, 3> o = {}) {
    return launch("copy", 1, 64, map, data.data(), bytes, uint32_t(x[0]), uint32_t(x[1]),
                  uint32_t(x[2]), uint32_t(x[3]), uint32_t(x[4]), o[0], o[1], o[2]);
  }
  unsigned random(unsigned low, unsigned high) { // inclusive
    return low + unsigned(random_() % (high - low + 1));
  }
  std::vector<uint8_t> randomBytes(size_t n) {
    std::vector<uint8_t> v(n);
    for (uint8_t& b : v)
      b = uint8_t(random_());
    return v;
  }

  // A random tensor and a map of it; its memory is in tensor_.
  AwTensorMap randomMap(unsigned rank) {
    AwTensorMap m = {};
    m.magic = AW_TENSOR_MAP_MAGIC;
    m.rank = uint8_t(rank);
    constexpr uint8_t types[] = {AW_TENSOR_U8,  AW_TENSOR_U16, AW_TENSOR_S32, AW_TENSOR_F32,
                                 AW_TENSOR_U64, AW_TENSOR_F64, AW_TENSOR_F16, AW_TENSOR_BF16};
    m.type = types[random(0, 7)];
    m.swizzle = uint8_t(random(0, 3));
    m.atom = uint8_t(m.swizzle == 3 ? random(0, 3) : 0);
    m.fill = uint8_t(m.type >= AW_TENSOR_F16 ? random(0, 1) : 0);
    unsigned bytes = bytesOf(m.type), most = m.swizzle ? 16u << m.swizzle : 160;
    m.box[0] = uint16_t(random(1, most / 16) * 16 / bytes);
    uint64_t stride = 0;
    for (unsigned d = 0; d < 5; d++) {
      m.elementStride[d] = uint8_t(d && d < rank && random(0, 3) == 0 ? random(2, 3) : 1);
      if (d)
        m.box[d] = uint16_t(d < rank ? random(1, 4) : 1);
      uint32_t size = d < rank ? random(1, d ? 6 : 2 * m.box[0]) : 1;
      m.last[d] = size - 1;
      stride = d ? stride * size : (size * bytes + random(0, 2) * 16 + 15) / 16 * 16;
      if (d < 4)
        m.strides[d] = stride;
    }
    tensor_ = randomBytes(stride + 64);
    m.address = (reinterpret_cast<uint64_t>(tensor_.data()) + 15) / 16 * 16;
    return m;
  }
  Place randomPlace(const AwTensorMap& m) {
    Place x = {};
    for (unsigned d = 0; d < m.rank; d++)
      x[d] = int64_t(random(0, m.last[d] + 2 + m.box[d])) - m.box[d] / 2 - 1;
    return x;
  }
  static std::vector<uint8_t> fillOf(const AwTensorMap& m) {
    std::vector<uint8_t> fill(8, 0);
    if (m.fill) { // a NaN: all ones but the sign
      fill.assign(bytesOf(m.type), 0xff);
      fill.back() = 0x7f;
    }
    return fill;
  }
  // What shared memory holds after a load of these elements.
  static std::vector<uint8_t> loaded(const AwTensorMap& m, std::vector<uint8_t> shared,
                                     const std::vector<BoxElement>& box) {
    std::vector<uint8_t> fill = fillOf(m);
    auto* global = reinterpret_cast<const uint8_t*>(m.address);
    for (const BoxElement& e : box)
      for (unsigned i = 0; i < bytesOf(m.type); i++)
        shared[e.shared + i] = e.global < 0 ? fill[i] : global[e.global + i];
    return shared;
  }
  static uint32_t bytes(const AwTensorMap& m, const std::vector<BoxElement>& box) {
    return uint32_t(box.size()) * bytesOf(m.type);
  }

  std::vector<uint8_t> tensor_;
  std::mt19937 random_{20260101};
};

TEST_F(TensorTest, tiled_loads) {
  for (unsigned rank = 1; rank <= 5; rank++) {
    useLoad(rank);
    for (int round = 0; round < 40; round++) {
      AwTensorMap m = randomMap(rank);
      Place x = randomPlace(m);
      std::vector<BoxElement> box = tiledBox(m, x);
      std::vector<uint8_t> data = randomBytes(kShared), expected = loaded(m, data, box);
      auto ok = copy(m, data, bytes(m, box), x);
      ASSERT_TRUE(ok) << ok.error().message;
      ASSERT_EQ(data, expected) << rank << "d, round " << round << ", swizzle " << int(m.swizzle)
                                << "." << int(m.atom) << ", type " << int(m.type);
    }
  }
}

TEST_F(TensorTest, tiled_stores_write_only_inside) {
  for (unsigned rank = 1; rank <= 5; rank++) {
    useStore(rank);
    for (int round = 0; round < 20; round++) {
      AwTensorMap m = randomMap(rank);
      if (m.atom == 2) // the flip is for loads
        m.atom = 1;
      Place x = randomPlace(m);
      std::vector<uint8_t> data = randomBytes(kShared), expected = tensor_;
      size_t begin = m.address - reinterpret_cast<uint64_t>(tensor_.data());
      for (const BoxElement& e : tiledBox(m, x))
        for (unsigned i = 0; i < bytesOf(m.type) && e.global >= 0; i++)
          expected[begin + size_t(e.global) + i] = data[e.shared + i];
      auto ok = copy(m, data, 0, x);
      ASSERT_TRUE(ok) << ok.error().message;
      ASSERT_EQ(tensor_, expected) << rank << "d, round " << round;
    }
  }
}

// PTX ISA 5.5.4: the manual's three examples with other sizes of channels, then random ones.
TEST_F(TensorTest, im2col_loads) {
  for (unsigned rank = 3; rank <= 5; rank++) {
    useIm2col(rank);
    for (int round = 0; round < 30; round++) {
      AwTensorMap m = {};
      m.magic = AW_TENSOR_MAP_MAGIC;
      m.mode = AW_TENSOR_IM2COL;
      m.rank = uint8_t(rank);
      m.type = AW_TENSOR_F16;
      m.swizzle = uint8_t(random(0, 3));
      m.fill = uint8_t(random(0, 1));
      m.channels = uint16_t(8 * random(1, m.swizzle ? 1u << m.swizzle : 3));
      m.pixels = uint16_t(random(1, 64));
      uint64_t stride = 0;
      Place x = {};
      std::array<unsigned, 3> offsets = {};
      for (unsigned d = 0; d < 5; d++) {
        bool spatial = d > 0 && d + 1 < rank;
        uint32_t size = d == 0 ? random(1, 40) : d < rank ? random(3, 9) : 1;
        m.last[d] = size - 1;
        m.elementStride[d] = uint8_t(spatial ? random(1, 2) : 1);
        stride = d ? stride * size : (size * 2 + 15) / 16 * 16;
        if (d < 4)
          m.strides[d] = stride;
        if (spatial) {
          m.lower[d - 1] = int16_t(int(random(0, 2)) - 1);
          m.upper[d - 1] = int16_t(int(random(0, 2)) - 2);
          offsets[d - 1] = random(0, 2);
          int64_t positions = int64_t(size) + m.upper[d - 1] - m.lower[d - 1];
          if (positions <= 0)
            m.upper[d - 1] = 0, positions = size - m.lower[d - 1];
          int64_t steps = (positions + m.elementStride[d] - 1) / m.elementStride[d];
          x[d] = m.lower[d - 1] + int64_t(random(0, unsigned(steps) - 1)) * m.elementStride[d];
        } else if (d == rank - 1) {
          x[d] = random(0, size - 1);
        }
      }
      x[0] = 8 * random(0, 2);
      tensor_ = randomBytes(stride + 64);
      m.address = (reinterpret_cast<uint64_t>(tensor_.data()) + 15) / 16 * 16;
      std::vector<BoxElement> column = im2colColumn(m, x, offsets);
      ASSERT_EQ(column.size(), size_t(m.pixels) * m.channels);
      std::vector<uint8_t> data = randomBytes(kShared), expected = loaded(m, data, column);
      auto ok = copy(m, data, bytes(m, column), x, offsets);
      ASSERT_TRUE(ok) << ok.error().message;
      ASSERT_EQ(data, expected) << rank << "d, round " << round;
    }
  }
}

TEST_F(TensorTest, im2col_stores) {
  useStore(4, "im2col_no_offs");
  AwTensorMap m = {};
  m.magic = AW_TENSOR_MAP_MAGIC;
  m.mode = AW_TENSOR_IM2COL;
  m.rank = 4;
  m.type = AW_TENSOR_S32;
  m.channels = 8, m.pixels = 30;
  uint32_t sizes[5] = {12, 5, 4, 2, 1};
  uint64_t stride = 0;
  for (unsigned d = 0; d < 5; d++) {
    m.last[d] = sizes[d] - 1;
    m.elementStride[d] = 1;
    stride = d ? stride * sizes[d] : 48;
    if (d < 4)
      m.strides[d] = stride;
  }
  tensor_ = randomBytes(stride + 16);
  m.address = (reinterpret_cast<uint64_t>(tensor_.data()) + 15) / 16 * 16;
  Place x = {8, 3, 1, 0, 0};
  std::vector<uint8_t> data = randomBytes(kShared), expected = tensor_;
  size_t begin = m.address - reinterpret_cast<uint64_t>(tensor_.data());
  for (const BoxElement& e : im2colColumn(m, x, {}))
    for (unsigned i = 0; i < 4 && e.global >= 0; i++)
      expected[begin + size_t(e.global) + i] = data[e.shared + i];
  auto ok = copy(m, data, 0, x);
  ASSERT_TRUE(ok) << ok.error().message;
  EXPECT_EQ(tensor_, expected);
}

// Interleaved layouts: an element of dimension 0 is a slice of channels.
TEST_F(TensorTest, interleaved_loads) {
  useLoad(3);
  for (unsigned interleave : {1u, 2u}) {
    AwTensorMap m = {};
    m.magic = AW_TENSOR_MAP_MAGIC;
    m.rank = 3;
    m.type = AW_TENSOR_U16;
    m.interleave = uint8_t(interleave);
    m.swizzle = uint8_t(interleave == 2);
    unsigned slice = 16 * interleave;
    uint32_t sizes[3] = {7, 3, 2}; // W, slices of C, N
    uint16_t box[3] = {5, 2, 2};
    m.elementStride[0] = 2, m.elementStride[1] = m.elementStride[2] = 1;
    for (int d = 0; d < 3; d++)
      m.last[d] = sizes[d] - 1, m.box[d] = box[d];
    m.strides[0] = 7 * slice;
    m.strides[1] = 21 * slice;
    tensor_ = randomBytes(42 * slice + 32);
    m.address = (reinterpret_cast<uint64_t>(tensor_.data()) + 31) / 32 * 32;
    auto* global = reinterpret_cast<const uint8_t*>(m.address);
    std::vector<uint8_t> data = randomBytes(kShared), expected = data;
    uint32_t linear = 0;
    for (int n = 0; n < 2; n++)
      for (int c = 2; c < 4; c++)
        for (int w = 4; w < 10; w += 2) // 3 = ceil(5 / 2) of them
          for (unsigned i = 0; i < slice; i++, linear++)
            expected[swizzledByte(m, linear)] =
                c < 3 && w < 7
                    ? global[n * 21 * slice + unsigned(c) * 7 * slice + unsigned(w) * slice + i]
                    : 0;
    auto ok = copy(m, data, linear, {4, 2, 0, 0, 0});
    ASSERT_TRUE(ok) << ok.error().message;
    EXPECT_EQ(data, expected) << interleave;
  }
}

TEST_F(TensorTest, reductions) {
  struct Case {
    const char* op;
    uint8_t type;
  };
  for (auto [op, type] :
       {Case{"add", AW_TENSOR_U32}, Case{"add", AW_TENSOR_F32}, Case{"min", AW_TENSOR_S32},
        Case{"max", AW_TENSOR_U64}, Case{"inc", AW_TENSOR_U32}, Case{"dec", AW_TENSOR_U32},
        Case{"and", AW_TENSOR_U32}, Case{"or", AW_TENSOR_U64}, Case{"xor", AW_TENSOR_U32}}) {
    useStore(2, "tile", op);
    AwTensorMap m = randomMap(2);
    m.type = type;
    m.swizzle = 2, m.atom = 0, m.fill = 0;
    unsigned bytes = bytesOf(type);
    uint32_t sizes[2] = {7, 6};
    m.box[0] = uint16_t(32 / bytes), m.box[1] = 5;
    m.elementStride[1] = 1;
    m.last[0] = sizes[0] - 1, m.last[1] = sizes[1] - 1;
    m.strides[0] = 64;
    tensor_ = randomBytes(6 * 64 + 16);
    m.address = (reinterpret_cast<uint64_t>(tensor_.data()) + 15) / 16 * 16;
    std::vector<uint8_t> data = randomBytes(kShared);
    if (type == AW_TENSOR_F32) { // small numbers, so that sums are exact
      for (size_t i = 0; i + 4 <= data.size(); i += 4) {
        float v = float(i % 97);
        memcpy(&data[i], &v, 4);
      }
      for (uint64_t i = 0; i < 6 * 64; i += 4) {
        float v = float(i % 31);
        memcpy(reinterpret_cast<char*>(m.address) + i, &v, 4);
      }
    }
    Place x = {3, 2, 0, 0, 0};
    size_t begin = m.address - reinterpret_cast<uint64_t>(tensor_.data());
    std::vector<uint8_t> expected = tensor_;
    for (const BoxElement& e : tiledBox(m, x)) {
      if (e.global < 0)
        continue;
      uint64_t a = 0, b = 0, r = 0;
      memcpy(&a, &expected[begin + size_t(e.global)], bytes);
      memcpy(&b, &data[e.shared], bytes);
      std::string_view name = op;
      if (type == AW_TENSOR_F32)
        r = __builtin_bit_cast(uint32_t, __builtin_bit_cast(float, uint32_t(a)) +
                                             __builtin_bit_cast(float, uint32_t(b)));
      else if (name == "add")
        r = a + b;
      else if (name == "min")
        r = uint64_t(std::min(int32_t(a), int32_t(b)));
      else if (name == "max")
        r = std::max(a, b);
      else if (name == "inc")
        r = a >= b ? 0 : a + 1;
      else if (name == "dec")
        r = a == 0 || a > b ? b : a - 1;
      else
        r = name == "and" ? a & b : name == "or" ? a | b : a ^ b;
      memcpy(&expected[begin + size_t(e.global)], &r, bytes);
    }
    auto ok = copy(m, data, 0, x);
    ASSERT_TRUE(ok) << ok.error().message;
    EXPECT_EQ(tensor_, expected) << op << " " << int(type);
  }
}

TEST_F(TensorTest, types_that_change_values) {
  useLoad(1);
  AwTensorMap m = {};
  m.magic = AW_TENSOR_MAP_MAGIC;
  m.rank = 1;
  m.box[0] = 4;
  m.last[0] = 3;
  for (uint8_t& stride : m.elementStride)
    stride = 1;
  alignas(16) uint32_t values[4] = {0x00000001, 0x80123456, 0x3f801fff, 0x3f803000};
  m.address = reinterpret_cast<uint64_t>(values);
  struct Case {
    uint8_t type;
    uint32_t expected[4];
  };
  for (const Case& c :
       {Case{AW_TENSOR_F32, {0x00000001, 0x80123456, 0x3f801fff, 0x3f803000}},
        Case{AW_TENSOR_F32_FTZ, {0, 0x80000000, 0x3f801fff, 0x3f803000}},
        Case{AW_TENSOR_TF32, {0, 0x80124000, 0x3f802000, 0x3f804000}}, // ties to even
        Case{AW_TENSOR_TF32_FTZ, {0, 0x80000000, 0x3f802000, 0x3f804000}}}) {
    m.type = c.type;
    std::vector<uint8_t> data(kShared);
    auto ok = copy(m, data, 16, {});
    ASSERT_TRUE(ok) << ok.error().message;
    uint32_t got[4];
    memcpy(got, data.data(), 16);
    for (int i = 0; i < 4; i++)
      EXPECT_EQ(got[i], c.expected[i]) << int(c.type) << " " << i;
  }
}

TEST_F(TensorTest, multicast) {
  load("tensor.ptx");
  std::vector<uint32_t> tensor(64 * 64), out(8 * 256);
  for (size_t i = 0; i < tensor.size(); i++)
    tensor[i] = uint32_t(i);
  AwTensorMap m = {};
  m.magic = AW_TENSOR_MAP_MAGIC;
  m.type = AW_TENSOR_U32;
  m.rank = 2;
  m.address = (reinterpret_cast<uint64_t>(tensor.data()) + 15) / 16 * 16;
  m.box[0] = 16, m.box[1] = 16;
  m.last[0] = 59, m.last[1] = 63;
  m.strides[0] = 240;
  for (uint8_t& stride : m.elementStride)
    stride = 1;
  auto* global = reinterpret_cast<const uint32_t*>(m.address);
  uint32_t mask = 0b1011;
  auto ok = launchClusters("multicast", 8, 4, 256, m, out.data(), mask);
  ASSERT_TRUE(ok) << ok.error().message;
  for (unsigned block = 0; block < 8; block++)
    for (unsigned t = 0; t < 256; t++) {
      uint32_t expected = mask >> block % 4 & 1 ? global[(2 + t / 16) * 60 + 4 + t % 16] : ~0u;
      ASSERT_EQ(out[block * 256 + t], expected) << block << " " << t;
    }
}

TEST_F(TensorTest, maps_are_changed_on_the_device) {
  load("tensor.ptx");
  alignas(16) float tensor[3][16];
  for (int i = 0; i < 48; i++)
    tensor[i / 16][i % 16] = float(i);
  AwTensorMap m = {}; // everything but the magic number is replaced
  m.magic = AW_TENSOR_MAP_MAGIC;
  for (int d = 0; d < 5; d++)
    m.elementStride[d] = 7, m.box[d] = 200;
  m.elementStride[0] = 1;
  m.swizzle = 3;
  alignas(128) char target[128] = {};
  std::vector<float> out(32);
  auto ok = launch("replace", 1, 32, m, out.data(), &target[0], &tensor[0][0]);
  ASSERT_TRUE(ok) << ok.error().message;
  for (int i = 0; i < 32; i++) {
    int x = i % 8, y = i / 8;
    if (x < 5 && y < 3)
      EXPECT_EQ(out[size_t(i)], tensor[y][x]) << i;
    else
      EXPECT_TRUE(out[size_t(i)] != out[size_t(i)]) << i;
  }
}

TEST_F(TensorTest, bad_maps_end_the_kernel) {
  useLoad(2);
  std::vector<uint8_t> data(kShared);
  AwTensorMap good = randomMap(2), m = good;
  m.magic = 0x12345678;
  EXPECT_EQ(copy(m, data, 0, {}).status(), Status::IllegalInstruction);
  m = randomMap(3);
  EXPECT_EQ(copy(m, data, 0, {}).status(), Status::IllegalInstruction);
  m = randomMap(2);
  m.mode = AW_TENSOR_IM2COL;
  EXPECT_EQ(copy(m, data, 0, {}).status(), Status::IllegalInstruction);
  useInstruction("add.u32 %r7, %r1, 16;\ncp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::"
                 "complete_tx::bytes [%r7], [%rd1, {%x0, %x1}], [%r2];");
  good = randomMap(2);
  EXPECT_EQ(copy(good, data, 0, {}).status(), Status::MisalignedAddress);
  useStore(2, "tile", "min");
  m = randomMap(2);
  m.type = AW_TENSOR_U8;
  m.last[0] = m.last[1] = 0;
  EXPECT_EQ(copy(m, data, 0, {}).status(), Status::IllegalInstruction);
}

} // namespace
} // namespace anywarp::ptxtest
