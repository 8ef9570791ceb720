// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies and fills: which side is what, range checks, then a stream operation.
#include "core/array.h"
#include "core/capture.h"
#include "core/context.h"
#include "core/device.h"
#include "core/memory.h"
#include "core/stream.h"
#include "core/stream_queue.h"
#include "core/virtual_memory.h"
#include "support/timeline.h"
#include "support/trace.h"

#include <cstring>
#include <vector>

namespace anywarp::core {
namespace {

// CUDA's limit below which a pageable source is staged (driver API manual, "API synchronization
// behavior").
constexpr size_t kStageBytes = 64 * 1024;

struct Side {
  bool pageable = false;
  bool device = false; // memory that the host does not look at; the manual's "device memory"
};

Error overrun(const void* pointer, size_t bytes, const Allocation& a) {
  return makeError(Status::InvalidValue,
                   fmt::format("{} bytes at {} reach beyond the allocation of {} bytes at {}",
                               bytes, pointer, a.size, static_cast<const void*>(a.base)));
}

// A copy may go over the ends of mappings (cuMemMap) that lie one behind the other, if it has
// access to them.
Result<void> checkMapped(const void* pointer, size_t bytes, Allocation a, bool write) {
  const char* end = static_cast<const char*>(pointer) + bytes;
  for (;;) {
    if (a.access != 3 && (write || a.access != 1))
      return makeError(Status::InvalidValue,
                       fmt::format("the memory mapped at {} may not be {} (cuMemSetAccess)",
                                   static_cast<const void*>(a.base), write ? "written" : "read"));
    if (end <= a.base + a.size)
      return {};
    std::optional<Allocation> next = Memory::find(a.base + a.size);
    if (!next || next->kind != AllocationKind::Mapped || next->rangeBase != a.rangeBase)
      return overrun(pointer, bytes, a);
    a = *next;
  }
}

// Looks at one side of a copy. `device`: the caller promised device memory.
Result<Side> classify(const void* pointer, size_t bytes, bool device, bool write) {
  if (!pointer)
    return makeError(Status::InvalidValue, "a copy from or to a null pointer");
  if (uintptr_t(pointer) + bytes < uintptr_t(pointer))
    return makeError(Status::InvalidValue, "a copy wraps around the address space");
  std::optional<Allocation> a = Memory::find(pointer);
  if (a && a->kind == AllocationKind::Mapped) {
    AW_TRY(checkMapped(pointer, bytes, *a, write));
    return Side{};
  }
  if (a) {
    if (bytes > a->size - size_t(static_cast<const char*>(pointer) - a->base)) {
      // A registered range may be followed by ordinary memory of the same array.
      if (a->kind == AllocationKind::Registered)
        return Side{true};
      return overrun(pointer, bytes, *a);
    }
    return Side{false, a->isDevice() && !a->managed && !a->syncMemops};
  }
  if (device || VirtualMemory::ours(pointer)) // stale
    return makeError(
        Status::InvalidValue,
        fmt::format("{} is no device memory; it may have been freed or not be mapped", pointer));
  return Side{true};
}

// For a timeline. "Default" leaves it to the pointers, and pinned memory looks like the device's.
const char* copyName(CopyKind kind, bool hostSource, bool hostTarget) {
  if (kind == CopyKind::Default)
    kind = hostSource ? (hostTarget ? CopyKind::HostToHost : CopyKind::HostToDevice)
                      : (hostTarget ? CopyKind::DeviceToHost : CopyKind::DeviceToDevice);
  switch (kind) {
  case CopyKind::HostToHost:
    return "[memcpy HtoH]";
  case CopyKind::HostToDevice:
    return "[memcpy HtoD]";
  case CopyKind::DeviceToHost:
    return "[memcpy DtoH]";
  default:
    return "[memcpy DtoD]";
  }
}

struct Manner {
  bool async;    // the form of the call that does not wait
  bool pageable; // a side may be reused or read by the caller as soon as the call returns
  bool device;   // all sides are device memory
};

// Gives a copy or fill to the stream or, as a node, to the graph that it is captured into: there
// `describe` gives what the node's reader is told.
template <typename Describe>
Result<void> submit(Stream& stream, const Manner& manner, Stream::Operation operation,
                    GraphNodeType type, Describe describe) {
  if (manner.async) {
    if (auto capture = stream.capture()) { // it touches the host's memory when it runs
      GraphWork work;
      work.type = type;
      work.run = std::move(operation);
      work.described = describe();
      return capture->add(stream, std::move(work));
    }
    return manner.pageable ? stream.enqueueAndWait(std::move(operation))
                           : stream.enqueue(std::move(operation));
  }
  if (!manner.device)
    return stream.enqueueAndWait(std::move(operation));
  // CUDA runtime API, "API synchronization behavior": copies within device memory and fills of it
  // do not wait for the stream in their synchronous forms either. They run here if nothing is
  // before them: programs often count on it, and it wakes nobody.
  AW_TRY(
      stream.admit("a synchronous copy or fill cannot be captured", "a synchronous copy or fill"));
  StreamQueue::Push push;
  push.run = std::move(operation);
  push.mode = StreamQueue::Mode::Inline;
  stream.queue()->push(std::move(push));
  return {};
}

struct Span {
  char* first;
  size_t bytes;
};

// From the first to the last byte that a box touches.
Result<Span> spanOf(const CopyBox& box, size_t width, size_t height, size_t depth) {
  size_t rows, offset, last;
  bool wraps = __builtin_mul_overflow(box.z, box.height, &offset);
  wraps |= __builtin_add_overflow(offset, box.y, &offset);
  wraps |= __builtin_mul_overflow(offset, box.pitch, &offset);
  wraps |= __builtin_add_overflow(offset, box.x, &offset);
  wraps |= __builtin_mul_overflow(depth - 1, box.height, &rows);
  wraps |= __builtin_add_overflow(rows, height - 1, &rows);
  wraps |= __builtin_mul_overflow(rows, box.pitch, &last);
  wraps |= __builtin_add_overflow(last, width, &last);
  if (wraps)
    return makeError(Status::InvalidValue, "the box of a copy overflows");
  return Span{static_cast<char*>(box.base) + offset, last};
}

Result<void> checkBox(const CopyBox& box, size_t width, size_t height, size_t depth) {
  if (!box.base)
    return makeError(Status::InvalidValue, "a copy from or to a null pointer");
  if ((height > 1 || depth > 1) && box.pitch < width)
    return makeError(Status::InvalidValue, "the pitch of a copy is less than its width");
  if (depth > 1 && box.height < height)
    return makeError(Status::InvalidValue, "the slice height of a copy is less than its height");
  return {};
}

bool inside(size_t offset, size_t length, size_t whole) {
  return offset <= whole && length <= whole - offset;
}

// Gives the box of an array its place in memory.
Result<void> resolveArray(CopyBox& box, size_t width, size_t height, size_t depth) {
  const Array& a = *box.array;
  if (a.planar())
    return makeError(Status::InvalidValue,
                     "a planar array is copied plane by plane (cuArrayGetPlane)");
  size_t texel = a.texel().bytes;
  if (box.x % texel || width % texel)
    return makeError(
        Status::InvalidValue,
        fmt::format("a copy of {} bytes at byte {} of an array with texels of {} bytes", width,
                    box.x, texel));
  if (!inside(box.x, width, a.rowBytes()) || !inside(box.y, height, a.rows()) ||
      !inside(box.z, depth, a.slices()))
    return makeError(Status::InvalidValue,
                     fmt::format("a box of {} x {} x {} bytes at ({}, {}, {}) is not inside the "
                                 "array of {} x {} x {}",
                                 width, height, depth, box.x, box.y, box.z, a.rowBytes(), a.rows(),
                                 a.slices()));
  box.base = a.layout().base;
  box.pitch = a.layout().pitch;
  box.height =
      a.layout().slice / a.layout().pitch; // in memory there may be more than the array has
  return {};
}

struct Located {
  CopyBox box;
  char* first = nullptr;
  bool pageable = false;
  bool device = true; // arrays are
};

Result<Located> locate(const CopyBox& box, size_t width, size_t height, size_t depth, bool device,
                       bool write) {
  Located result;
  result.box = box;
  if (box.array)
    AW_TRY(resolveArray(result.box, width, height, depth));
  AW_TRY(checkBox(result.box, width, height, depth));
  Result<Span> span = spanOf(result.box, width, height, depth);
  if (!span)
    return span.error();
  result.first = span->first;
  if (box.array)
    return result;
  Result<Side> side = classify(span->first, span->bytes, device, write);
  if (!side)
    return side.error();
  result.pageable = side->pageable;
  result.device = side->device;
  return result;
}

} // namespace

Result<bool> Memory::isPageable(const void* pointer, size_t bytes, bool device) {
  Result<Side> side = classify(pointer, bytes, device, /*write=*/false);
  if (!side)
    return side.error();
  return side->pageable;
}

Result<void> Memory::copy(Stream& stream, void* dst, const void* src, size_t bytes, CopyKind kind,
                          bool async) {
  AW_TRY(stream.context().check());
  if (bytes == 0)
    return {};
  bool deviceDst = kind == CopyKind::HostToDevice || kind == CopyKind::DeviceToDevice;
  bool deviceSrc = kind == CopyKind::DeviceToHost || kind == CopyKind::DeviceToDevice;
  Result<Side> to = classify(dst, bytes, deviceDst, /*write=*/true);
  if (!to)
    return to.error();
  Result<Side> from = classify(src, bytes, deviceSrc, /*write=*/false);
  if (!from)
    return from.error();
  trace::line(trace::kMemory, "copy {} bytes from {} to {}{}", bytes, src, dst,
              async ? " (async)" : "");
  BackendDevice& backend = stream.device().backend();
  if (async && !stream.capturing() && from->pageable && !to->pageable && bytes <= kStageBytes) {
    auto staged = std::make_shared<std::vector<char>>(static_cast<const char*>(src),
                                                      static_cast<const char*>(src) + bytes);
    return stream.enqueue([&backend, dst, staged, name = copyName(kind, true, false)] {
      timeline::Work work(timeline::Kind::Copy, name, staged->size());
      return backend.copy(dst, staged->data(), staged->size());
    });
  }
  auto operation = [&backend, dst, src, bytes,
                    name = copyName(kind, from->pageable, to->pageable)] {
    timeline::Work work(timeline::Kind::Copy, name, bytes);
    return backend.copy(dst, src, bytes);
  };
  const Manner manner{async, from->pageable || to->pageable, from->device && to->device};
  return submit(stream, manner, std::move(operation), GraphNodeType::Memcpy, [&] {
    CopyParams params;
    params.dst.base = dst, params.dst.pitch = bytes, params.dst.height = 1;
    params.src.base = const_cast<void*>(src), params.src.pitch = bytes, params.src.height = 1;
    params.width = bytes, params.height = 1, params.depth = 1;
    params.kind = kind;
    return params;
  });
}

Result<void> Memory::copyBox(Stream& stream, const CopyBox& dst, const CopyBox& src, size_t width,
                             size_t height, size_t depth, CopyKind kind, bool async) {
  AW_TRY(stream.context().check());
  if (width == 0 || height == 0 || depth == 0)
    return {};
  Result<Located> to = locate(dst, width, height, depth,
                              kind == CopyKind::HostToDevice || kind == CopyKind::DeviceToDevice,
                              /*write=*/true);
  if (!to)
    return to.error();
  Result<Located> from = locate(src, width, height, depth,
                                kind == CopyKind::DeviceToHost || kind == CopyKind::DeviceToDevice,
                                /*write=*/false);
  if (!from)
    return from.error();
  if (dst.array && src.array && dst.array->texel().bytes != src.array->texel().bytes)
    return makeError(Status::InvalidValue, "a copy between arrays with texels of different sizes");
  trace::line(trace::kMemory, "copy {} x {} x {} bytes from {}{} to {}{}{}", width, height, depth,
              src.array ? "array at " : "", static_cast<const void*>(from->first),
              dst.array ? "array at " : "", static_cast<const void*>(to->first),
              async ? " (async)" : "");
  BackendDevice& backend = stream.device().backend();
  const Manner manner{async, from->pageable || to->pageable, from->device && to->device};
  // The boxes keep their arrays.
  auto operation = [&backend, to = std::move(*to), from = std::move(*from), width, height, depth,
                    kind]() -> Result<void> {
    timeline::Work work(timeline::Kind::Copy, copyName(kind, from.pageable, to.pageable),
                        width * height * depth);
    for (size_t z = 0; z < depth; ++z)
      AW_TRY(backend.copy2d(to.first + z * to.box.height * to.box.pitch, to.box.pitch,
                            from.first + z * from.box.height * from.box.pitch, from.box.pitch,
                            width, height));
    return {};
  };
  return submit(stream, manner, std::move(operation), GraphNodeType::Memcpy,
                [&] { return CopyParams{dst, src, width, height, depth, kind}; });
}

Result<void> Memory::fill(Stream& stream, void* dst, uint32_t value, unsigned elementSize,
                          size_t width, bool async) {
  return fill2d(stream, dst, 0, value, elementSize, width, 1, async);
}

Result<void> Memory::fill2d(Stream& stream, void* dst, size_t pitch, uint32_t value,
                            unsigned elementSize, size_t width, size_t height, bool async) {
  AW_TRY(stream.context().check());
  if (width == 0 || height == 0)
    return {};
  size_t rowBytes, bytes;
  if (__builtin_mul_overflow(width, size_t(elementSize), &rowBytes) ||
      __builtin_mul_overflow(pitch, height - 1, &bytes) ||
      __builtin_add_overflow(bytes, rowBytes, &bytes))
    return makeError(Status::InvalidValue, "the size of a fill overflows");
  if ((elementSize != 1 && elementSize != 2 && elementSize != 4) ||
      uintptr_t(dst) % elementSize != 0 || (height > 1 && pitch % elementSize != 0))
    return makeError(Status::InvalidValue,
                     fmt::format("a fill at {} is not aligned to its elements", dst));
  if (height > 1 && pitch < rowBytes)
    return makeError(Status::InvalidValue, "the pitch of a fill is less than its width");
  Result<Side> side = classify(dst, bytes, /*device=*/true, /*write=*/true);
  if (!side)
    return side.error();
  trace::line(trace::kMemory, "fill {} x {} elements of {} bytes at {}{}", width, height,
              elementSize, dst, async ? " (async)" : "");
  BackendDevice& backend = stream.device().backend();
  auto operation = [&backend, dst, pitch, value, elementSize, width, height]() -> Result<void> {
    timeline::Work work(timeline::Kind::Fill, "[memset]", width * height * elementSize);
    if (height > 1 && pitch == width * elementSize)
      return backend.fill(dst, value, elementSize, width * height);
    for (size_t y = 0; y < height; ++y)
      AW_TRY(backend.fill(static_cast<char*>(dst) + y * pitch, value, elementSize, width));
    return {};
  };
  const Manner manner{async, /*pageable=*/false, side->device};
  return submit(stream, manner, std::move(operation), GraphNodeType::Memset,
                [&] { return FillParams{dst, pitch, value, elementSize, width, height}; });
}

} // namespace anywarp::core
