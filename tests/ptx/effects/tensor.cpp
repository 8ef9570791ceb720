// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.9.27: copies of boxes of tensors and reductions into them, in all dimensions. What
// lies where is told by tests/ptx/gang/tensor_reference.h, whose test tries swizzles and types.
#include "../gang/tensor_reference.h"
#include "scene.h"

#include <algorithm>

namespace anywarp::ptxsweep {

using ptx::Type;

namespace {

constexpr unsigned kMapAt = 1536; // of the region; before it lies the tensor
constexpr unsigned kBox = 512;    // bytes of X that are looked at

// Small enough for the region, with places outside in each dimension.
AwTensorMap mapOf(unsigned rank, bool im2col) {
  AwTensorMap m = {};
  m.magic = AW_TENSOR_MAP_MAGIC;
  m.mode = im2col ? AW_TENSOR_IM2COL : AW_TENSOR_TILED;
  m.type = AW_TENSOR_U32; // which all reductions take
  m.rank = uint8_t(rank);
  uint64_t stride = 16;
  for (unsigned d = 0; d < rank; ++d) {
    unsigned size = d == 0 ? 4 : d < 3 ? 3 : 2;
    m.last[d] = size - 1;
    m.box[d] = uint16_t(d == 0 ? 4 : 2);
    if (d)
      m.strides[d - 1] = stride, stride *= size;
  }
  std::fill(std::begin(m.elementStride), std::end(m.elementStride), uint8_t(1));
  m.channels = 4;
  m.pixels = 3;
  return m;
}

struct Setting {
  AwTensorMap map;
  std::vector<ptxtest::BoxElement> box;
  std::string coordinates, offsets;
};

Setting settingOf(const Form& form, bool store) {
  unsigned rank = unsigned(form.text("dim")[0] - '0');
  bool im2col = form.text("mode").starts_with("im2col");
  Setting s{mapOf(rank, im2col), {}, "", ""};
  ptxtest::Place at = {};
  for (unsigned d = 0; d < rank; ++d) {
    at[d] = im2col ? (d == 1 ? 1 : 0) : d == 0 ? 0 : d == 1 ? 2 : d == 2 ? -1 : 1;
    s.coordinates += (d ? ", " : "{") + std::to_string(at[d]);
  }
  s.coordinates += "}";
  std::array<unsigned, 3> offsets = {};
  if (im2col && !store) {
    for (unsigned d = 0; d + 2 < rank; ++d) {
      offsets[d] = d == 0;
      s.offsets += (d ? ", %h" : "{%h") + number(offsets[d]);
    }
    s.offsets = ", " + s.offsets + "}";
  }
  s.box = im2col ? ptxtest::im2colColumn(s.map, at, offsets) : ptxtest::tiledBox(s.map, at);
  return s;
}

// The first lane writes the map behind the tensor and does the copy; X goes to the results.
Scene copyTensor(const Form& form) {
  bool load = form.info->record == "CpAsyncBulkTensorIn";
  std::string op(form.text("op"));
  Setting setting = settingOf(form, !load);
  uint64_t words[16];
  memcpy(words, &setting.map, sizeof words);
  constexpr unsigned kAddress = offsetof(AwTensorMap, address) / 8;
  Scene s;
  s.whole = s.scratch = true;
  s.text = "  .reg .b64 %x, %m, %s, %y, %t;\n  .reg .b16 %h<3>;\n  .reg .pred %p;\n  mov.b16 %h0, "
           "0;\n  mov.b16 %h1, 1;\n"
           "  mov.b16 %h2, 1;\n  mov.u64 %x, X;\n  mov.u64 %m, M;\n  mad.wide.u32 %y, %tid, 8, "
           "%x;\n  st.shared.b64 [%y], $0;\n"
           "  add.u64 %t, $b, " +
           number(kMapAt) + ";\n  bar.sync 0;\n  setp.ne.u32 %p, %tid, 0;\n  @%p bra END$u;\n";
  for (unsigned i = 0; i < 16; ++i)
    s.text += "  st.global.b64 [%t+" + number(8 * i) + "], " +
              (i == kAddress ? "$b" : number(words[i])) + ";\n";
  unsigned bytes = unsigned(setting.box.size()) * 4;
  if (load)
    s.text +=
        "  mbarrier.init.shared.b64 [%m], 1;\n  mbarrier.arrive.expect_tx.shared.b64 %s, [%m], " +
        number(bytes) + ";\n  " + form.name() + " [%x], [%t, " + setting.coordinates + "], [%m]" +
        setting.offsets + (form.says("multicast::cluster") ? ", %h1" : "") + cachePolicy(form) +
        ";\n  mbarrier.test_wait.shared.b64 %p, [%m], %s;\n  selp.b64 %y, 1, 0, %p;\n" +
        resultText(1, "%y");
  else
    s.text += "  " + form.name() + " [%t, " + setting.coordinates + "], [%x]" + cachePolicy(form) +
              ";\n  cp.async.bulk.commit_group;\n  cp.async.bulk.wait_group 0;\n";
  for (unsigned i = 0; i < 16; ++i)
    s.text += "  st.global.b64 [%t+" + number(8 * i) + "], 0;\n";
  s.text += "END$u:\n  bar.sync 0;\n  mad.wide.u32 %y, %tid, 8, %x;\n  ld.shared.b64 %y, [%y];\n" +
            resultText(0, "%y");
  s.compute = [=](Block& b) {
    uint8_t shared[kBox];
    for (unsigned t = 0; t < kThreads; ++t)
      memcpy(shared + 8 * t, b.in[t], 8);
    for (const ptxtest::BoxElement& e : setting.box) {
      if (load) {
        uint32_t x = e.global < 0 ? 0 : uint32_t(loadBits(b.region + e.global, 4));
        memcpy(shared + e.shared, &x, 4);
      } else if (e.global >= 0) {
        uint64_t x = loadBits(shared + e.shared, 4);
        if (!op.empty())
          x = updatedBits(op, Type::U32, loadBits(b.region + e.global, 4), x);
        memcpy(b.region + e.global, &x, 4);
      }
    }
    memset(b.region + kMapAt, 0, 128);
    for (unsigned t = 0; t < kThreads; ++t)
      b.result(t, 0, loadBits(shared + 8 * t, 8));
    if (load)
      b.result(0, 1, 1);
  };
  return s;
}

} // namespace

std::vector<Scene> tensorScenes(const Form& form) {
  std::string_view record = form.info->record;
  if (record == "CpAsyncBulkTensorIn" || record == "CpAsyncBulkTensorOut" ||
      record == "CpReduceAsyncBulkTensor")
    return {copyTensor(form)};
  return {};
}

} // namespace anywarp::ptxsweep
