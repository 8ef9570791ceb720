// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The batched prefetches and discards of both APIs. Addresses and places are the API's own.
// Stateless; safe from any thread.
#pragma once

#include "common/call.h"
#include "common/location.h"
#include "core/memory_hints.h"
#include "core/stream.h"

#include <vector>

namespace anywarp::shim {

using HintRanges = std::vector<core::MemoryHints::Range>;

template <typename Pointer>
Result<HintRanges> hintRanges(const Pointer* pointers, const size_t* sizes, size_t count,
                              unsigned long long flags) {
  if (flags != 0 || !count || !pointers || !sizes)
    return makeError(Status::InvalidValue, "the flags are not 0, or the list is empty or null");
  HintRanges ranges;
  for (size_t i = 0; i < count; ++i)
    ranges.push_back({reinterpret_cast<void*>(pointers[i]), sizes[i]});
  return ranges;
}

template <typename Pointer>
Result<void> discardBatch(const Result<core::StreamRef>& stream, const Pointer* pointers,
                          const size_t* sizes, size_t count, unsigned long long flags) {
  if (!stream)
    return stream.error();
  AW_LET(ranges, hintRanges(pointers, sizes, count, flags));
  return core::MemoryHints::batch(**stream, ranges, {}, true);
}

template <typename Pointer, typename Location>
Result<void> prefetchBatch(const Result<core::StreamRef>& stream, const Pointer* pointers,
                           const size_t* sizes, size_t count, const Location* locations,
                           const size_t* first, size_t number, unsigned long long flags,
                           bool discard) {
  if (!stream)
    return stream.error();
  AW_LET(ranges, hintRanges(pointers, sizes, count, flags));
  AW_ARG(locations && first && number && number <= count,
         "there are no locations, or more than ranges");
  std::vector<core::MemoryHints::Target> targets;
  for (size_t i = 0; i < number; ++i)
    targets.push_back({locationOf(locations[i]), first[i]});
  return core::MemoryHints::batch(**stream, ranges, targets, discard);
}

} // namespace anywarp::shim
