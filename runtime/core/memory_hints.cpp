// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/memory_hints.h"

#include "core/capture.h"
#include "core/context.h"
#include "core/memory.h"
#include "core/stream.h"
#include "core/virtual_memory.h"
#include "support/memory_file.h"

#include <algorithm>
#include <cstring>
#include <fmt/core.h>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <sys/mman.h>
#include <vector>

namespace anywarp::core {
namespace {

enum Advice { // CUmem_advise
  kSetReadMostly = 1,
  kUnsetReadMostly = 2,
  kSetPreferred = 3,
  kUnsetPreferred = 4,
  kSetAccessedBy = 5,
  kUnsetAccessedBy = 6,
};
constexpr int kCpu = -1, kInvalid = -2; // CU_DEVICE_CPU, CU_DEVICE_INVALID
constexpr unsigned kTargets = kAnyPlace | locationBit(kLocationHostNumaCurrent);

struct Hint {
  explicit Hint(uintptr_t e) : end(e) {}
  uintptr_t end;
  bool readMostly = false;
  MemoryLocation preferred, prefetched;
  std::set<int> accessedBy; // device ordinals and kCpu
};

struct Table {
  std::mutex mutex;                // guards hints; a leaf
  std::map<uintptr_t, Hint> hints; // by begin; do not overlap
};
Table& table() {
  static Table* t = new Table; // never destroyed: see Runtime
  return *t;
}

// Makes an entry begin at `at` if one holds it.
void split(std::map<uintptr_t, Hint>& hints, uintptr_t at) {
  auto it = hints.upper_bound(at);
  if (it == hints.begin())
    return;
  --it;
  if (it->first == at || it->second.end <= at)
    return;
  Hint second = it->second;
  it->second.end = at;
  hints.emplace(at, std::move(second));
}

struct Span {
  uintptr_t begin, end;
  bool managed;
};

Error badRange(const void* pointer, size_t bytes, const char* what) {
  return makeError(Status::InvalidValue, fmt::format("{} bytes at {}: {}", bytes, pointer, what));
}

// The whole pages around a range (the manual: "rounded down and rounded up"), but no more than the
// allocation, as ours may share pages.
Result<Span> spanOf(const void* pointer, size_t bytes) {
  uintptr_t at = uintptr_t(pointer), last;
  if (!pointer || !bytes || __builtin_add_overflow(at, bytes - 1, &last))
    return badRange(pointer, bytes, "the range is empty or wraps around");
  size_t page = pages::size();
  Span span = {at / page * page, (last / page + 1) * page, false};
  if (std::optional<Allocation> a = Memory::find(pointer);
      a && a->kind != AllocationKind::Registered) {
    if (!a->managed)
      return badRange(pointer, bytes, "neither managed nor pageable memory");
    if (bytes > a->size - size_t(at - uintptr_t(a->base)))
      return badRange(pointer, bytes, "the range leaves its allocation");
    span = {std::max(span.begin, uintptr_t(a->base)),
            std::min(span.end, uintptr_t(a->base) + a->size), true};
    return span;
  }
  unsigned char resident;
  auto mapped = [&](uintptr_t address) {
    return mincore(reinterpret_cast<void*>(address / page * page), page, &resident) == 0;
  };
  if (VirtualMemory::ours(pointer) || !mapped(at) || !mapped(last))
    return badRange(pointer, bytes, "there is no memory that devices could use");
  return span;
}

// Calls `change` for the hints of a span, which have entries afterwards.
template <typename Change> void update(const Span& span, Change change) {
  Table& t = table();
  std::lock_guard lock(t.mutex);
  split(t.hints, span.begin);
  split(t.hints, span.end);
  uintptr_t at = span.begin;
  while (at < span.end) {
    auto it = t.hints.lower_bound(at);
    uintptr_t next = it == t.hints.end() ? span.end : std::min(it->first, span.end);
    if (next > at)
      it = t.hints.emplace(at, Hint(next)).first;
    change(it->second);
    at = it->second.end;
  }
}

int asDevice(const MemoryLocation& location) {
  return location.isHost() ? kCpu : location.type == kLocationDevice ? location.id : kInvalid;
}

// What all of a span has in common; an invalid place where it does not agree.
Hint common(const Span& span) {
  Hint result(span.end);
  bool first = true;
  Table& t = table();
  std::lock_guard lock(t.mutex);
  uintptr_t at = span.begin;
  auto it = t.hints.upper_bound(at);
  if (it != t.hints.begin())
    --it;
  for (; at < span.end; ++it) {
    while (it != t.hints.end() && it->second.end <= at)
      ++it;
    if (it == t.hints.end() || it->first > at)
      return Hint(span.end); // a part of which nothing was ever said
    const Hint& h = it->second;
    if (first) {
      result = h;
    } else {
      result.readMostly &= h.readMostly;
      if (result.preferred != h.preferred)
        result.preferred = {};
      if (result.prefetched != h.prefetched)
        result.prefetched = {};
      std::erase_if(result.accessedBy, [&](int id) { return !h.accessedBy.count(id); });
    }
    first = false;
    at = h.end;
  }
  return result;
}

} // namespace

Result<void> MemoryHints::advise(const void* pointer, size_t bytes, int advice,
                                 MemoryLocation where) {
  if (advice < kSetReadMostly || advice > kUnsetAccessedBy)
    return makeError(Status::InvalidValue, fmt::format("{} is no advice on memory", advice));
  MemoryLocation location;
  if (advice == kSetPreferred || advice >= kSetAccessedBy) {
    unsigned allowed = advice == kSetPreferred
                           ? kTargets
                           : locationBit(kLocationDevice) | locationBit(kLocationHost);
    Result<MemoryLocation> checked = checkLocation(where, allowed);
    if (!checked)
      return checked.error();
    location = *checked;
  }
  Result<Span> span = spanOf(pointer, bytes);
  if (!span)
    return span.error();
  if (!span->managed) // nothing reads it back, and pageable memory goes without our notice
    return {};
  update(*span, [&](Hint& hint) {
    switch (advice) {
    case kSetReadMostly:
    case kUnsetReadMostly:
      hint.readMostly = advice == kSetReadMostly;
      break;
    case kSetPreferred:
    case kUnsetPreferred:
      hint.preferred = location; // none to unset
      break;
    case kSetAccessedBy:
      hint.accessedBy.insert(asDevice(location));
      break;
    case kUnsetAccessedBy:
      hint.accessedBy.erase(asDevice(location));
      break;
    }
  });
  return {};
}

Result<void> MemoryHints::prefetch(Stream& stream, void* pointer, size_t bytes,
                                   MemoryLocation where) {
  AW_TRY(stream.context().check());
  Result<MemoryLocation> location = checkLocation(where, kTargets);
  if (!location)
    return location.error();
  Result<Span> span = spanOf(pointer, bytes);
  if (!span)
    return span.error();
  AW_TRY(stream.enqueue([pointer, bytes] {
    pages::populate(pointer, bytes);
    return Result<void>();
  }));
  // The attribute tells what was asked for, not what has happened.
  if (span->managed)
    update(*span, [&](Hint& hint) { hint.prefetched = *location; });
  return {};
}

Result<void> MemoryHints::batch(Stream& stream, std::span<const Range> ranges,
                                std::span<const Target> targets, bool discard) {
  AW_TRY(stream.context().check());
  if (stream.kind() == Stream::Kind::Legacy)
    return makeError(Status::InvalidValue, "batches are not for the legacy default stream");
  if (ranges.empty())
    return makeError(Status::InvalidValue, "a batch without ranges");
  std::vector<MemoryLocation> locations;
  for (size_t i = 0; i < targets.size(); ++i) {
    size_t from = targets[i].first;
    if (i == 0 ? from != 0 : from <= targets[i - 1].first || from >= ranges.size())
      return makeError(Status::InvalidValue,
                       "the indices of the locations must begin with 0 and ascend, each below the "
                       "number of ranges");
    Result<MemoryLocation> location = checkLocation(targets[i].location, kTargets);
    if (!location)
      return location.error();
    locations.push_back(*location);
  }
  std::vector<Span> spans;
  std::vector<Range> work(ranges.begin(), ranges.end());
  for (const Range& range : ranges) {
    Result<Span> span = spanOf(range.pointer, range.bytes);
    if (!span)
      return span.error();
    spans.push_back(*span);
  }
  bool get = !targets.empty();
  AW_TRY(stream.enqueue([work, spans, discard, get] {
    for (size_t i = 0; i < work.size(); ++i) {
      if (discard && spans[i].managed) // pageable memory may be a file's
        pages::discard(work[i].pointer, work[i].bytes);
      if (get)
        pages::populate(work[i].pointer, work[i].bytes);
    }
    return Result<void>();
  }));
  for (size_t i = 0, target = 0; get && i < spans.size(); ++i) {
    while (target + 1 < targets.size() && targets[target + 1].first <= i)
      ++target;
    if (spans[i].managed)
      update(spans[i], [&](Hint& hint) { hint.prefetched = locations[target]; });
  }
  return {};
}

Result<void> MemoryHints::attribute(void* data, size_t dataBytes, int code, const void* pointer,
                                    size_t bytes) {
  constexpr int kAccessedBy = 3, kLast = 8;
  if (!data || !dataBytes || dataBytes % 4 || (code != kAccessedBy && dataBytes != 4))
    return makeError(Status::InvalidValue, "the attribute of a range has another size");
  if (code < 1 || code > kLast)
    return makeError(Status::InvalidValue, fmt::format("ranges have no attribute {}", code));
  Result<Span> span = spanOf(pointer, bytes);
  if (!span)
    return span.error();
  if (!span->managed)
    return badRange(pointer, bytes, "only managed memory has attributes");
  Hint hint = common(*span);
  auto put = [&](int value) {
    std::memcpy(data, &value, sizeof value);
    return Result<void>();
  };
  switch (code) {
  case 1: // READ_MOSTLY
    return put(hint.readMostly);
  case 2: // PREFERRED_LOCATION
    return put(asDevice(hint.preferred));
  case 4: // LAST_PREFETCH_LOCATION
    return put(asDevice(hint.prefetched));
  case 5: // PREFERRED_LOCATION_TYPE
    return put(hint.preferred.type);
  case 6: // PREFERRED_LOCATION_ID
    return put(hint.preferred.id);
  case 7: // LAST_PREFETCH_LOCATION_TYPE
    return put(hint.prefetched.type);
  case 8: // LAST_PREFETCH_LOCATION_ID
    return put(hint.prefetched.id);
  }
  std::vector<int> devices(hint.accessedBy.begin(), hint.accessedBy.end());
  devices.resize(dataBytes / 4, kInvalid);
  std::memcpy(data, devices.data(), dataBytes);
  return {};
}

Result<void> MemoryHints::attach(Stream& stream, const void* pointer, size_t bytes,
                                 unsigned flags) {
  constexpr unsigned kGlobal = 1, kHost = 2, kSingle = 4;
  AW_TRY(stream.context().check());
  if (flags != kGlobal && flags != kHost && flags != kSingle)
    return makeError(Status::InvalidValue, fmt::format("{:#x} are no attach flags", flags));
  if (flags == kSingle && stream.kind() == Stream::Kind::Legacy)
    return makeError(Status::InvalidValue,
                     "memory cannot be attached singly to the NULL stream, which is no one stream");
  std::optional<Allocation> a = Memory::find(pointer);
  if (a && a->kind != AllocationKind::Registered) {
    if (!a->managed)
      return badRange(pointer, bytes, "neither managed nor pageable memory");
    if (bytes && (pointer != a->base || bytes != a->size))
      return badRange(pointer, bytes, "only a whole allocation can be attached");
  } else if (Result<Span> span = spanOf(pointer, bytes); !span) {
    return span.error();
  }
  if (std::shared_ptr<Capture> capture = stream.capture())
    return capture->refuse("memory cannot be attached in a graph");
  return {}; // CONCURRENT_MANAGED_ACCESS: everybody sees managed memory at all times
}

void MemoryHints::forget(const void* base, size_t bytes) {
  Table& t = table();
  std::lock_guard lock(t.mutex);
  auto first = t.hints.lower_bound(uintptr_t(base));
  t.hints.erase(first, t.hints.lower_bound(uintptr_t(base) + bytes));
}

} // namespace anywarp::core
