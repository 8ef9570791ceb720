// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libFuzzer target: any bytes as the units of a program (a line "----" ends a unit). Every slice
// must have unique names and print as text that parses.
// Run: build/fuzz/fuzz/fuzz_ptx_index -dict=tests/fuzz/ptx.dict CORPUS tests/fuzz/ptx
#include "ptx/index.h"
#include "ptx/layout.h"
#include "ptx/parser.h"
#include "ptx/printer.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <unordered_set>

using namespace anywarp;

namespace {

std::vector<PtxUnit> unitsOf(std::string_view text) {
  constexpr std::string_view kSeparator = "----";
  std::vector<PtxUnit> units;
  while (true) {
    size_t end = text.find(kSeparator);
    std::string unit(text.substr(0, end));
    if (!unit.starts_with(".version"))
      unit.insert(0, ".version 9.0\n");
    units.push_back(std::make_shared<const PtxText>(std::move(unit)));
    if (end == std::string_view::npos)
      return units;
    text.remove_prefix(end + kSeparator.size());
  }
}

void checkSlice(const ptx::Index::Slice& slice) {
  std::unordered_set<std::string_view> names;
  bool unique = true;
  for (const auto& function : slice.module.functions)
    unique &= names.insert(function.name).second;
  for (const auto& variable : slice.module.variables)
    unique &= names.insert(variable.name).second;
  auto text = std::make_shared<const PtxText>(ptx::print(slice.module));
  auto parsed = ptx::parse(text);
  if (unique && parsed)
    return;
  std::fprintf(stderr, "bad slice: %s\n%s\n",
               unique ? parsed.error().message.c_str() : "names are not unique", text->c_str());
  std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto index = ptx::Index::build(unitsOf({reinterpret_cast<const char*>(data), size}));
  if (!index)
    return 0;
  constexpr int kMaxSlices = 8; // many kernels that share functions are only slow
  int left = kMaxSlices;
  for (const ptx::IndexedFunction* kernel : (*index)->kernels()) {
    (void)ptx::layoutParams(kernel->header.params);
    if (left-- == 0)
      break;
    if (auto slice = (*index)->slice(kernel->header.name))
      checkSlice(*slice);
  }
  return 0;
}
