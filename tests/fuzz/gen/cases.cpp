// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cases.h"

#include "ptx_program.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace anywarp::fuzz {
namespace {

// The whole modules among the tests' files, in the order of their names.
const std::vector<std::string>& testFiles() {
  static const std::vector<std::string> texts = [] {
    std::vector<std::string> paths, found;
    for (const char* folder : {ANYWARP_FUZZ_TEXTS "/ptx", ANYWARP_FUZZ_TEXTS "/fuzz/ptx"}) {
      std::error_code error;
      for (auto& entry : std::filesystem::recursive_directory_iterator(folder, error))
        if (entry.path().extension() == ".ptx")
          paths.push_back(entry.path());
    }
    std::ranges::sort(paths);
    for (const std::string& path : paths) {
      std::ifstream file(path);
      std::string text((std::istreambuf_iterator<char>(file)), {});
      if (text.find(".entry") == text.npos)
        continue;
      if (text.find(".version") == text.npos)
        text.insert(0, ".version 9.0\n.target sm_100a\n.address_size 64\n");
      found.push_back(std::move(text));
    }
    return found;
  }();
  return texts;
}

} // namespace

Case makeCase(std::span<const uint8_t> bytes) {
  Choices choices(bytes);
  Case c;
  c.effort = choices.below(256);
  c.generated = !choices.chance(20) || testFiles().empty();
  if (c.generated) {
    Program p = makeProgram(choices);
    c.text = std::move(p.text);
    c.broken = std::move(p.broken);
  } else {
    c.text = mutate(testFiles(), choices);
    c.broken = "damaged file";
  }
  return c;
}

} // namespace anywarp::fuzz
