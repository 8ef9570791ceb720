// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cudart/channel.h"

#include "api/cudart/impl.h"
#include "cudart/last_error.h"

namespace anywarp::cudart {
namespace {

struct Row {
  cudaChannelFormatKind kind;
  int bits[4]; // of the channels; for the first kinds only the first one, the others follow it
  int format;  // CUarray_format
};

// Plain formats: 1, 2 or 4 channels of the same bits.
constexpr Row kPlain[] = {
    {cudaChannelFormatKindUnsigned, {8}, 0x01},  {cudaChannelFormatKindUnsigned, {16}, 0x02},
    {cudaChannelFormatKindUnsigned, {32}, 0x03}, {cudaChannelFormatKindSigned, {8}, 0x08},
    {cudaChannelFormatKindSigned, {16}, 0x09},   {cudaChannelFormatKindSigned, {32}, 0x0a},
    {cudaChannelFormatKindFloat, {16}, 0x10},    {cudaChannelFormatKindFloat, {32}, 0x20},
};

// Kinds that say everything.
constexpr Row kWhole[] = {
    {cudaChannelFormatKindNV12, {8, 8, 8, 0}, 0xb0},
    {cudaChannelFormatKindUnsignedNormalized8X1, {8, 0, 0, 0}, 0xc0},
    {cudaChannelFormatKindUnsignedNormalized8X2, {8, 8, 0, 0}, 0xc1},
    {cudaChannelFormatKindUnsignedNormalized8X4, {8, 8, 8, 8}, 0xc2},
    {cudaChannelFormatKindUnsignedNormalized16X1, {16, 0, 0, 0}, 0xc3},
    {cudaChannelFormatKindUnsignedNormalized16X2, {16, 16, 0, 0}, 0xc4},
    {cudaChannelFormatKindUnsignedNormalized16X4, {16, 16, 16, 16}, 0xc5},
    {cudaChannelFormatKindSignedNormalized8X1, {8, 0, 0, 0}, 0xc6},
    {cudaChannelFormatKindSignedNormalized8X2, {8, 8, 0, 0}, 0xc7},
    {cudaChannelFormatKindSignedNormalized8X4, {8, 8, 8, 8}, 0xc8},
    {cudaChannelFormatKindSignedNormalized16X1, {16, 0, 0, 0}, 0xc9},
    {cudaChannelFormatKindSignedNormalized16X2, {16, 16, 0, 0}, 0xca},
    {cudaChannelFormatKindSignedNormalized16X4, {16, 16, 16, 16}, 0xcb},
#if CUDART_VERSION >= 12000
    {cudaChannelFormatKindUnsignedNormalized1010102, {10, 10, 10, 2}, 0x50},
#endif
    {cudaChannelFormatKindUnsignedBlockCompressed1, {8, 8, 8, 8}, 0x91},
    {cudaChannelFormatKindUnsignedBlockCompressed1SRGB, {8, 8, 8, 8}, 0x92},
    {cudaChannelFormatKindUnsignedBlockCompressed2, {8, 8, 8, 8}, 0x93},
    {cudaChannelFormatKindUnsignedBlockCompressed2SRGB, {8, 8, 8, 8}, 0x94},
    {cudaChannelFormatKindUnsignedBlockCompressed3, {8, 8, 8, 8}, 0x95},
    {cudaChannelFormatKindUnsignedBlockCompressed3SRGB, {8, 8, 8, 8}, 0x96},
    {cudaChannelFormatKindUnsignedBlockCompressed4, {8, 0, 0, 0}, 0x97},
    {cudaChannelFormatKindSignedBlockCompressed4, {8, 0, 0, 0}, 0x98},
    {cudaChannelFormatKindUnsignedBlockCompressed5, {8, 8, 0, 0}, 0x99},
    {cudaChannelFormatKindSignedBlockCompressed5, {8, 8, 0, 0}, 0x9a},
    {cudaChannelFormatKindUnsignedBlockCompressed6H, {16, 16, 16, 0}, 0x9b},
    {cudaChannelFormatKindSignedBlockCompressed6H, {16, 16, 16, 0}, 0x9c},
    {cudaChannelFormatKindUnsignedBlockCompressed7, {8, 8, 8, 8}, 0x9d},
    {cudaChannelFormatKindUnsignedBlockCompressed7SRGB, {8, 8, 8, 8}, 0x9e},
};

unsigned countOf(const int (&bits)[4]) {
  unsigned count = 0;
  while (count < 4 && bits[count])
    ++count;
  return count;
}

} // namespace

Result<ChannelFormat> channelFormat(const cudaChannelFormatDesc& d) {
  const int bits[4] = {d.x, d.y, d.z, d.w};
  unsigned count = countOf(bits);
  bool same = count == 1 || count == 2 || count == 4;
  for (unsigned i = 0; i < 4; ++i)
    same = same && bits[i] == (i < count ? bits[0] : 0);
  for (const Row& row : kPlain)
    if (row.kind == d.f && same && row.bits[0] == bits[0])
      return ChannelFormat{row.format, count};
  for (const Row& row : kWhole)
    if (row.kind == d.f && row.bits[0] == d.x && row.bits[1] == d.y && row.bits[2] == d.z &&
        row.bits[3] == d.w)
      return ChannelFormat{row.format, count};
  return makeError(RuntimeStatus::InvalidChannelDescriptor,
                   fmt::format("no format has channels of {}, {}, {} and {} bits of kind {}", d.x,
                               d.y, d.z, d.w, int(d.f)));
}

cudaChannelFormatDesc channelDescriptor(int format, unsigned channels) {
  for (const Row& row : kPlain)
    if (row.format == format) {
      int bits[4] = {};
      for (unsigned i = 0; i < channels && i < 4; ++i)
        bits[i] = row.bits[0];
      return {bits[0], bits[1], bits[2], bits[3], row.kind};
    }
  for (const Row& row : kWhole)
    if (row.format == format)
      return {row.bits[0], row.bits[1], row.bits[2], row.bits[3], row.kind};
  return {0, 0, 0, 0, cudaChannelFormatKindNone};
}

cudaChannelFormatDesc createChannelDesc(int x, int y, int z, int w, cudaChannelFormatKind f) {
  return {x, y, z, w, f};
}

} // namespace anywarp::cudart
