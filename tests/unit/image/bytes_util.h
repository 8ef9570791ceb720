// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Hand-made images for the tests of the image room: little ELF and ar writers, memory that ends at
// an unreadable page. Header only; used by one thread.
#pragma once

#include "image/archive.h"
#include "image/image.h"
#include "image/writer.h"

#include <cstring>
#include <elf.h>
#include <map>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace anywarp::image {

inline std::span<const std::byte> asBytes(std::string_view s) {
  return {reinterpret_cast<const std::byte*>(s.data()), s.size()};
}

inline std::string ptxFor(unsigned arch, std::string_view kernel = "k") {
  return "//\n// made by hand\n.version 7.0\n.target sm_" + std::to_string(arch) +
         "\n.address_size 64\n.visible .entry " + std::string(kernel) + "()\n{\n  ret;\n}\n";
}

struct TestSymbol {
  std::string name;
  unsigned char info, other;
  uint16_t section;
};

// An ELF file with the given sections, .shstrtab, .symtab and .strtab.
inline std::string makeElf(uint16_t machine, uint16_t type, uint32_t flags, uint8_t abiVersion,
                           const std::vector<std::pair<std::string, std::string>>& extra,
                           const std::vector<TestSymbol>& symbols = {}) {
  struct Section {
    std::string name, bytes;
    uint32_t type, link;
    uint64_t entry;
  };
  std::string strings(1, '\0'), table(sizeof(Elf64_Sym), '\0');
  for (const TestSymbol& s : symbols) {
    Elf64_Sym symbol{};
    symbol.st_name = static_cast<Elf64_Word>(strings.size());
    symbol.st_info = s.info;
    symbol.st_other = s.other;
    symbol.st_shndx = s.section;
    strings += s.name + '\0';
    table.append(reinterpret_cast<const char*>(&symbol), sizeof symbol);
  }
  std::vector<Section> sections = {{"", "", SHT_NULL, 0, 0},
                                   {".shstrtab", "", SHT_STRTAB, 0, 0},
                                   {".strtab", strings, SHT_STRTAB, 0, 0},
                                   {".symtab", table, SHT_SYMTAB, 2, sizeof(Elf64_Sym)}};
  for (const auto& [name, bytes] : extra)
    sections.push_back({name, bytes, SHT_PROGBITS, 0, 0});
  std::string names;
  std::vector<Elf64_Shdr> headers(sections.size());
  for (size_t i = 0; i < sections.size(); ++i) {
    headers[i].sh_name = static_cast<Elf64_Word>(names.size());
    names += sections[i].name + '\0';
  }
  sections[1].bytes = names;
  std::string file(sizeof(Elf64_Ehdr), '\0');
  for (size_t i = 0; i < sections.size(); ++i) {
    file.resize((file.size() + 7) & ~size_t{7});
    headers[i].sh_type = sections[i].type;
    headers[i].sh_link = sections[i].link;
    headers[i].sh_entsize = sections[i].entry;
    headers[i].sh_offset = file.size();
    headers[i].sh_size = sections[i].bytes.size();
    file += sections[i].bytes;
  }
  file.resize((file.size() + 7) & ~size_t{7});
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_ident[EI_ABIVERSION] = abiVersion;
  header.e_type = type;
  header.e_machine = machine;
  header.e_flags = flags;
  header.e_ehsize = sizeof header;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = static_cast<Elf64_Half>(headers.size());
  header.e_shstrndx = 1;
  header.e_shoff = file.size();
  for (const Elf64_Shdr& h : headers)
    file.append(reinterpret_cast<const char*>(&h), sizeof h);
  std::memcpy(file.data(), &header, sizeof header);
  return file;
}

// Flags as the toolkits write them: up to CUDA 12 the architecture is the lowest byte.
inline std::string makeCubin(uint32_t arch, const std::vector<std::string>& kernels) {
  std::vector<TestSymbol> symbols;
  for (const std::string& k : kernels)
    symbols.push_back({k, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 0x10, 4});
  symbols.push_back({"helper", ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 0, 4});
  return makeElf(190, ET_EXEC, 0x00000500u | arch | arch << 16, 7, {{".text.x", "code"}}, symbols);
}

inline std::string arHeader(std::string name, size_t size) {
  std::string number = std::to_string(size);
  name.resize(16, ' ');
  number.resize(10, ' ');
  return name + "0           0     0     644     " + number + "`\n";
}

inline std::string makeArchive(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string out(kArchiveMagic);
  for (const auto& [name, bytes] : members) {
    out += arHeader(name, bytes.size()) + bytes;
    if (bytes.size() & 1)
      out += '\n';
  }
  return out;
}

inline std::string toString(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A copy of bytes that ends right before a page nobody may read.
class Guarded {
public:
  explicit Guarded(std::string_view bytes) {
    size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    size_ = (bytes.size() + page - 1) / page * page + page;
    base_ = static_cast<char*>(
        mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(base_ + size_ - page, page, PROT_NONE);
    start_ = base_ + size_ - page - bytes.size();
    std::memcpy(start_, bytes.data(), bytes.size());
    length_ = bytes.size();
  }
  ~Guarded() { munmap(base_, size_); }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  std::span<const std::byte> bytes() const { return asBytes({start_, length_}); }
  void* data() const { return start_; }

private:
  char* base_;
  char* start_;
  size_t size_, length_;
};

} // namespace anywarp::image
