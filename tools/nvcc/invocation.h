// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a command line asks for, decided once: phase, inputs, architectures, flags. Everything after
// this reads it and no option again. Plain data.
#pragma once

#include "architectures.h"
#include "options.h"

#include <string>
#include <vector>

namespace anywarp::nvcc {

enum class Phase {
  Link,
  Object,
  DeviceLink,
  Library,
  Ptx,
  Cubin,
  Fatbin,
  HostSource,
  Preprocess,
  Dependencies,
  Run
};

enum class InputKind {
  Cuda,
  Gpu,
  CudaPreprocessed,
  C,
  Cxx,
  CPreprocessed,
  CxxPreprocessed,
  Ptx,
  Cubin,
  Fatbin,
  Object
};

struct Input {
  std::string path;
  InputKind kind = InputKind::Cuda;
  bool isDevice() const {
    return kind == InputKind::Cuda || kind == InputKind::Gpu || kind == InputKind::CudaPreprocessed;
  }
  bool isHost() const { return kind >= InputKind::C && kind <= InputKind::CxxPreprocessed; }
  bool isImage() const { return kind >= InputKind::Ptx && kind <= InputKind::Fatbin; }
  bool isObject() const { return kind == InputKind::Object; } // and libraries
  std::string stem() const;                                   // "saxpy" of "dir/saxpy.cu"
};

struct Dependencies {
  enum class Mode { None, Only, WithCompile } mode = Mode::None;
  bool system = true; // -M, -MD; not -MM, -MMD
  bool phony = false;
  std::string file, target, quotedTarget;
};

struct Invocation {
  Phase phase = Phase::Link;
  std::vector<Input> inputs;
  std::string output, outputDirectory;
  Architectures architectures;
  bool relocatable = false;
  unsigned threads = 1;
  Dependencies dependencies;

  // Preprocessor, for every compiler.
  std::vector<std::string> defines, undefines, includes, systemIncludes, preIncludes;
  std::string standard; // "c++17"; empty: the compiler's default
  // Macros that nvcc defines because of options.
  std::vector<std::string> dialectMacros;

  // Device code.
  bool deviceDebug = false, lineInfo = false, fastMath = false, ftz = false, fastCompile = false,
       optimizeDebug = false;
  bool precDiv = true, precSqrt = true, fmad = true, perThreadStream = false, syntaxOnly = false;
  bool reportUsage = false, compress = true;
  std::string timeTrace, ptxasOptions;
  bool reportInlining = false;

  // Host code.
  std::string hostCompiler; // of -ccbin or NVCC_CCBIN; empty: clang
  bool hostDebug = false, profile = false, noExceptions = false, noWarnings = false;
  std::string optimization; // "3"; empty: not given
  std::vector<std::string> hostOptions, warningOptions;

  // Linking.
  bool shared = false, relocatableLink = false, skipDeviceLink = false;
  std::string cudart = "static";
  bool cudadevrt = true;
  std::vector<std::string> libraryPaths, libraries, linkerOptions, archiveOptions, runArguments;
  std::string archiver;
  bool clean = false;

  std::string outputName(const Input& input, std::string_view extension) const;
};

Result<Invocation> readInvocation(const CommandLine& line);

} // namespace anywarp::nvcc
