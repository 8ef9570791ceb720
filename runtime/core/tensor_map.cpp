// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/tensor_map.h"

#include "spmd/tensor_map.h"

#include <cstring>
#include <fmt/core.h>

namespace anywarp::core {
namespace {

constexpr uint64_t kMaxSize = uint64_t(1) << 32, kMaxStride = uint64_t(1) << 40;
enum Swizzle { kNone, k32, k64, k128, k128Atom32, k128Atom32Flip, k128Atom64, kSwizzles };

template <typename... T> Error bad(fmt::format_string<T...> text, T&&... args) {
  return makeError(Status::InvalidValue,
                   "tensor map: " + fmt::format(text, std::forward<T>(args)...));
}

unsigned elementBytes(int type) {
  switch (type) {
  case AW_TENSOR_U8:
    return 1;
  case AW_TENSOR_U16:
  case AW_TENSOR_F16:
  case AW_TENSOR_BF16:
    return 2;
  case AW_TENSOR_U64:
  case AW_TENSOR_S64:
  case AW_TENSOR_F64:
    return 8;
  default:
    return 4;
  }
}

bool isFloat(int type) {
  return type >= AW_TENSOR_F16;
}

Result<void> checkAddress(const void* address, int interleave) {
  uint64_t align = interleave == 2 ? 32 : 16;
  if (reinterpret_cast<uintptr_t>(address) % align)
    return bad("the address {} is not aligned to {} bytes", address, align);
  return {};
}

Result<void> checkEnums(const TensorShape& s) {
  if (s.type >= AW_TENSOR_TYPES && s.type <= 15)
    return makeError(Status::NotSupported,
                     "tensor map: packed 4-bit and 6-bit types need compute capability 10.0");
  if (s.type < 0 || s.type > 15)
    return bad("{} is no CUtensorMapDataType", s.type);
  if (s.interleave < 0 || s.interleave > 2)
    return bad("{} is no CUtensorMapInterleave", s.interleave);
  if (s.swizzle < 0 || s.swizzle >= kSwizzles)
    return bad("{} is no CUtensorMapSwizzle", s.swizzle);
  if (s.l2Promotion < 0 || s.l2Promotion > 3)
    return bad("{} is no CUtensorMapL2promotion", s.l2Promotion);
  if (s.fill < 0 || s.fill > 1)
    return bad("{} is no CUtensorMapFloatOOBfill", s.fill);
  if (s.fill && !isFloat(s.type))
    return bad("a NaN fill needs a floating-point type");
  if (s.interleave == 2 && s.swizzle != k32)
    return bad("an interleave of 32 bytes needs a swizzle of 32 bytes");
  return {};
}

Result<void> checkDimensions(const void* map, const TensorShape& s, uint32_t leastRank) {
  if (!map || reinterpret_cast<uintptr_t>(map) % 64)
    return bad("the map's own address {} is null or not aligned to 64 bytes", map);
  AW_TRY(checkEnums(s));
  if (s.rank < leastRank || s.rank > 5)
    return bad("{} dimensions; {} to 5 are allowed here", s.rank, leastRank);
  AW_TRY(checkAddress(s.address, s.interleave));
  if (!s.sizes || (s.rank > 1 && !s.strides) || !s.elementStrides)
    return bad("an array of dimensions is null");
  for (uint32_t d = 0; d < s.rank; d++) {
    if (s.sizes[d] == 0 || s.sizes[d] > kMaxSize)
      return bad("size {} of dimension {}; 1 to 2^32 are allowed", s.sizes[d], d);
    // The first one counts for interleaved layouts only.
    if ((d || s.interleave) && (s.elementStrides[d] == 0 || s.elementStrides[d] > 8))
      return bad("element stride {} of dimension {}; 1 to 8 are allowed", s.elementStrides[d], d);
  }
  uint64_t multiple = s.interleave == 2 ? 32 : 16;
  for (uint32_t d = 0; d + 1 < s.rank; d++)
    if (s.strides[d] % multiple || s.strides[d] >= kMaxStride)
      return bad("stride {} of dimension {}: a multiple of {} below 2^40 is needed", s.strides[d],
                 d + 1, multiple);
  return {};
}

// The inner dimension of what is copied must fit the span of the swizzle.
Result<void> checkInner(const TensorShape& s, uint64_t bytes) {
  if (s.interleave)
    return {};
  if (bytes % 16)
    return bad("the inner dimension has {} bytes, no multiple of 16", bytes);
  uint64_t span = s.swizzle == kNone ? UINT64_MAX
                  : s.swizzle == k32 ? 32
                  : s.swizzle == k64 ? 64
                                     : 128;
  if (bytes > span)
    return bad("the inner dimension has {} bytes, more than the swizzle's {}", bytes, span);
  return {};
}

AwTensorMap common(const TensorShape& s) {
  AwTensorMap m = {};
  m.magic = AW_TENSOR_MAP_MAGIC;
  m.type = uint8_t(s.type);
  m.rank = uint8_t(s.rank);
  m.interleave = uint8_t(s.interleave);
  m.swizzle = uint8_t(s.swizzle < k128 ? s.swizzle : k128);
  m.atom = uint8_t(s.swizzle > k128 ? s.swizzle - k128 : 0);
  m.fill = uint8_t(s.fill);
  m.address = reinterpret_cast<uint64_t>(s.address);
  for (uint32_t d = 0; d < 5; d++) {
    m.elementStride[d] = 1;
    m.box[d] = 1;
    if (d >= s.rank)
      continue;
    m.last[d] = uint32_t(s.sizes[d] - 1);
    if (d || s.interleave)
      m.elementStride[d] = uint8_t(s.elementStrides[d]);
    if (d)
      m.strides[d - 1] = s.strides[d - 1];
  }
  return m;
}

} // namespace

Result<void> encodeTiled(void* map, const TensorShape& s, const uint32_t* box) {
  AW_TRY(checkDimensions(map, s, s.interleave > 0 ? 3 : 1));
  if (!box)
    return bad("the box is null");
  for (uint32_t d = 0; d < s.rank; d++)
    if (box[d] == 0 || box[d] > 256)
      return bad("the box has {} elements in dimension {}; 1 to 256 are allowed", box[d], d);
  AW_TRY(checkInner(s, uint64_t(box[0]) * elementBytes(s.type)));
  AwTensorMap m = common(s);
  m.mode = AW_TENSOR_TILED;
  for (uint32_t d = 0; d < s.rank; d++)
    m.box[d] = uint16_t(box[d]);
  std::memcpy(map, &m, sizeof m);
  return {};
}

Result<void> encodeIm2col(void* map, const TensorShape& s, const int* lower, const int* upper,
                          uint32_t channels, uint32_t pixels) {
  AW_TRY(checkDimensions(map, s, 3));
  if (s.interleave)
    return makeError(Status::NotSupported,
                     "tensor map: im2col of interleaved layouts is not supported");
  if (!lower || !upper)
    return bad("a corner of the pixel box is null");
  constexpr int kLimits[] = {32768, 128, 16};
  int limit = kLimits[s.rank - 3];
  for (uint32_t d = 0; d + 2 < s.rank; d++) {
    for (int corner : {lower[d], upper[d]})
      if (corner < -limit || corner >= limit)
        return bad("corner {} of the pixel box; {} to {} are allowed", corner, -limit, limit - 1);
    if (int64_t(s.sizes[d + 1]) + upper[d] - lower[d] <= 0)
      return bad("the pixel box is empty in dimension {}", d + 1);
  }
  if (channels == 0 || channels > 256)
    return bad("{} channels a pixel; 1 to 256 are allowed", channels);
  if (pixels == 0 || pixels > 1024)
    return bad("{} pixels a column; 1 to 1024 are allowed", pixels);
  AW_TRY(checkInner(s, uint64_t(channels) * elementBytes(s.type)));
  AwTensorMap m = common(s);
  m.mode = AW_TENSOR_IM2COL;
  for (uint32_t d = 0; d + 2 < s.rank; d++) {
    m.lower[d] = int16_t(lower[d]);
    m.upper[d] = int16_t(upper[d]);
  }
  m.channels = uint16_t(channels);
  m.pixels = uint16_t(pixels);
  std::memcpy(map, &m, sizeof m);
  return {};
}

Result<void> replaceTensorAddress(void* map, void* address) {
  AwTensorMap m;
  if (!map || reinterpret_cast<uintptr_t>(map) % 64)
    return bad("the map's own address {} is null or not aligned to 64 bytes", map);
  std::memcpy(&m, map, sizeof m);
  if (m.magic != AW_TENSOR_MAP_MAGIC)
    return bad("{} is none: cuTensorMapEncode* did not make it", map);
  AW_TRY(checkAddress(address, m.interleave));
  m.address = reinterpret_cast<uint64_t>(address);
  std::memcpy(map, &m, sizeof m);
  return {};
}

} // namespace anywarp::core
