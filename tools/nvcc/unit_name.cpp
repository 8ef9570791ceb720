// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See unit_name.h.
#include "unit_name.h"

#include "image/elf.h"
#include "session.h"

#include <fmt/format.h>
#include <fstream>
#include <span>

namespace anywarp::nvcc {
namespace {

constexpr std::string_view kSection = "__nv_module_id", kPrefix = "__nv_";

std::string currentName(const std::string& object) {
  auto file = image::ElfFile::open(std::as_bytes(std::span(object)));
  const Elf64_Shdr* section = file ? file->find(kSection) : nullptr;
  if (!section)
    return "";
  auto bytes = file->contents(*section);
  std::string name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return name.substr(0, name.find('\0'));
}

} // namespace

Result<void> renameUnit(const std::string& object, const std::string& id) {
  auto bytes = readFile(object);
  if (!bytes)
    return bytes.error();
  std::string before = currentName(*bytes);
  if (!before.starts_with(kPrefix))
    return {}; // no device code
  // Of the same length, so that nothing in the file moves; clang drops leading zeros.
  size_t digits = before.size() - kPrefix.size();
  std::string after = std::string(kPrefix) + id.substr(0, digits);
  for (size_t at = 0; (at = bytes->find(before, at)) != std::string::npos; at += after.size())
    bytes->replace(at, after.size(), after);
  std::ofstream out(object, std::ios::binary | std::ios::trunc);
  out.write(bytes->data(), std::streamsize(bytes->size()));
  out.close();
  return out ? Result<void>()
             : makeError(Status::OperatingSystem, fmt::format("Cannot write '{}'", object));
}

} // namespace anywarp::nvcc
