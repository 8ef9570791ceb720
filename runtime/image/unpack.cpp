// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See unpack.h.
#include "image/unpack.h"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <lz4.h>
#include <memory>
#include <new>
#include <zstd.h>

namespace anywarp::image {
namespace {

Error damaged(std::string what) {
  return makeError(Status::InvalidImage, std::move(what));
}

Error tooLarge(uint64_t limit) {
  return makeError(Status::OutOfMemory,
                   fmt::format("image unpacks to more than the {} bytes allowed", limit));
}

// std::string cannot report that memory is short, so ask first where it might be.
bool grow(std::string& s, uint64_t size) {
  constexpr uint64_t kLarge = uint64_t{16} << 20;
  if (size > kLarge) {
    void* trial = ::operator new(size, std::nothrow);
    if (!trial)
      return false;
    ::operator delete(trial);
  }
  s.resize(size);
  return true;
}

Error noMemory(uint64_t size) {
  return makeError(Status::OutOfMemory, fmt::format("no {} bytes of memory for an image", size));
}

} // namespace

Result<std::string> unpackLz4(Bytes stored, uint64_t claimed, uint64_t limit) {
  if (stored.size() > LZ4_MAX_INPUT_SIZE)
    return damaged(fmt::format("LZ4 stream of {} bytes is longer than LZ4 allows", stored.size()));
  // One byte of LZ4 makes 255 at most, so a small stream cannot claim much.
  uint64_t most =
      std::min({stored.size() * 255 + 64, limit, uint64_t{std::numeric_limits<int>::max()}});
  if (claimed > limit)
    return tooLarge(limit);
  uint64_t size = std::clamp<uint64_t>(claimed ? claimed : stored.size() * 4,
                                       std::min<uint64_t>(1024, most), most);
  std::string out;
  for (;;) {
    if (!grow(out, size))
      return noMemory(size);
    int got = LZ4_decompress_safe(reinterpret_cast<const char*>(stored.data()), out.data(),
                                  static_cast<int>(stored.size()), static_cast<int>(size));
    if (got >= 0) {
      out.resize(static_cast<size_t>(got));
      return out;
    }
    // Damaged or too small a buffer: LZ4 does not say which.
    if (size >= most)
      return size >= limit ? tooLarge(limit) : damaged("LZ4 stream is damaged or truncated");
    size = std::min(size * 2, most);
  }
}

Result<std::string> unpackZstd(Bytes stored, uint64_t claimed, uint64_t limit) {
  if (claimed > limit)
    return tooLarge(limit);
  std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
  if (!context)
    return noMemory(0);
  // Starts from what the stream can plausibly make and grows with what really comes out.
  uint64_t size =
      std::min({claimed ? claimed : stored.size() * 4, stored.size() * 64 + 4096, limit});
  size = std::max<uint64_t>(size, std::min<uint64_t>(1024, limit));
  std::string out;
  ZSTD_inBuffer in{stored.data(), stored.size(), 0};
  size_t done = 0;
  for (;;) {
    if (!grow(out, size))
      return noMemory(size);
    ZSTD_outBuffer target{out.data(), out.size(), done};
    size_t state = ZSTD_decompressStream(context.get(), &target, &in);
    bool progress = target.pos != done;
    done = target.pos;
    if (ZSTD_isError(state))
      return damaged(fmt::format("zstd stream is damaged: {}", ZSTD_getErrorName(state)));
    if (state == 0 && in.pos == in.size) {
      out.resize(done);
      return out;
    }
    if (done < size) {
      if (!progress && in.pos == in.size)
        return damaged("zstd stream is truncated");
      continue;
    }
    if (size >= limit)
      return tooLarge(limit);
    size = std::min(size * 2, limit);
  }
}

std::string packLz4(std::string_view bytes) {
  if (bytes.size() > LZ4_MAX_INPUT_SIZE)
    return {};
  std::string out(static_cast<size_t>(LZ4_compressBound(static_cast<int>(bytes.size()))), '\0');
  int size = LZ4_compress_default(bytes.data(), out.data(), static_cast<int>(bytes.size()),
                                  static_cast<int>(out.size()));
  out.resize(static_cast<size_t>(std::max(size, 0)));
  return out;
}

std::string packZstd(std::string_view bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  size_t size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3);
  out.resize(ZSTD_isError(size) ? 0 : size);
  return out;
}

} // namespace anywarp::image
