// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libFuzzer target: any bytes as PTX text. What parses must survive a round trip through the
// printer. Run: build/fuzz/fuzz/fuzz_ptx_parser -dict=tests/fuzz/ptx.dict CORPUS tests/fuzz/ptx
#include "../unit/ptx/ast_equal.h"
#include "ptx/parser.h"
#include "ptx/printer.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

[[noreturn]] void die(const char* what, const std::string& text, const std::string& message) {
  std::fprintf(stderr, "%s: %s\n%s\n", what, message.c_str(), text.c_str());
  std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace anywarp;
  std::string text(reinterpret_cast<const char*>(data), size);
  (void)ptx::parseFunction(text, 0, static_cast<uint32_t>(size));
  if (!text.starts_with(".version"))
    text.insert(0, ".version 9.0\n.target sm_90\n");
  auto source = std::make_shared<const std::string>(std::move(text));
  auto first = ptx::parse(source);
  if (!first)
    return 0;
  auto printed = std::make_shared<const std::string>(ptx::print(*first));
  auto second = ptx::parse(printed);
  if (!second)
    die("printed text does not parse", *printed, second.error().message);
  if (!ptx::equal(*first, *second))
    die("round trip changed the tree", *source, *printed);
  return 0;
}
