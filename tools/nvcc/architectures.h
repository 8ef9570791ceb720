// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// GPU architectures as nvcc's options name them, and which of them a command line asks for. Pure
// functions.
#pragma once

#include "options.h"
#include "support/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace anywarp::nvcc {

// A virtual architecture: compute_90a is {90, 'a'}. Each becomes one device pass and one PTX image.
struct Architecture {
  unsigned number = 0;
  char suffix = 0;
  bool operator==(const Architecture&) const = default;
  std::string name() const; // "90a"
  // What clang 19 compiles for: the newest of its own that is not newer. Differs from name() where
  // clang is too old.
  std::string clangName() const; // "sm_90"
  bool known() const;            // to clang
};

struct Architectures {
  std::vector<Architecture> passes; // ascending, each once
};

// Of -arch, -code, -gencode. `native`: what the machine's devices report.
Result<Architectures> architecturesOf(const CommandLine& line, Architecture native);
// "750,900" for __CUDA_ARCH_LIST__.
std::string architectureList(const std::vector<Architecture>& passes);
// What --list-gpu-code and --list-gpu-arch print.
const std::vector<unsigned>& listedArchitectures();

} // namespace anywarp::nvcc
