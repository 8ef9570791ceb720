// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Links: PTX and what holds it goes into one image; LTO code is compiled as a whole first.
#include "common/ptx_symbols.h"
#include "core/image_units.h"
#include "frontend/loader.h"
#include "image/image.h"
#include "nvjitlink/support.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <map>
#include <unordered_map>

namespace anywarp::nvjitlink {
namespace {

struct Table {
  std::mutex mutex; // guards links
  std::unordered_map<void*, std::shared_ptr<Link>> links;
};
Table& table() {
  static Table* value = new Table; // never destroyed: static destructors may still call in
  return *value;
}

Result<void> refuse(Link& link, nvJitLinkResult code, const std::string& line) {
  link.errors += line + "\n";
  return fail(code, line);
}

const char* nameOf(nvJitLinkInputType type) {
  static constexpr const char* kNames[] = {"NONE",   "CUBIN",  "PTX",     "LTOIR",
                                           "FATBIN", "OBJECT", "LIBRARY", "INDEX"};
  return type == NVJITLINK_INPUT_ANY ? "ANY" : kNames[type];
}

Result<void> wrongType(Link& link, nvJitLinkInputType type, const char* name) {
  return refuse(link, NVJITLINK_ERROR_INCORRECT_INPUT_TYPE,
                fmt::format("ERROR 1: bad input: does not match type NVJITLINK_INPUT_{}{}",
                            nameOf(type), name));
}

bool isPtx(std::span<const std::byte> bytes) {
  return image::sniff(bytes) == image::Container::Ptx;
}

bool isBitcode(std::string_view bytes) {
  return bytes.starts_with("BC\xC0\xDE");
}

Result<void> addUnits(Link& link, nvJitLinkInputType type, std::span<const char> bytes,
                      const char* name) {
  Result<std::vector<PtxUnit>> units =
      type == NVJITLINK_INPUT_OBJECT
          ? core::readHostBytes(bytes, core::JitOptions{}, name)
          : core::readImageBytes(bytes, core::JitOptions{}, int(link.target.arch), name);
  if (!units && type == NVJITLINK_INPUT_LIBRARY && units.status() == Status::NoBinaryForGpu)
    return {}; // a library of machine code alone (libcudadevrt.a) may not be needed
  if (!units && units.status() == Status::NoBinaryForGpu)
    return refuse(link, NVJITLINK_ERROR_UNRECOGNIZED_INPUT,
                  fmt::format("ERROR: {}: {}", name, units.error().message));
  if (!units)
    return wrongType(link, type, name);
  link.units.insert(link.units.end(), units->begin(), units->end());
  return {};
}

Result<void> add(Link& link, nvJitLinkInputType type, const void* data, size_t size,
                 const char* name) {
  if (type <= NVJITLINK_INPUT_NONE || (type > NVJITLINK_INPUT_INDEX && type != NVJITLINK_INPUT_ANY))
    return refuse(link, NVJITLINK_ERROR_INCORRECT_INPUT_TYPE,
                  fmt::format("unsupported input type: {}", name));
  if (link.complete)
    return fail(NVJITLINK_ERROR_INTERNAL, "the link is complete");
  std::string_view text(static_cast<const char*>(data), size);
  std::span<const std::byte> bytes(static_cast<const std::byte*>(data), size);
  bool ptx = isPtx(bytes), bitcode = isBitcode(text);
  if ((type == NVJITLINK_INPUT_LTOIR && !bitcode) || (type == NVJITLINK_INPUT_PTX && !ptx) ||
      (type == NVJITLINK_INPUT_CUBIN && (ptx || bitcode)))
    return wrongType(link, type, name);
  if (bitcode) {
    if (!link.lto)
      return refuse(link, NVJITLINK_ERROR_LTO_NOT_ENABLED,
                    fmt::format("ERROR: {} is LTO code; the option -lto is missing", name));
    link.bitcode.push_back({name, std::string(text)});
    return {};
  }
  if (ptx) {
    link.units.push_back(std::make_shared<const PtxText>(
        std::string(text.data(), strnlen(text.data(), size)), name));
    return {};
  }
  return addUnits(link, type, {text.data(), size}, name);
}

Result<void> compileLto(Link& link) {
  frontend::ModuleRequest request;
  request.target = link.target;
  // What other units call must keep its name; alone, all of it is known.
  request.target.relocatable = !link.units.empty();
  for (const Link::Bitcode& part : link.bitcode)
    request.inputs.push_back({part.bytes, part.name});
  Result<frontend::ModuleResult> made = frontend::compile(request);
  if (!made)
    return refuse(link, NVJITLINK_ERROR_INTERNAL, "ERROR: " + made.error().message);
  if (made->outcome != frontend::Outcome::Success)
    return refuse(link, NVJITLINK_ERROR_NVVM_COMPILE, "ERROR: " + made->log);
  link.units.push_back(std::make_shared<const PtxText>(made->output, "lto"));
  if (link.ptxWanted)
    link.ptx = made->output + '\0';
  return {};
}

// Functions that are nowhere, and those that are in two units.
Result<void> checkSymbols(Link& link) {
  std::map<std::string_view, const PtxText*> defined;
  for (const PtxUnit& unit : link.units)
    for (std::string_view name : shim::findPtxSymbols(*unit).defined)
      if (auto [first, fresh] = defined.emplace(name, unit.get()); !fresh)
        return refuse(link, NVJITLINK_ERROR_INTERNAL,
                      fmt::format("error   : Multiple definition of '{}' in '{}', first defined in "
                                  "'{}'\nERROR 9: finish",
                                  name, unit->origin, first->second->origin));
  for (const PtxUnit& unit : link.units)
    for (std::string_view name : shim::findPtxSymbols(*unit).wanted)
      if (!defined.count(name))
        return refuse(link, NVJITLINK_ERROR_INTERNAL,
                      fmt::format("error   : Undefined reference to '{}' in '{}'\nERROR 9: finish",
                                  name, unit->origin));
  return {};
}

Result<void> finish(Link& link) {
  if (link.complete)
    return fail(NVJITLINK_ERROR_INTERNAL, "the link is complete");
  if (link.ptxWanted && !link.units.empty())
    return refuse(link, NVJITLINK_ERROR_INCORRECT_INPUT_TYPE,
                  "ERROR: -ptx requires that all inputs have LTOIR");
  if (!link.bitcode.empty())
    AW_TRY(compileLto(link));
  AW_TRY(checkSymbols(link));
  if (!link.virtualArch)
    link.cubin = core::writeLinked(link.units);
  if (link.verbose)
    link.info += fmt::format("info    : linked {} PTX units\n", link.units.size());
  link.complete = true;
  return {};
}

} // namespace

Result<std::shared_ptr<Link>> find(nvJitLinkHandle handle) {
  if (!handle)
    return fail(NVJITLINK_ERROR_NULL_INPUT, "the link is null");
  std::lock_guard lock(table().mutex);
  auto at = table().links.find(handle);
  if (at == table().links.end())
    return fail(NVJITLINK_ERROR_INVALID_INPUT, "not a live link");
  return at->second;
}

Result<void> create(nvJitLinkHandle* handle, uint32_t numOptions, const char** options) {
  if (!handle || (numOptions && !options))
    return fail(NVJITLINK_ERROR_NULL_INPUT, "the place for the link or the options are null");
  std::vector<std::string> words;
  for (uint32_t i = 0; i < numOptions; i++) {
    if (!options[i])
      return fail(NVJITLINK_ERROR_NULL_INPUT, "an option is null");
    words.emplace_back(options[i]);
  }
  auto link = std::make_shared<Link>();
  // The handle is there after an error as well: its log says what was wrong.
  *handle = reinterpret_cast<nvJitLinkHandle>(link.get());
  {
    std::lock_guard lock(table().mutex);
    table().links.emplace(link.get(), link);
  }
  return parseOptions(*link, words);
}

Result<void> destroy(nvJitLinkHandle* handle) {
  if (!handle || !*handle)
    return fail(NVJITLINK_ERROR_NULL_INPUT, "the link is null");
  std::lock_guard lock(table().mutex);
  if (table().links.erase(*handle) == 0)
    return fail(NVJITLINK_ERROR_INVALID_INPUT, "not a live link");
  *handle = nullptr;
  return {};
}

Result<void> addData(nvJitLinkHandle handle, nvJitLinkInputType type, const void* data, size_t size,
                     const char* name) {
  AW_LET(link, find(handle));
  if (!data)
    return fail(NVJITLINK_ERROR_NULL_INPUT, "the data is null");
  if (size == 0)
    return fail(NVJITLINK_ERROR_INVALID_INPUT, "the data is empty");
  std::lock_guard lock(link->mutex);
  return add(*link, type, data, size, name ? name : "");
}

Result<void> addFile(nvJitLinkHandle handle, nvJitLinkInputType type, const char* fileName) {
  AW_LET(link, find(handle));
  if (!fileName)
    return fail(NVJITLINK_ERROR_NULL_INPUT, "the file name is null");
  std::lock_guard lock(link->mutex);
  Result<std::vector<char>> bytes = core::readFile(fileName);
  if (!bytes || bytes->empty())
    return refuse(*link, NVJITLINK_ERROR_INVALID_INPUT, fmt::format("no such file: {}", fileName));
  return add(*link, type, bytes->data(), bytes->size(), fileName);
}

Result<void> complete(nvJitLinkHandle handle) {
  AW_LET(link, find(handle));
  std::lock_guard lock(link->mutex);
  return finish(*link);
}

} // namespace anywarp::nvjitlink
