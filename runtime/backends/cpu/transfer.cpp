// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "transfer.h"

#include "fault.h"
#include "pool.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <fmt/core.h>
#include <type_traits>

namespace anywarp::cpu::transfer {
namespace {

constexpr size_t kParallel = size_t(4) << 20; // below, waking somebody costs more than it saves
constexpr size_t kPiece = size_t(1) << 20;

Error faultError(const char* what, const Fault& fault) {
  return makeError(fault.status,
                   fmt::format("{}: illegal access to address {:#x}", what, fault.address));
}

// fn(first, count) over pieces of the work, by several threads.
template <typename Fn> class Pieces final : public GridBody {
public:
  explicit Pieces(Fn& fn) : fn_(fn) {}
  bool run(uint64_t first, uint64_t count) override {
    Fault fault;
    auto body = [&] { fn_(first, count); };
    if (runGuarded(body, fault))
      return true;
    if (!failed_.exchange(true))
      fault_ = fault;
    return false;
  }
  bool failed() const { return failed_; }
  const Fault& fault() const { return fault_; }

private:
  Fn& fn_;
  std::atomic<bool> failed_{false};
  Fault fault_;
};

template <typename Fn>
Result<void> inPieces(Pool& pool, const char* what, uint64_t pieces, Fn&& fn) {
  installFaultHandlers();
  FaultSignalsOpen open;
  Pieces<std::remove_reference_t<Fn>> body(fn);
  if (pieces <= 1) {
    body.run(0, pieces);
  } else {
    std::atomic<uint32_t> nanos{1'000'000}; // long enough to ask for help at once
    pool.run(body, pieces, nanos);
  }
  if (body.failed())
    return faultError(what, body.fault());
  return {};
}

template <typename T> void fillPiece(void* dst, T value, size_t count) {
  if constexpr (sizeof(T) == 1)
    memset(dst, value, count);
  else
    std::fill_n(static_cast<T*>(dst), count, value);
}

} // namespace

Result<void> copy(Pool& pool, void* dst, const void* src, size_t bytes) {
  if (!bytes || dst == src)
    return {};
  auto* to = static_cast<char*>(dst);
  auto* from = static_cast<const char*>(src);
  bool overlap = to < from + bytes && from < to + bytes;
  if (bytes < kParallel || overlap)
    return inPieces(pool, "copy", 1, [&](uint64_t, uint64_t) { memmove(to, from, bytes); });
  return inPieces(pool, "copy", (bytes + kPiece - 1) / kPiece, [&](uint64_t first, uint64_t count) {
    size_t begin = first * kPiece, end = std::min(bytes, (first + count) * kPiece);
    memcpy(to + begin, from + begin, end - begin);
  });
}

Result<void> copy2d(Pool& pool, void* dst, size_t dstPitch, const void* src, size_t srcPitch,
                    size_t widthBytes, size_t height) {
  if (!widthBytes || !height)
    return {};
  if (dstPitch == widthBytes && srcPitch == widthBytes)
    return copy(pool, dst, src, widthBytes * height);
  auto* to = static_cast<char*>(dst);
  auto* from = static_cast<const char*>(src);
  size_t rows = std::max<size_t>(1, kPiece / widthBytes); // in a piece
  uint64_t pieces = widthBytes * height < kParallel ? 1 : (height + rows - 1) / rows;
  if (pieces == 1)
    rows = height;
  return inPieces(pool, "copy", pieces, [&](uint64_t first, uint64_t count) {
    for (size_t y = first * rows, end = std::min(height, (first + count) * rows); y < end; y++)
      memmove(to + y * dstPitch, from + y * srcPitch, widthBytes);
  });
}

Result<void> fill(Pool& pool, void* dst, uint32_t value, unsigned elementSize, size_t count) {
  if (!count)
    return {};
  size_t bytes = count * elementSize;
  auto* to = static_cast<char*>(dst);
  uint64_t pieces = bytes < kParallel ? 1 : (bytes + kPiece - 1) / kPiece;
  size_t piece = pieces == 1 ? bytes : kPiece;
  return inPieces(pool, "fill", pieces, [&](uint64_t first, uint64_t n) {
    size_t begin = first * piece, end = std::min(bytes, (first + n) * piece);
    size_t elements = (end - begin) / elementSize;
    if (elementSize == 1)
      fillPiece(to + begin, uint8_t(value), elements);
    else if (elementSize == 2)
      fillPiece(to + begin, uint16_t(value), elements);
    else
      fillPiece(to + begin, value, elements);
  });
}

Result<uint64_t> loadWord(const void* address, unsigned bytes) {
  installFaultHandlers();
  uint64_t value = 0;
  auto body = [&] {
    value = bytes == 4 ? __atomic_load_n(static_cast<const uint32_t*>(address), __ATOMIC_SEQ_CST)
                       : __atomic_load_n(static_cast<const uint64_t*>(address), __ATOMIC_SEQ_CST);
  };
  Fault fault;
  if (!runGuarded(body, fault))
    return faultError("wait for a value", fault);
  return value;
}

Result<void> storeWord(void* address, uint64_t value, unsigned bytes) {
  installFaultHandlers();
  auto body = [&] {
    if (bytes == 4)
      __atomic_store_n(static_cast<uint32_t*>(address), uint32_t(value), __ATOMIC_SEQ_CST);
    else
      __atomic_store_n(static_cast<uint64_t*>(address), value, __ATOMIC_SEQ_CST);
  };
  Fault fault;
  if (!runGuarded(body, fault))
    return faultError("write of a value", fault);
  return {};
}

} // namespace anywarp::cpu::transfer
