// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes fatbins: for the output of cuLinkComplete and for tests. Functions are pure; the caller
// owns what comes back.
#pragma once

#include "image/image.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace anywarp::image {

struct NewImage {
  Kind kind = Kind::Ptx;
  uint32_t arch = 0; // 90 for compute_90
  uint16_t versionMajor = 0, versionMinor = 0;
  Compression compression = Compression::None; // None, Lz4 or Zstd
  std::string_view bytes;
  std::string_view name;    // may be empty
  std::string_view options; // may be empty; only kept for PTX
};

// A fatbin with one entry per image, in order.
std::vector<std::byte> writeFatbin(std::span<const NewImage> images);

// The 24 bytes nvcc puts into .nvFatBinSegment; they point to `fatbin` and stay valid as long as
// it.
struct Wrapper {
  uint32_t magic = 0x466243B1;
  uint32_t version = 1;
  const void* data = nullptr;
  // Version 1: unused. Version 2: null-terminated array of relocatable fatbins.
  const void* prelinked = nullptr;
};
static_assert(sizeof(Wrapper) == 4 + 4 + 2 * sizeof(void*));

} // namespace anywarp::image
