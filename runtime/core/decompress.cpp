// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/decompress.h"

#include "core/context.h"
#include "core/device.h"
#include "core/memory.h"
#include "core/stream.h"

#include <algorithm>
#include <cstring>
#include <fmt/core.h>
#include <lz4.h>
#include <memory>
#include <new>
#include <vector>
#include <zlib.h>

namespace anywarp::core {
namespace {

Error damaged(const char* format) {
  return makeError(Status::InvalidValue,
                   fmt::format("compressed data are no {} that fits its target", format));
}

Result<size_t> inflateRaw(const char* source, size_t bytes, char* target, size_t room) {
  z_stream z = {};
  if (inflateInit2(&z, -MAX_WBITS) != Z_OK) // no header
    return makeError(Status::OutOfMemory, "no memory to decompress");
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(source));
  z.avail_in = uInt(bytes);
  z.next_out = reinterpret_cast<Bytef*>(target);
  z.avail_out = uInt(room);
  int result = inflate(&z, Z_FINISH);
  size_t written = z.total_out;
  inflateEnd(&z);
  if (result != Z_STREAM_END)
    return damaged("DEFLATE stream");
  return written;
}

// Snappy's format description: the length, then elements of literals and copies from what was
// written before.
class Snappy {
public:
  Snappy(const char* source, size_t bytes, char* target, size_t room)
      : at_(reinterpret_cast<const unsigned char*>(source)), end_(at_ + bytes), target_(target),
        room_(room) {}
  Result<size_t> run() {
    uint64_t length = 0;
    for (unsigned shift = 0;; shift += 7) {
      if (at_ == end_ || shift > 28)
        return damaged("Snappy block");
      length |= uint64_t(*at_ & 0x7f) << shift;
      if (!(*at_++ & 0x80))
        break;
    }
    if (length > room_)
      return damaged("Snappy block");
    room_ = size_t(length);
    while (at_ != end_)
      if (!element())
        return damaged("Snappy block");
    if (written_ != room_)
      return damaged("Snappy block");
    return written_;
  }

private:
  bool number(unsigned bytes, uint32_t& value) {
    if (size_t(end_ - at_) < bytes)
      return false;
    value = 0;
    for (unsigned i = 0; i < bytes; ++i)
      value |= uint32_t(*at_++) << (8 * i);
    return true;
  }
  bool element() {
    unsigned tag = *at_++;
    uint32_t length = tag >> 2, offset = 0;
    switch (tag & 3) {
    case 0: // literal: its length less 1, or in how many bytes that stands
      if (length >= 60 && !number(length - 59, length))
        return false;
      return literal(size_t(length) + 1);
    case 1: // 4 to 11 bytes, 11 bits of offset
      if (!number(1, offset))
        return false;
      return copy((length & 7) + 4, (tag >> 5) << 8 | offset);
    case 2:
      return number(2, offset) && copy(length + 1, offset);
    default:
      return number(4, offset) && copy(length + 1, offset);
    }
  }
  bool literal(size_t length) {
    if (length > size_t(end_ - at_) || length > room_ - written_)
      return false;
    std::memcpy(target_ + written_, at_, length);
    at_ += length;
    written_ += length;
    return true;
  }
  // Byte by byte: the copy may run into what it writes.
  bool copy(size_t length, size_t offset) {
    if (!offset || offset > written_ || length > room_ - written_)
      return false;
    for (; length; --length, ++written_)
      target_[written_] = target_[written_ - offset];
    return true;
  }
  const unsigned char *at_, *end_;
  char* target_;
  size_t room_, written_ = 0;
};

struct Work {
  Decompression what;
  size_t room;
};

// In memory of our own: the program's may be gone when the stream comes there, and only the
// backend's copies survive that.
Result<void> run(BackendDevice& backend, const Work& work) {
  std::unique_ptr<char[]> source(new (std::nothrow) char[work.what.sourceBytes]);
  std::unique_ptr<char[]> target(new (std::nothrow) char[work.room]);
  if (!source || !target)
    return makeError(Status::OutOfMemory, "no memory to decompress in");
  AW_TRY(backend.copy(source.get(), work.what.source, work.what.sourceBytes));
  Result<size_t> written = decompressBlock(work.what.algorithm, source.get(), work.what.sourceBytes,
                                           target.get(), work.room);
  uint32_t actual = written ? uint32_t(*written) : 0;
  AW_TRY(backend.copy(work.what.target, target.get(), actual));
  AW_TRY(backend.copy(work.what.actualBytes, &actual, sizeof actual));
  return written ? Result<void>() : written.error();
}

// How many bytes from a pointer on are memory that can take part; 0: none.
size_t capable(const void* pointer, bool write) {
  std::optional<Allocation> a = Memory::find(pointer);
  bool right = a && (a->kind == AllocationKind::Device || a->decompress) &&
               (a->access == 3 || (!write && a->access == 1));
  return right ? size_t(a->base + a->size - static_cast<const char*>(pointer)) : 0;
}

} // namespace

Result<size_t> decompressBlock(int algorithm, const char* source, size_t bytes, char* target,
                               size_t room) {
  switch (algorithm) {
  case kDeflate:
    return inflateRaw(source, bytes, target, room);
  case kSnappy:
    return Snappy(source, bytes, target, room).run();
  case kLz4: {
    int written = LZ4_decompress_safe(source, target, int(bytes), int(room));
    if (written < 0)
      return damaged("LZ4 block");
    return size_t(written);
  }
  default:
    return makeError(Status::InvalidValue, fmt::format("{} is no algorithm", algorithm));
  }
}

Result<void> decompress(Stream& stream, std::span<const Decompression> batch, size_t& failed) {
  AW_TRY(stream.context().check());
  std::vector<Work> all;
  for (const Decompression& d : batch) {
    failed = size_t(&d - batch.data());
    if (d.algorithm != kDeflate && d.algorithm != kSnappy && d.algorithm != kLz4)
      return makeError(Status::InvalidValue, fmt::format("{} is no algorithm", d.algorithm));
    size_t room = capable(d.target, true);
    if (!d.sourceBytes || d.sourceBytes > kDecompressMaxBytes ||
        d.expectedBytes > kDecompressMaxBytes || d.sourceBytes > capable(d.source, false) ||
        d.expectedBytes > room || !room || capable(d.actualBytes, true) < sizeof(uint32_t) ||
        uintptr_t(d.actualBytes) % sizeof(uint32_t))
      return makeError(Status::InvalidValue,
                       "the pointers of a decompression are not of memory that is made for it "
                       "(CU_POINTER_ATTRIBUTE_IS_HW_DECOMPRESS_CAPABLE), or the sizes are wrong");
    all.push_back({d, std::min(room, kDecompressMaxBytes)});
  }
  failed = SIZE_MAX;
  BackendDevice& backend = stream.device().backend();
  return stream.enqueue([&backend, all = std::move(all)] {
    Result<void> result;
    for (const Work& work : all)
      if (Result<void> one = run(backend, work); !one && result)
        result = one;
    return result;
  });
}

} // namespace anywarp::core
