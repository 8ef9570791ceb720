// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies of a number of bytes that may run over the ends of an array's rows (cuMemcpyHtoA,
// cudaMemcpyToArray and their kin): one stream operation that goes from row to row.
#include "core/array.h"
#include "core/context.h"
#include "core/device.h"
#include "core/graph.h"
#include "core/memory.h"
#include "core/stream.h"
#include "support/timeline.h"
#include "support/trace.h"

#include <algorithm>
#include <fmt/core.h>

namespace anywarp::core {
namespace {

// Walks over the bytes of one side, run by run.
class Cursor {
public:
  explicit Cursor(const Memory::ArrayPlace& place)
      : array_(place.array), linear_(static_cast<char*>(place.pointer)), x_(place.x), y_(place.y) {}
  char* at() const {
    return array_ ? array_->layout().base + y_ * array_->layout().pitch + x_ : linear_ + x_;
  }
  size_t run(size_t most) const { return array_ ? std::min(most, array_->rowBytes() - x_) : most; }
  void advance(size_t bytes) {
    x_ += bytes;
    if (array_ && x_ == array_->rowBytes()) {
      x_ = 0;
      ++y_;
    }
  }

private:
  ArrayRef array_;
  char* linear_;
  size_t x_, y_;
};

Result<void> checkPlace(const Memory::ArrayPlace& place, size_t bytes) {
  if (!place.array)
    return {};
  const Array& a = *place.array;
  if (a.planar() || a.slices() > 1)
    return makeError(Status::InvalidValue, "a copy of a run of bytes from or to an array with more "
                                           "than 2 dimensions, layers or planes");
  size_t texel = a.texel().bytes, rowBytes = a.rowBytes(), whole = rowBytes * a.rows();
  if (place.x % texel || bytes % texel)
    return makeError(
        Status::InvalidValue,
        fmt::format("a copy of {} bytes at byte {} of an array with texels of {} bytes", bytes,
                    place.x, texel));
  if (place.x >= rowBytes || place.y >= a.rows() || bytes > whole - (place.y * rowBytes + place.x))
    return makeError(Status::InvalidValue,
                     fmt::format("{} bytes at ({}, {}) reach beyond the array of {} x {} bytes",
                                 bytes, place.x, place.y, rowBytes, a.rows()));
  return {};
}

} // namespace

Result<void> Memory::copyArray(Stream& stream, const ArrayPlace& dst, const ArrayPlace& src,
                               size_t bytes, CopyKind kind, bool async) {
  AW_TRY(stream.context().check());
  if (bytes == 0)
    return {};
  AW_TRY(checkPlace(dst, bytes));
  AW_TRY(checkPlace(src, bytes));
  if (dst.array && src.array && dst.array->texel().bytes != src.array->texel().bytes)
    return makeError(Status::InvalidValue, "a copy between arrays with texels of different sizes");
  bool later = async;
  for (const ArrayPlace* side : {&dst, &src}) {
    if (side->array)
      continue;
    bool device = kind == CopyKind::DeviceToDevice ||
                  kind == (side == &dst ? CopyKind::HostToDevice : CopyKind::DeviceToHost);
    Result<bool> pageable = isPageable(side->pointer, bytes, device);
    if (!pageable)
      return pageable.error();
    later = later && !*pageable;
  }
  trace::line(trace::kMemory, "copy {} bytes {} an array{}", bytes, src.array ? "from" : "to",
              later ? " (async)" : "");
  BackendDevice& backend = stream.device().backend();
  // Runs any number of times when it is captured into a graph.
  auto operation = [&backend, begin = Cursor(src), target = Cursor(dst), bytes]() -> Result<void> {
    timeline::Work work(timeline::Kind::Copy, "[memcpy array]", bytes);
    Cursor to = target, from = begin;
    size_t left = bytes;
    while (left) {
      size_t run = std::min(to.run(left), from.run(left));
      AW_TRY(backend.copy(to.at(), from.at(), run));
      to.advance(run);
      from.advance(run);
      left -= run;
    }
    return {};
  };
  later |= async && stream.capturing();
  return later ? stream.enqueue(std::move(operation), GraphNodeType::Memcpy)
               : stream.enqueueAndWait(std::move(operation));
}

} // namespace anywarp::core
