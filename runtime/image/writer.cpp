// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See writer.h.
#include "image/writer.h"

#include "image/fatbin.h"
#include "image/unpack.h"

#include <cstring>
#include <string>

namespace anywarp::image {
namespace {

void append(std::vector<std::byte>& out, const void* data, size_t size) {
  auto* bytes = static_cast<const std::byte*>(data);
  out.insert(out.end(), bytes, bytes + size);
}

void pad(std::vector<std::byte>& out) {
  out.resize((out.size() + 7) & ~size_t{7});
}

uint32_t padded(size_t size) {
  return static_cast<uint32_t>((size + 7) & ~size_t{7});
}

uint16_t entryKind(Kind kind) {
  switch (kind) {
  case Kind::Ptx:
    return kEntryPtx;
  case Kind::Cubin:
    return kEntryCubin;
  case Kind::LtoIr:
    return kEntryLtoIr;
  case Kind::Unknown:
    break;
  }
  return 0;
}

void appendEntry(std::vector<std::byte>& out, const NewImage& image) {
  // PTX ends with a NUL inside the file, as readers that want a C string expect.
  std::string bytes(image.bytes);
  if (image.kind == Kind::Ptx)
    bytes.push_back('\0');
  FatbinEntry e;
  e.kind = entryKind(image.kind);
  e.arch = image.arch;
  e.versionMajor = image.versionMajor;
  e.versionMinor = image.versionMinor;
  e.flags = kFlag64Bit | kFlagLinux;
  std::string payload;
  if (image.compression == Compression::Lz4)
    payload = packLz4(bytes);
  else if (image.compression == Compression::Zstd)
    payload = packZstd(bytes);
  if (payload.empty()) {
    payload = std::move(bytes);
  } else {
    e.flags |= image.compression == Compression::Lz4 ? kFlagLz4 : kFlagZstd;
    e.compressedSize = static_cast<uint32_t>(payload.size());
    e.unpackedSize = bytes.size();
  }
  e.payloadSize = padded(payload.size());
  uint32_t headerSize = sizeof e;
  if (!image.name.empty()) {
    e.nameOffset = headerSize;
    e.nameLength = static_cast<uint32_t>(image.name.size());
    headerSize += padded(image.name.size() + 1);
  }
  uint32_t options[2] = {0, 0};
  bool hasOptions = image.kind == Kind::Ptx && !image.options.empty();
  if (hasOptions) {
    e.extraOffset = headerSize;
    headerSize += sizeof options;
    options[0] = headerSize;
    options[1] = static_cast<uint32_t>(image.options.size());
    headerSize += padded(image.options.size() + 1);
  }
  e.headerSize = headerSize;
  append(out, &e, sizeof e);
  if (!image.name.empty()) {
    append(out, image.name.data(), image.name.size());
    out.push_back(std::byte{0});
    pad(out);
  }
  if (hasOptions) {
    append(out, options, sizeof options);
    append(out, image.options.data(), image.options.size());
    out.push_back(std::byte{0});
    pad(out);
  }
  append(out, payload.data(), payload.size());
  pad(out);
}

} // namespace

std::vector<std::byte> writeFatbin(std::span<const NewImage> images) {
  std::vector<std::byte> out;
  FatbinHeader header;
  append(out, &header, sizeof header);
  for (const NewImage& image : images)
    appendEntry(out, image);
  header.filesSize = out.size() - sizeof header;
  std::memcpy(out.data(), &header, sizeof header);
  return out;
}

} // namespace anywarp::image
