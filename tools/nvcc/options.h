// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The option table of options.td and what turns a command line into parsed options: response files,
// NVCC_PREPEND_FLAGS and NVCC_APPEND_FLAGS, unknown options, values that an option does not have.
// One thread.
#pragma once

#include "support/result.h"

#include <llvm/Option/ArgList.h>
#include <llvm/Option/OptTable.h>
#include <llvm/Support/StringSaver.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace anywarp::nvcc {

enum OptionId : unsigned {
  OPT_INVALID = 0,
#define OPTION(...) LLVM_MAKE_OPT_ID(__VA_ARGS__),
#include "nvcc/options.inc"
#undef OPTION
};

const llvm::opt::OptTable& optionTable();
// The environment's value; empty: not set.
std::string environment(const char* name);

// A parsed command line. Values view into `words`, which it owns.
class CommandLine {
public:
  static Result<std::unique_ptr<CommandLine>> parse(int argc, char** argv);

  bool has(unsigned id) const { return args_.hasArg(id); }
  // The last one wins, as in nvcc.
  std::string last(unsigned id, std::string_view otherwise = {}) const;
  std::optional<bool> boolean(unsigned id) const; // "true" or "false"
  // Comma-separated values of all occurrences, in order; quotes and backslashes protect commas and
  // stay.
  std::vector<std::string> list(unsigned id) const;
  // The same for options of other programs: each value is split into words as a shell does.
  std::vector<std::string> words(unsigned id) const;
  const llvm::opt::InputArgList& args() const { return args_; }
  // Options that the table does not know, where the user wants them forwarded.
  const std::vector<std::string>& unknown() const { return unknown_; }

private:
  CommandLine() : saver_(allocator_) {}
  Result<void> expand(const std::vector<std::string>& words, int depth);
  Result<void> expandFile(const std::string& path, int depth);
  Result<void> checkValues() const;
  Result<void> collectUnknown();

  llvm::BumpPtrAllocator allocator_;
  llvm::StringSaver saver_;
  std::vector<const char*> words_;
  llvm::opt::InputArgList args_;
  std::vector<std::string> unknown_;
};

// At commas outside of quotes; "\," is a comma.
std::vector<std::string> splitList(std::string_view text);
// As a POSIX shell splits words.
std::vector<std::string> splitWords(std::string_view text);

void printHelp();
void printVersion();

} // namespace anywarp::nvcc
