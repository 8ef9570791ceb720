// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See elf.h.
#include "image/elf.h"

#include "image/fatbin.h"

#include <algorithm>
#include <fmt/format.h>

namespace anywarp::image {
namespace {

constexpr uint8_t kCudaEntry = 0x10;  // st_other bit of kernels
constexpr size_t kMaxVersions = 4096; // real files have a few dozen
constexpr uint64_t kMaxInMemory = uint64_t{4} << 30;

Error invalid(std::string what) {
  return makeError(Status::InvalidImage, std::move(what));
}

template <typename Visit> void forEachSymbol(const ElfFile& file, uint32_t type, Visit visit) {
  const Elf64_Shdr* table = file.findType(type);
  if (!table)
    return;
  Bytes symbols = file.contents(*table);
  Bytes strings = file.linkedStrings(*table);
  for (uint64_t i = 0; i < symbols.size() / sizeof(Elf64_Sym); ++i) {
    Elf64_Sym symbol;
    if (!read(symbols, i * sizeof symbol, symbol))
      return;
    visit(i, symbol, cString(strings, symbol.st_name));
  }
}

// Version index -> {version, library}, from .gnu.version_r.
struct VersionNeed {
  uint16_t index;
  std::string_view version, library;
};

std::vector<VersionNeed> versionNeeds(const ElfFile& file) {
  std::vector<VersionNeed> needs;
  const Elf64_Shdr* section = file.findType(SHT_GNU_verneed);
  if (!section)
    return needs;
  Bytes bytes = file.contents(*section);
  Bytes strings = file.linkedStrings(*section);
  // Offsets only grow, so a chain that points backwards cannot loop.
  uint64_t at = 0;
  Elf64_Verneed need;
  while (needs.size() < kMaxVersions && read(bytes, at, need)) {
    uint64_t auxAt = at + need.vn_aux;
    Elf64_Vernaux aux;
    for (unsigned i = 0; i < need.vn_cnt && needs.size() < kMaxVersions && read(bytes, auxAt, aux);
         ++i) {
      needs.push_back({static_cast<uint16_t>(aux.vna_other & 0x7fff),
                       cString(strings, aux.vna_name), cString(strings, need.vn_file)});
      if (aux.vna_next == 0)
        break;
      auxAt += aux.vna_next;
    }
    if (need.vn_next == 0)
      break;
    at += need.vn_next;
  }
  return needs;
}

void readImports(const ElfFile& file, HostFile& host) {
  bool object = host.type == HostFile::Type::Object;
  std::vector<VersionNeed> needs = object ? std::vector<VersionNeed>{} : versionNeeds(file);
  const Elf64_Shdr* versym = file.findType(SHT_GNU_versym);
  Bytes versions = versym ? file.contents(*versym) : Bytes{};
  forEachSymbol(file, object ? SHT_SYMTAB : SHT_DYNSYM,
                [&](uint64_t i, const Elf64_Sym& symbol, std::string_view name) {
                  if (symbol.st_shndx != SHN_UNDEF || name.empty())
                    return;
                  Import import{name, {}, {}};
                  uint16_t version = 0;
                  if (!needs.empty() && read(versions, i * sizeof version, version))
                    for (const VersionNeed& need : needs)
                      if (need.index == (version & 0x7fff)) {
                        import.version = need.version;
                        import.library = need.library;
                      }
                  host.imports.push_back(import);
                });
}

void readDynamic(const ElfFile& file, HostFile& host) {
  const Elf64_Shdr* section = file.findType(SHT_DYNAMIC);
  if (!section)
    return;
  Bytes bytes = file.contents(*section);
  Bytes strings = file.linkedStrings(*section);
  Elf64_Dyn entry;
  for (uint64_t at = 0; read(bytes, at, entry) && entry.d_tag != DT_NULL; at += sizeof entry) {
    std::string_view value = cString(strings, entry.d_un.d_val);
    if (entry.d_tag == DT_NEEDED)
      host.needed.push_back(value);
    else if (entry.d_tag == DT_SONAME)
      host.soname = value;
    else if (entry.d_tag == DT_RPATH)
      host.rpath = value;
    else if (entry.d_tag == DT_RUNPATH)
      host.runpath = value;
  }
}

// Static cudart opens the driver by name; its own name strings stay in stripped files too.
bool hasStaticCudart(const ElfFile& file) {
  for (const Elf64_Shdr& section : file.sections()) {
    std::string_view name = file.name(section);
    if (name != ".rodata" && !name.starts_with(".rodata.str"))
      continue;
    std::string_view s = text(file.contents(section));
    if (s.find("/cudart.shm.") != std::string_view::npos ||
        (s.find("cudaErrorCudartUnloading") != std::string_view::npos &&
         s.find("libcuda.so.1") != std::string_view::npos))
      return true;
  }
  return false;
}

} // namespace

Result<ElfFile> ElfFile::open(Bytes bytes) {
  ElfFile file;
  file.bytes_ = bytes;
  Elf64_Ehdr& header = file.header_;
  if (!read(bytes, 0, header))
    return invalid(fmt::format("ELF header is truncated: {} bytes", bytes.size()));
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    return invalid("not an ELF file");
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
    return invalid("ELF file is not 64-bit little endian: 32-bit programs are not supported");
  if (header.e_shoff == 0)
    return file;
  if (header.e_shentsize != sizeof(Elf64_Shdr))
    return invalid(fmt::format("ELF section headers of {} bytes", header.e_shentsize));
  Elf64_Shdr first;
  if (!read(bytes, header.e_shoff, first))
    return invalid("ELF section table lies outside the file: it is truncated");
  uint64_t count = header.e_shnum ? header.e_shnum : first.sh_size;
  uint64_t names = header.e_shstrndx == SHN_XINDEX ? first.sh_link : header.e_shstrndx;
  if (count > (bytes.size() - header.e_shoff) / sizeof(Elf64_Shdr))
    return invalid(fmt::format("ELF section table of {} entries lies outside the file", count));
  file.sections_.resize(count);
  if (count)
    std::memcpy(file.sections_.data(), bytes.data() + header.e_shoff, count * sizeof(Elf64_Shdr));
  if (names < count)
    file.sectionNames_ = file.contents(file.sections_[names]);
  return file;
}

std::string_view ElfFile::name(const Elf64_Shdr& section) const {
  return cString(sectionNames_, section.sh_name);
}

Bytes ElfFile::contents(const Elf64_Shdr& section) const {
  if (section.sh_type == SHT_NOBITS)
    return {};
  return slice(bytes_, section.sh_offset, section.sh_size);
}

const Elf64_Shdr* ElfFile::find(std::string_view wanted) const {
  for (const Elf64_Shdr& section : sections_)
    if (name(section) == wanted)
      return &section;
  return nullptr;
}

const Elf64_Shdr* ElfFile::findType(uint32_t type) const {
  for (const Elf64_Shdr& section : sections_)
    if (section.sh_type == type)
      return &section;
  return nullptr;
}

Bytes ElfFile::linkedStrings(const Elf64_Shdr& section) const {
  return section.sh_link < sections_.size() ? contents(sections_[section.sh_link]) : Bytes{};
}

uint32_t cubinArch(const Elf64_Ehdr& header) {
  // ABI version 8 (CUDA 13) moved the number from the lowest byte to the next one.
  unsigned shift = header.e_ident[EI_ABIVERSION] >= 8 ? 8 : 0;
  return (header.e_flags >> shift) & 0xff;
}

Result<Cubin> readCubin(Bytes bytes) {
  auto file = ElfFile::open(bytes);
  if (!file)
    return file.error();
  if (file->header().e_machine != kMachineCuda)
    return invalid("ELF file is not a cubin");
  Cubin cubin;
  cubin.arch = cubinArch(file->header());
  cubin.relocatable = file->header().e_type == ET_REL;
  forEachSymbol(*file, SHT_SYMTAB, [&](uint64_t, const Elf64_Sym& symbol, std::string_view name) {
    if (ELF64_ST_TYPE(symbol.st_info) == STT_FUNC && (symbol.st_other & kCudaEntry) &&
        symbol.st_shndx != SHN_UNDEF && !name.empty())
      cubin.kernels.push_back(name);
  });
  return cubin;
}

Result<HostFile> readHostFile(Bytes bytes) {
  auto file = ElfFile::open(bytes);
  if (!file)
    return file.error();
  HostFile host;
  host.machine = file->header().e_machine;
  if (host.machine == kMachineCuda)
    return invalid("ELF file is a cubin, not a host file");
  readDynamic(*file, host);
  if (file->header().e_type == ET_EXEC)
    host.type = HostFile::Type::Executable;
  else if (file->header().e_type == ET_DYN)
    // Position-independent executables name their interpreter.
    host.type = file->find(".interp") && host.soname.empty() ? HostFile::Type::Executable
                                                             : HostFile::Type::Library;
  readImports(*file, host);
  host.staticCudart = hasStaticCudart(*file);
  host.hasDeviceCode = file->find(".nv_fatbin") || file->find("__nv_relfatbin");
  return host;
}

void readHostImages(const ElfFile& file, Reader& reader) {
  for (const Elf64_Shdr& section : file.sections()) {
    std::string_view name = file.name(section);
    if (name == ".nv_fatbin" || name == "__nv_relfatbin" || name == ".nv_relfatbin")
      readFatbins(file.contents(section), name != ".nv_fatbin", reader);
  }
}

uint64_t elfSizeInMemory(const std::byte* start, bool (*probe)(const void*, size_t)) {
  if (!probe(start, sizeof(Elf64_Ehdr)))
    return 0;
  Elf64_Ehdr header;
  std::memcpy(&header, start, sizeof header);
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
    return 0;
  uint64_t size = sizeof header;
  auto grow = [&](uint64_t offset, uint64_t length) {
    if (offset > kMaxInMemory || length > kMaxInMemory)
      return false;
    size = std::max(size, offset + length);
    return size <= kMaxInMemory;
  };
  if (header.e_phoff && !grow(header.e_phoff, uint64_t{header.e_phnum} * header.e_phentsize))
    return 0;
  if (header.e_shoff == 0)
    return probe(start, size) ? size : 0;
  // The file is one piece: a table behind memory that nobody may read is not part of it.
  if (header.e_shentsize != sizeof(Elf64_Shdr) || !grow(header.e_shoff, sizeof(Elf64_Shdr)) ||
      !probe(start, header.e_shoff + sizeof(Elf64_Shdr)))
    return 0;
  Elf64_Shdr section;
  std::memcpy(&section, start + header.e_shoff, sizeof section);
  uint64_t count = header.e_shnum ? header.e_shnum : section.sh_size;
  if (count > kMaxInMemory / sizeof section || !grow(header.e_shoff, count * sizeof section) ||
      !probe(start, header.e_shoff + count * sizeof section))
    return 0;
  for (uint64_t i = 0; i < count; ++i) {
    std::memcpy(&section, start + header.e_shoff + i * sizeof section, sizeof section);
    if (section.sh_type != SHT_NOBITS && section.sh_type != SHT_NULL &&
        !grow(section.sh_offset, section.sh_size))
      return 0;
  }
  return probe(start, size) ? size : 0;
}

} // namespace anywarp::image
