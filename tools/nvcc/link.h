// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What follows the objects: device link, host link, static library, run. Results are exit codes,
// and whatever failed has been said. One thread.
#pragma once

#include "invocation.h"
#include "session.h"
#include "toolchain.h"

#include <string>
#include <vector>

namespace anywarp::nvcc {

class Linker {
public:
  Linker(const Invocation& invocation, const Toolchain& toolchain, Session& session)
      : invocation_(invocation), toolchain_(toolchain), session_(session) {}

  // `objects` in the order of the inputs; `fatbins` hold device code alone.
  int deviceLink(const std::vector<std::string>& objects, const std::vector<std::string>& fatbins,
                 const std::string& output);
  int link(const std::vector<std::string>& objects, const std::vector<std::string>& fatbins,
           const std::string& output);
  int library(const std::vector<std::string>& objects, const std::string& output);
  int run(const std::string& program);
  // As nvcc shows it and CMake reads it.
  std::string librariesLine() const;

private:
  std::vector<std::string> staticLibraries() const;
  std::vector<std::string> hostWords(const std::vector<std::string>& objects) const;
  int compileStub(const std::string& source, const std::string& output);

  const Invocation& invocation_;
  const Toolchain& toolchain_;
  Session& session_;
};

} // namespace anywarp::nvcc
