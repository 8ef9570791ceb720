// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Device images: bytes in, images out. Reads fatbin wrappers, fatbins, cubins, archives and PTX
// text without trusting them: every size is checked, decompression is lazy and limited.
//
// An ImageSet is a view: images point into the caller's memory (or into `keepAlive`), which must
// outlive the set. Texts from ptxUnits() are copies and outlive both. A set is immutable after it
// was opened, so any number of threads may use it at once.
#pragma once

#include "support/ptx_unit.h"
#include "support/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace anywarp::image {

// What the bytes start with.
enum class Container : uint8_t {
  Unknown,
  Wrapper, // __fatBinC_Wrapper: holds pointers, so it makes sense only in this process
  Fatbin,
  Cubin,   // ELF for the CUDA machine, executable or relocatable
  HostElf, // an executable or library of the host; elf.h takes it apart
  Archive, // ar file with any of these as members
  Ptx,
  LtoIr, // NVVM bitcode in NVIDIA's LTO container or bare LLVM bitcode
};

enum class Kind : uint8_t { Unknown, Ptx, Cubin, LtoIr };

enum class Compression : uint8_t { None, Lz4, Zstd, Old }; // Old: before 2013, cannot be read

inline constexpr uint64_t kMaxUnpacked = uint64_t{1} << 30; // bytes, of one set's PTX together

// One image as it lies in its container.
struct Image {
  Kind kind = Kind::Unknown;
  Compression compression = Compression::None;
  char archSuffix = 0;       // 'a' or 'f' (sm_90a), 0: none or not known from the container
  uint16_t rawKind = 0;      // the container's number where kind is Unknown
  uint16_t versionMajor = 0; // PTX ISA version of PTX, toolkit's code version of cubins; 0: unknown
  uint16_t versionMinor = 0;
  uint32_t arch = 0; // 90 for sm_90 and compute_90; 0: unknown
  uint32_t unit = 0; // translation unit; images of one unit are alternatives
  bool address64 = true, debug = false;
  bool relocatable = false; // must be linked with the other units (compiled with -rdc=true)
  uint64_t flags = 0;       // as in the fatbin entry
  uint64_t size = 0;        // bytes when unpacked, as the container claims
  std::string_view name;    // of the source or object file; may be empty
  std::string_view options; // for ptxas; may be empty
  std::span<const std::byte> stored; // bytes as stored, without padding where the size is known

  std::string archName() const; // "sm_90", "compute_90", "sm_90a"
  // The unpacked bytes; PTX comes without its trailing NULs. InvalidImage when damaged,
  // NotSupported for old compression, OutOfMemory above `limit`.
  Result<std::string> unpack(uint64_t limit = kMaxUnpacked) const;
};

class ImageSet {
public:
  Container container() const { return container_; }
  std::span<const Image> images() const { return images_; }
  uint32_t unitCount() const { return unitCount_; }
  // Relocatable code: the units must be linked with each other (wrapper version 2, archives).
  bool relocatable() const { return relocatable_; }
  // What was wrong in a container whose first images could still be read; empty: nothing.
  const std::string& damage() const { return damage_; }

  // PTX images of a unit, best first: the newest architecture not above `computeCapability`
  // (10 * major + minor), then those above it, nearest first. 0: simply newest first.
  std::vector<const Image*> ptxCandidates(uint32_t unit, uint32_t computeCapability = 0) const;
  // What a PTX backend loads: the best PTX that unpacks of every unit that has one. NoBinaryForGpu
  // with describe() as message where there is none. `origin`: what messages call them.
  Result<std::vector<PtxUnit>> ptxUnits(uint32_t computeCapability = 0,
                                        std::string_view origin = "ptx") const;
  // Units that hold images but no PTX; their symbols will be missing when the rest is linked.
  uint32_t unitsWithoutPtx() const;

  // One line for the log: "holds cubin sm_80, sm_90, no PTX: rebuild with -gencode ...".
  std::string describe() const;

private:
  friend class Reader;
  Container container_ = Container::Unknown;
  bool relocatable_ = false;
  uint32_t unitCount_ = 0;
  std::vector<Image> images_;
  std::vector<std::shared_ptr<const void>> keepAlive_;
  std::string damage_;
};

// Looks at the first bytes only.
Container sniff(std::span<const std::byte> bytes);
std::string_view containerName(Container container);
std::string_view compressionName(Compression compression);
std::string_view kindName(Kind kind);

// Images in a sized piece of memory: fatbin, cubin, archive or PTX (a NUL ends PTX). Members of an
// archive may be host objects. A wrapper is InvalidImage here, because its pointers cannot be
// followed; a HostElf is InvalidImage too.
Result<ImageSet> openBytes(std::span<const std::byte> bytes,
                           std::shared_ptr<const void> keepAlive = {});
// The same for what lies in files: executables, libraries and objects of the host are taken as
// well, with one unit for each fatbin in their sections.
Result<ImageSet> openFileBytes(std::span<const std::byte> bytes,
                               std::shared_ptr<const void> keepAlive = {});
// Images at an address of this process, size unknown (cuModuleLoadData, __cudaRegisterFatBinary):
// takes wrappers as well and believes the sizes in the headers. Null or unreadable: InvalidValue or
// InvalidImage.
Result<ImageSet> openPointer(const void* image);

} // namespace anywarp::image
