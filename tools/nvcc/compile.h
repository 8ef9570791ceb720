// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From one source to PTX, fatbin, object, preprocessed text or make rule, by running clang. Each
// call is one input; results are exit codes, and whatever failed has been said. One thread.
#pragma once

#include "invocation.h"
#include "session.h"
#include "toolchain.h"

#include <string>

namespace anywarp::nvcc {

class Compiler {
public:
  Compiler(const Invocation& invocation, const Toolchain& toolchain, Session& session)
      : invocation_(invocation), toolchain_(toolchain), session_(session) {}

  int ptx(const Input& input, const std::string& output);
  int fatbin(const Input& input, const std::string& output);
  int object(const Input& input, const std::string& output);
  int hostSource(const Input& input, const std::string& output);
  int preprocess(const Input& input, const std::string& output); // empty: the terminal
  int dependencies(const Input& input);

private:
  using Words = std::vector<std::string>;
  enum class Side { Device, Host };

  Words cudaWords(const Input& input, Side side, const Architecture& pass) const;
  Words preprocessorWords() const;
  Words hostWords(bool clang) const;
  Words deviceWords(const Architecture& pass) const;
  Words dependencyWords(const std::string& target, const std::string& output) const;
  std::string unitId(const Input& input) const;
  std::string cuid(const Input& input) const;

  Command devicePass(const Input& input, const Architecture& pass, const std::string& output);
  int devicePasses(const Input& input, const std::vector<std::string>& outputs);
  Result<void> adaptPtx(const std::string& path, const Architecture& pass, const Input& input);
  std::string passName(const Input& input, const Architecture& pass,
                       std::string_view extension) const;
  int packFatbin(const Input& input, const std::vector<std::string>& texts,
                 const std::string& output);
  int hostPass(const Input& input, const std::string& image, const std::string& output,
               bool assembly);
  int hostObject(const Input& input, const std::string& output);
  void explainMissingHeader(const std::string& messages) const;

  const Invocation& invocation_;
  const Toolchain& toolchain_;
  Session& session_;
};

// The host compiler for sources without CUDA, and for linking.
std::string hostProgram(const Invocation& invocation, const Toolchain& toolchain, bool cxx);
// "nvcc fatal   : " and the message; returns 1.
int fatal(const std::string& message);
// Options of -Xcompiler as `program` takes them: clang refuses some of gcc's that mean nothing to
// it.
std::vector<std::string> hostOptions(const Invocation& invocation, bool clang);

} // namespace anywarp::nvcc
