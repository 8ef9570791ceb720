// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a program says of how it will use managed and pageable memory: advice, prefetches, discards
// (cuMemAdvise and its kin). Memory is one for all devices and the host; so advice is kept and read
// back, a prefetch gets pages that were never touched, a discard gives pages back. Safe from any
// thread.
#pragma once

#include "core/api.h"
#include "core/location.h"
#include "support/result.h"

#include <cstddef>
#include <span>

namespace anywarp::core {

class AW_API MemoryHints {
public:
  // `advice` is CUmem_advise. Some advice has no use for a location.
  static Result<void> advise(const void* pointer, size_t bytes, int advice,
                             MemoryLocation location);
  static Result<void> prefetch(Stream& stream, void* pointer, size_t bytes,
                               MemoryLocation location);
  // CUmem_range_attribute, of managed memory. InvalidValue.
  static Result<void> attribute(void* data, size_t dataBytes, int code, const void* pointer,
                                size_t bytes);

  struct Range {
    void* pointer;
    size_t bytes;
  };
  struct Target { // for the ranges from `first` on
    MemoryLocation location;
    size_t first;
  };
  // The batched calls, as one operation of the stream, which may not be the legacy default one. No
  // targets: no prefetch.
  static Result<void> batch(Stream& stream, std::span<const Range> ranges,
                            std::span<const Target> targets, bool discard);
  // cuStreamAttachMemAsync; CUmemAttach_flags.
  static Result<void> attach(Stream& stream, const void* pointer, size_t bytes, unsigned flags);

  // For Memory: a managed allocation is gone.
  static void forget(const void* base, size_t bytes);
};

} // namespace anywarp::core
