// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See archive.h.
#include "image/archive.h"

#include "image/elf.h"
#include "image/fatbin.h"
#include "image/ptx_text.h"

#include <charconv>
#include <fmt/format.h>

namespace anywarp::image {
namespace {

constexpr uint64_t kHeaderSize = 60;
constexpr uint64_t kMaxInMemory = uint64_t{4} << 30;

struct Member {
  std::string_view name; // as in the header, may refer to the long name table
  uint64_t size = 0;
};

bool parseNumber(std::string_view digits, uint64_t& value) {
  digits = digits.substr(0, digits.find(' '));
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc{} && end == digits.data() + digits.size();
}

// The 60 bytes: name 16, date 12, user 6, group 6, mode 8, size 10, "`\n".
bool parseHeader(std::string_view header, Member& member) {
  if (header.size() < kHeaderSize || header.substr(58, 2) != "`\n")
    return false;
  member.name = header.substr(0, 16);
  while (!member.name.empty() && member.name.back() == ' ')
    member.name.remove_suffix(1);
  return parseNumber(header.substr(48, 10), member.size);
}

void addMember(std::string_view name, Bytes bytes, Reader& reader) {
  switch (sniff(bytes)) {
  case Container::Fatbin:
    readFatbins(bytes, true, reader);
    break;
  case Container::HostElf: {
    auto file = ElfFile::open(bytes);
    if (!file)
      reader.damaged(fmt::format("member '{}': {}", name, file.error().message));
    else
      readHostImages(*file, reader);
    break;
  }
  case Container::Cubin:
  case Container::Ptx:
  case Container::LtoIr: {
    reader.beginUnit(true);
    Image image = bareImage(bytes);
    image.name = name;
    reader.add(image);
    break;
  }
  case Container::Wrapper:
  case Container::Archive:
  case Container::Unknown:
    break; // other people's members are their business
  }
}

} // namespace

void readArchive(Bytes bytes, Reader& reader) {
  std::string_view all = text(bytes);
  std::string_view longNames;
  uint64_t at = kArchiveMagic.size();
  while (at < all.size()) {
    if (all[at] == '\n' && at + 1 == all.size())
      return;
    Member member;
    if (!parseHeader(all.substr(at, kHeaderSize), member)) {
      reader.damaged(fmt::format("archive member header at offset {} is damaged", at));
      return;
    }
    at += kHeaderSize;
    if (member.size > all.size() - at) {
      reader.damaged(fmt::format("archive member '{}' claims {} bytes, {} are left", member.name,
                                 member.size, all.size() - at));
      return;
    }
    Bytes contents = bytes.subspan(at, member.size);
    at += member.size + (member.size & 1);
    if (member.name == "/" || member.name == "/SYM64/" || member.name.starts_with("__.SYMDEF"))
      continue;
    if (member.name == "//") {
      longNames = text(contents);
      continue;
    }
    std::string_view name = member.name;
    uint64_t number = 0;
    if (name.starts_with("#1/") && parseNumber(name.substr(3), number)) { // BSD: name precedes
      name = text(slice(contents, 0, number));
      name = name.substr(0, name.find('\0'));
      contents = number <= contents.size() ? contents.subspan(number) : Bytes{};
    } else if (name.starts_with("/") && parseNumber(name.substr(1), number)) {
      name = number < longNames.size() ? longNames.substr(number) : std::string_view{};
      name = name.substr(0, name.find('\n'));
    }
    if (name.ends_with("/"))
      name.remove_suffix(1);
    addMember(name, contents, reader);
  }
}

uint64_t archiveSizeInMemory(const std::byte* start, bool (*probe)(const void*, size_t)) {
  uint64_t at = kArchiveMagic.size();
  // What follows the last member is unknown memory: the first thing that is no header ends it.
  while (at < kMaxInMemory && probe(start + at, kHeaderSize)) {
    Member member;
    std::string_view header(reinterpret_cast<const char*>(start) + at, kHeaderSize);
    if (!parseHeader(header, member) || member.size > kMaxInMemory)
      break;
    uint64_t next = at + kHeaderSize + member.size;
    if (!probe(start, next))
      break;
    at = next + (member.size & 1);
  }
  return at;
}

} // namespace anywarp::image
