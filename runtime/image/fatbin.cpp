// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See fatbin.h. Layouts as observed in files made by nvcc 11 to 13 (docs/legal.md).
#include "image/fatbin.h"

#include "image/elf.h"

#include <algorithm>
#include <fmt/format.h>

namespace anywarp::image {
namespace {

// "offset, length" inside the entry's header; what lies elsewhere is not trusted.
std::string_view headerString(Bytes header, uint32_t offset, uint32_t length) {
  Bytes bytes = slice(header, offset, length);
  std::string_view s = text(bytes);
  s = s.substr(0, s.find('\0'));
  while (!s.empty() && s.back() == ' ')
    s.remove_suffix(1);
  return s;
}

Compression compressionOf(const FatbinEntry& e) {
  if (e.flags & kFlagZstd)
    return Compression::Zstd;
  if (e.flags & kFlagLz4)
    return Compression::Lz4;
  return e.flags & kFlagOldCompression ? Compression::Old : Compression::None;
}

Image imageOf(const FatbinEntry& e, Bytes header, Bytes payload) {
  Image image;
  image.rawKind = e.kind;
  switch (e.kind) {
  case kEntryPtx:
    image.kind = Kind::Ptx;
    break;
  case kEntryCubin:
  case kEntryOldCubin:
    image.kind = Kind::Cubin;
    break;
  case kEntryLtoIr:
    image.kind = Kind::LtoIr;
    break;
  default:
    break;
  }
  image.compression = compressionOf(e);
  image.arch = e.arch;
  if (e.flags & kFlagArchSpecific)
    image.archSuffix = 'a';
  else if (e.flags & kFlagFamilySpecific)
    image.archSuffix = 'f';
  image.versionMajor = e.versionMajor;
  image.versionMinor = e.versionMinor;
  image.address64 = e.flags & kFlag64Bit;
  image.debug = e.flags & kFlagDebug;
  image.flags = e.flags;
  image.name = headerString(header, e.nameOffset, e.nameLength);
  uint32_t options[2];
  if (e.extraOffset && read(header, e.extraOffset, options))
    image.options = headerString(header, options[0], options[1]);
  if (image.compression == Compression::None) {
    image.stored = payload;
    image.size = payload.size();
  } else {
    // Without a size the stream's own end counts.
    image.stored = e.compressedSize ? slice(payload, 0, e.compressedSize) : payload;
    image.size = e.unpackedSize;
  }
  return image;
}

} // namespace

uint64_t readFatbin(Bytes bytes, bool relocatable, Reader& reader) {
  FatbinHeader header;
  if (!read(bytes, 0, header)) {
    reader.damaged(
        fmt::format("fatbin header needs {} bytes, there are {}", sizeof header, bytes.size()));
    return 0;
  }
  if (header.magic == kOldFatbinMagic) {
    reader.damaged("fatbin of a format older than CUDA 4: rebuild the program with a newer nvcc");
    return 0;
  }
  if (header.magic != kFatbinMagic) {
    reader.damaged(fmt::format("0x{:08x} is not a fatbin's first word", header.magic));
    return 0;
  }
  if (header.headerSize < sizeof header || header.headerSize > bytes.size()) {
    reader.damaged(fmt::format("fatbin header claims a size of {} bytes", header.headerSize));
    return 0;
  }
  uint64_t available = bytes.size() - header.headerSize;
  if (header.filesSize > available)
    reader.damaged(fmt::format("fatbin is truncated: {} bytes of {} are there",
                               available + header.headerSize, header.filesSize));
  uint64_t end = header.headerSize + std::min(header.filesSize, available);
  Bytes fatbin = bytes.first(end);
  reader.beginUnit(relocatable);
  for (uint64_t at = header.headerSize; at < end;) {
    FatbinEntry e;
    if (!read(fatbin, at, e)) {
      reader.damaged(fmt::format("fatbin entry at offset {} is truncated", at));
      break;
    }
    // 32 bits + 64 bits cannot pass the end unnoticed: each is compared with what is left.
    uint64_t left = end - at;
    uint64_t payloadSize = std::max<uint64_t>(e.payloadSize, e.compressedSize);
    if (e.headerSize < sizeof e || e.headerSize > left || payloadSize > left - e.headerSize) {
      reader.damaged(fmt::format("fatbin entry at offset {} claims {} + {} bytes, {} are left", at,
                                 e.headerSize, payloadSize, left));
      break;
    }
    reader.add(imageOf(e, fatbin.subspan(at, e.headerSize),
                       fatbin.subspan(at + e.headerSize, payloadSize)));
    at += e.headerSize + payloadSize;
  }
  return end;
}

void readFatbins(Bytes bytes, bool relocatable, Reader& reader) {
  uint64_t at = 0;
  while (at + sizeof(FatbinHeader) <= bytes.size()) {
    uint32_t magic = 0;
    read(bytes, at, magic);
    if (magic != kFatbinMagic) { // padding between the objects' sections
      at += sizeof magic;
      continue;
    }
    uint64_t size = readFatbin(bytes.subspan(at), relocatable, reader);
    if (size == 0)
      return;
    at += (size + 3) & ~uint64_t{3};
  }
}

} // namespace anywarp::image
