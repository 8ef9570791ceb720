// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See options.h.
#include "options.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <llvm/Support/CommandLine.h>

using namespace llvm::opt;

namespace anywarp::nvcc {
namespace {

constexpr int kMaxFileDepth = 10;

#define PREFIX(NAME, VALUE)                                                                        \
  static constexpr llvm::StringLiteral NAME##_init[] = VALUE;                                      \
  static constexpr llvm::ArrayRef<llvm::StringLiteral> NAME(NAME##_init,                           \
                                                            std::size(NAME##_init) - 1);
#include "nvcc/options.inc"
#undef PREFIX

constexpr OptTable::Info kTable[] = {
#define OPTION(...) LLVM_CONSTRUCT_OPT_INFO(__VA_ARGS__),
#include "nvcc/options.inc"
#undef OPTION
};

class Table : public GenericOptTable {
public:
  Table() : GenericOptTable(kTable) {}
};

bool isNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

Error bad(std::string message) {
  return makeError(Status::InvalidValue, std::move(message));
}

} // namespace

const OptTable& optionTable() {
  static const Table table;
  return table;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::vector<std::string> splitList(std::string_view text) {
  std::vector<std::string> items(1);
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      if (text[i + 1] != ',')
        items.back() += c;
      items.back() += text[++i];
    } else if (c == ',' && !quote) {
      items.emplace_back();
    } else {
      if (c == quote)
        quote = 0;
      else if (!quote && (c == '"' || c == '\''))
        quote = c;
      items.back() += c;
    }
  }
  std::erase(items, std::string());
  return items;
}

std::vector<std::string> splitWords(std::string_view text) {
  llvm::BumpPtrAllocator allocator;
  llvm::StringSaver saver(allocator);
  llvm::SmallVector<const char*, 16> words;
  llvm::cl::TokenizeGNUCommandLine({text.data(), text.size()}, saver, words);
  return {words.begin(), words.end()};
}

Result<void> CommandLine::expandFile(const std::string& path, int depth) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return bad(fmt::format("Cannot open the options file '{}'", path));
  if (depth >= kMaxFileDepth)
    return bad(fmt::format("Options files name each other: '{}'", path));
  std::string text((std::istreambuf_iterator<char>(in)), {});
  if (text.starts_with("\xEF\xBB\xBF")) // editors on Windows begin UTF-8 files like this
    text.erase(0, 3);
  return expand(splitWords(text), depth + 1);
}

Result<void> CommandLine::expand(const std::vector<std::string>& words, int depth) {
  for (size_t i = 0; i < words.size(); ++i) {
    std::string_view word = words[i];
    std::string files;
    if (word == "-optf" || word == "--options-file") {
      if (++i == words.size())
        return bad(fmt::format("Option '{}' needs a file name", word));
      files = words[i];
    } else if (word.starts_with("-optf=") || word.starts_with("--options-file=")) {
      files = word.substr(word.find('=') + 1);
    } else if (word.size() > 1 && word[0] == '@') {
      AW_TRY(expandFile(std::string(word.substr(1)), depth));
      continue;
    } else {
      words_.push_back(saver_.save(llvm::StringRef(word.data(), word.size())).data());
      continue;
    }
    for (const std::string& file : splitList(files))
      AW_TRY(expandFile(file, depth));
  }
  return {};
}

Result<std::unique_ptr<CommandLine>> CommandLine::parse(int argc, char** argv) {
  std::unique_ptr<CommandLine> line(new CommandLine);
  std::vector<std::string> words = splitWords(environment("NVCC_PREPEND_FLAGS"));
  words.insert(words.end(), argv + 1, argv + argc);
  std::vector<std::string> append = splitWords(environment("NVCC_APPEND_FLAGS"));
  words.insert(words.end(), append.begin(), append.end());
  AW_TRY(line->expand(words, 0));
  unsigned missingIndex = 0, missingCount = 0;
  line->args_ = optionTable().ParseArgs(line->words_, missingIndex, missingCount);
  if (missingCount)
    return bad(fmt::format("Option '{}' needs a value", line->words_[missingIndex]));
  AW_TRY(line->collectUnknown());
  AW_TRY(line->checkValues());
  return line;
}

Result<void> CommandLine::collectUnknown() {
  bool forward = has(OPT_forward_unknown_opts) || has(OPT_forward_unknown_to_host_compiler) ||
                 has(OPT_forward_unknown_to_host_linker);
  for (const Arg* arg : args_.filtered(OPT_UNKNOWN)) {
    std::string word = arg->getAsString(args_);
    if (forward && word.size() > 1) {
      unknown_.push_back(word);
      continue;
    }
    std::string nearest, message = fmt::format("Unknown option '{}'", word);
    if (optionTable().findNearest(word, nearest) <= 3)
      message += fmt::format(" (did you mean '{}'?)", nearest);
    return bad(message);
  }
  return {};
}

Result<void> CommandLine::checkValues() const {
  for (const Arg* arg : args_) {
    unsigned id = arg->getOption().getUnaliasedOption().getID();
    // -t takes its value without a blank, so any misspelt option that begins with t ends here.
    if (id == OPT_threads && !isNumber(arg->getValue()))
      return bad(fmt::format("Unknown option '{}'", args_.getArgString(arg->getIndex())));
    const char* values = id ? kTable[id - 1].Values : nullptr;
    if (!values || !*values)
      continue;
    std::vector<std::string> known = splitList(values);
    for (const std::string& value : splitList(arg->getValue()))
      if (std::find(known.begin(), known.end(), value) == known.end())
        return bad(fmt::format("Value '{}' is not defined for option '{}' (known: {})", value,
                               arg->getSpelling().str(), values));
  }
  return {};
}

std::string CommandLine::last(unsigned id, std::string_view otherwise) const {
  const Arg* arg = args_.getLastArg(id);
  return arg ? arg->getValue() : std::string(otherwise);
}

std::optional<bool> CommandLine::boolean(unsigned id) const {
  const Arg* arg = args_.getLastArg(id);
  return arg ? std::optional(std::string_view(arg->getValue()) == "true") : std::nullopt;
}

std::vector<std::string> CommandLine::list(unsigned id) const {
  std::vector<std::string> all;
  for (const Arg* arg : args_.filtered(id))
    for (std::string& item : splitList(arg->getValue()))
      all.push_back(std::move(item));
  return all;
}

std::vector<std::string> CommandLine::words(unsigned id) const {
  std::vector<std::string> all;
  for (const std::string& item : list(id))
    for (std::string& word : splitWords(item))
      all.push_back(std::move(word));
  return all;
}

} // namespace anywarp::nvcc
