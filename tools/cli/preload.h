// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which of our libraries must be preloaded for a program: LD_LIBRARY_PATH is enough unless the
// program (or a library it needs) finds NVIDIA's by DT_RPATH or by an absolute name.
#pragma once

#include <string>
#include <vector>

namespace anywarp::cli {

struct ProgramCheck {
  std::vector<std::string> preload; // names in our library folder: "libcudart.so.12"
  std::string warning;              // why it cannot work, empty: nothing found
};
// Reads the program's ELF headers and those of the libraries it finds by RPATH. Unreadable files
// and scripts need nothing.
ProgramCheck checkProgram(const std::string& program, const std::string& libraryFolder);

} // namespace anywarp::cli
