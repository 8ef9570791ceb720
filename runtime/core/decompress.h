// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Decompression in stream order (cuMemBatchDecompressAsync), of what GPUs have an engine for: raw
// DEFLATE, Snappy and LZ4 blocks. Stateless; safe from any thread.
#pragma once

#include "core/api.h"
#include "support/result.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace anywarp::core {

// CUmemDecompressAlgorithm.
enum DecompressAlgorithm : int { kDeflate = 1, kSnappy = 2, kLz4 = 4 };
inline constexpr int kDecompressAlgorithms = kDeflate | kSnappy | kLz4;
inline constexpr size_t kDecompressMaxBytes = size_t(1) << 30; // of one input or output

struct Decompression {
  const void* source = nullptr;
  size_t sourceBytes = 0;
  void* target = nullptr;
  size_t expectedBytes = 0;        // 0: not known
  uint32_t* actualBytes = nullptr; // device memory, too
  int algorithm = 0;
};

// One operation for all. InvalidValue: a pointer is not of memory that is good for this, or the
// algorithm is none; `failed` is the index then. Data that are not what they should be: 0 actual
// bytes, and an error of the stream.
AW_API Result<void> decompress(Stream& stream, std::span<const Decompression> batch,
                               size_t& failed);

// The bytes written; nothing: the data are damaged or need more room.
Result<size_t> decompressBlock(int algorithm, const char* source, size_t sourceBytes, char* target,
                               size_t room);

} // namespace anywarp::core
