// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// --help, from the option table, and --version, in the words that build systems look for.
#include "options.h"

#include <fmt/format.h>
#include <map>

namespace anywarp::nvcc {
namespace {

constexpr size_t kWidth = 100, kIndent = 8;

// At blanks, each line indented.
std::string wrap(std::string_view text) {
  std::string out, line;
  auto flush = [&] {
    out += std::string(kIndent, ' ') + line + "\n";
    line.clear();
  };
  while (!text.empty()) {
    size_t end = text.find(' ');
    std::string_view word = text.substr(0, end);
    if (!line.empty() && line.size() + 1 + word.size() > kWidth - kIndent)
      flush();
    line += (line.empty() ? "" : " ") + std::string(word);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  flush();
  return out;
}

} // namespace

void printHelp() {
  fmt::print("Usage: nvcc [options] file...\n\n"
             "Anywarp's CUDA compiler driver, with the options of NVIDIA's nvcc 13.0. An option's "
             "long name stands after\n"
             "two hyphens, its short name after one; values follow after '=' or a blank.\n");
  const llvm::opt::OptTable& table = optionTable();
  std::map<unsigned, std::string> shortNames; // by the option they stand for
  for (unsigned id = 1; id <= table.getNumOptions(); ++id) {
    llvm::opt::Option option = table.getOption(id);
    if (option.getAlias().isValid() && option.getPrefix() == "-" &&
        !option.getName().ends_with("="))
      shortNames[option.getAlias().getID()] = option.getName().str();
  }
  unsigned section = 0;
  // In the order of the names' sections; the table is sorted by name.
  std::map<unsigned, std::string> sections;
  for (unsigned id = 1; id <= table.getNumOptions(); ++id) {
    llvm::opt::Option option = table.getOption(id);
    const char* help = table.getOptionHelpText(id);
    if (!help || !option.getGroup().isValid())
      continue;
    const char* value = table.getOptionMetaVar(id);
    std::string name =
        fmt::format("--{}{}{}", option.getName().str(), value ? " " : "", value ? value : "");
    sections[option.getGroup().getID()] +=
        fmt::format("{:<60}(-{})\n{}", name, shortNames[id], wrap(help));
  }
  for (const auto& [id, text] : sections) {
    section = id;
    fmt::print("\n{}\n{}\n{}", table.getOptionName(section).str(),
               std::string(table.getOptionName(section).size(), '='), text);
  }
}

void printVersion() {
  // Build systems look for the first line (CMake), "release 13.0" (autotools, PyTorch, meson) and
  // "V13.0.88" (CMake).
  fmt::print("nvcc: NVIDIA (R) Cuda compiler driver -- the name that build systems look for. This "
             "is Anywarp's own compiler\n"
             "driver {} on clang 19; no part of it is from NVIDIA.\n"
             "Cuda compilation tools, release 13.0, V13.0.88\n"
             "Build anywarp_{}\n",
             ANYWARP_VERSION, ANYWARP_VERSION);
}

} // namespace anywarp::nvcc
