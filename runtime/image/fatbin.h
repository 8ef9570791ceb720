// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The fatbin formats (little endian): a header and entries of 64 bytes or more, each followed by
// its payload. Views into the caller's bytes; nothing is unpacked here.
#pragma once

#include "image/reader.h"

namespace anywarp::image {

inline constexpr uint32_t kWrapperMagic = 0x466243B1;
inline constexpr uint32_t kFatbinMagic = 0xBA55ED50;
inline constexpr uint32_t kOldFatbinMagic = 0x1EE55A01; // before CUDA 4, no reader knows it

struct FatbinHeader {
  uint32_t magic = kFatbinMagic;
  uint16_t version = 1;
  uint16_t headerSize = 16;
  uint64_t filesSize = 0; // bytes after the header
};
static_assert(sizeof(FatbinHeader) == 16);

struct FatbinEntry {
  uint16_t kind = 0; // EntryKind
  uint16_t version = 0x0101;
  uint32_t headerSize = 64;
  uint64_t payloadSize = 0;    // padded to 8
  uint32_t compressedSize = 0; // exact; 0: not compressed
  uint32_t extraOffset = 0;    // of {u32 options offset, u32 length}; 0: none
  uint16_t versionMinor = 0, versionMajor = 0;
  uint32_t arch = 0;
  uint32_t nameOffset = 0, nameLength = 0;
  uint64_t flags = 0; // EntryFlag
  uint64_t reserved = 0;
  uint64_t unpackedSize = 0; // 0: not compressed
};
static_assert(sizeof(FatbinEntry) == 64);

enum EntryKind : uint16_t { kEntryPtx = 1, kEntryCubin = 2, kEntryOldCubin = 4, kEntryLtoIr = 8 };

enum EntryFlag : uint64_t {
  kFlag64Bit = 0x1,
  kFlagDebug = 0x2,
  kFlagLinux = 0x10,
  kFlagOldCompression = 0x1000,
  kFlagLz4 = 0x2000,
  kFlagZstd = 0x8000,
  kFlagArchSpecific = 0x100000,   // sm_90a
  kFlagFamilySpecific = 0x200000, // sm_100f
};

// Reads one fatbin at the start of `bytes` as one unit. Returns its size in bytes, header included;
// 0 where there is none. Damage is noted in the reader.
uint64_t readFatbin(Bytes bytes, bool relocatable, Reader& reader);
// Reads fatbins that lie one after the other, with zero bytes between them (sections .nv_fatbin,
// __nv_relfatbin).
void readFatbins(Bytes bytes, bool relocatable, Reader& reader);

} // namespace anywarp::image
