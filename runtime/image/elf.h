// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ELF as far as images need it: cubins (architecture, kernels) and host files (device code
// sections, imports). 64-bit little endian only. Views into the caller's bytes.
#pragma once

#include "image/reader.h"
#include "support/result.h"

#include <elf.h>
#include <string>
#include <vector>

namespace anywarp::image {

inline constexpr uint16_t kMachineCuda = 190; // e_machine of cubins

// Checked headers and section table; section contents are checked when asked for.
class ElfFile {
public:
  static Result<ElfFile> open(Bytes bytes);
  const Elf64_Ehdr& header() const { return header_; }
  const std::vector<Elf64_Shdr>& sections() const { return sections_; }
  std::string_view name(const Elf64_Shdr& section) const;
  Bytes contents(const Elf64_Shdr& section) const; // empty where outside the file or no bits
  const Elf64_Shdr* find(std::string_view name) const;
  const Elf64_Shdr* findType(uint32_t type) const;
  // The string table that a symbol table or dynamic section uses.
  Bytes linkedStrings(const Elf64_Shdr& section) const;

private:
  Bytes bytes_;
  Elf64_Ehdr header_{};
  std::vector<Elf64_Shdr> sections_;
  Bytes sectionNames_;
};

struct Cubin {
  uint32_t arch = 0;
  bool relocatable = false;
  std::vector<std::string_view> kernels; // mangled, in the file's order
};
// InvalidImage where it is no cubin.
Result<Cubin> readCubin(Bytes bytes);
// Only from the ELF header; 0: unknown.
uint32_t cubinArch(const Elf64_Ehdr& header);

struct Import {
  std::string_view name, version, library; // version and library may be empty
};

struct HostFile {
  enum class Type { Executable, Library, Object } type = Type::Object;
  uint16_t machine = 0;
  std::vector<std::string_view> needed;
  std::string_view soname, rpath, runpath;
  std::vector<Import> imports; // undefined dynamic symbols (of objects: undefined symbols)
  bool staticCudart = false;   // the CUDA runtime is linked in
  bool hasDeviceCode = false;
};
Result<HostFile> readHostFile(Bytes bytes);
// Adds every fatbin in the file's sections to the reader.
void readHostImages(const ElfFile& file, Reader& reader);

// How many bytes an ELF file in memory has, by its headers; `probe` says whether a range may be
// read. 0: not to be trusted.
uint64_t elfSizeInMemory(const std::byte* start, bool (*probe)(const void*, size_t));

} // namespace anywarp::image
