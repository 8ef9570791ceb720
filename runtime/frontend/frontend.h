// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The front end of run-time compilation: CUDA source or NVVM IR in, PTX out. What crosses the door
// of libanywarp_frontend.so, which holds clang and is loaded at the first compilation (loader.h);
// no LLVM header is needed here. Requests are read only; any number of threads may compile at once.
#pragma once

#include "support/result.h"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace anywarp::frontend {

// What the code is made for and how.
struct Target {
  unsigned arch = 75;       // 90 for sm_90; only the text of the PTX depends on it
  char archSuffix = 0;      // 'a', 'f' or none
  unsigned ptxVersion = 90; // 10 * major + minor, at the top of the PTX
  int optimization = 3;     // 0 or 3
  bool relocatable = false; // functions keep their names for a linker
  bool flushDenormals = false;
  bool lineInfo = false; // .loc directives
};

struct SourceRequest {
  Target target;
  std::string_view source;
  std::string name;                                         // in messages and __FILE__
  std::vector<std::pair<std::string, std::string>> headers; // name and text
  std::vector<std::string> expressions;                     // whose lowered names are wanted
  std::string standard = "c++17";
  std::vector<std::string> macros;         // "DNAME", "DNAME=VALUE" or "UNAME", in order
  std::vector<std::string> includeFolders; // in order
  std::vector<std::string> preIncludes;    // headers before the first line
  unsigned cudaMajor = 13, cudaMinor = 0;
  bool sourceFolder = true; // #include "..." looks beside the source
  bool contract = true;     // a * b + c may become one instruction
  bool fastMath = false;
  bool defaultDevice = false; // what says nothing is for the device
  bool debug = false;
  bool moveForward = true, initializerList = true;
  bool warnings = true, numbers = true;
  bool syntaxOnly = false;
  bool bitcode = false;                              // LLVM bitcode for a later link instead of PTX
  std::vector<unsigned> suppressed, errors, remarks; // numbers of NVRTC's messages
  std::function<bool()> cancelled;                   // asked now and then; may be empty
  std::string cacheFolder; // for preludes that are not installed; may be empty
};

enum class Outcome { Success, Failed, Cancelled };

struct SourceResult {
  Outcome outcome = Outcome::Failed;
  std::string log;
  std::string output;               // PTX or bitcode
  std::vector<std::string> lowered; // one for each expression
  double frontendMs = 0, optimizerMs = 0;
};

// NVVM IR as bitcode or text; several modules are linked.
struct ModuleRequest {
  Target target;
  struct Input {
    std::string_view bytes;
    std::string name;
    bool onlyNeeded = false; // a library: only what others use is taken
  };
  std::vector<Input> inputs;
  bool verifyOnly = false;
  std::function<bool()> cancelled;
};

struct ModuleResult {
  Outcome outcome = Outcome::Failed;
  std::string log;
  std::string output; // PTX
};

// An error is ours (a crash of the compiler, no memory); the user's are in the result's log.
struct Door {
  Result<SourceResult> (*compileSource)(const SourceRequest&);
  Result<ModuleResult> (*compileModule)(const ModuleRequest&);
  // Compiles the usual preludes (prelude.h) into a folder; for the build.
  Result<void> (*writePreludes)(const std::string& folder);
};
inline constexpr const char* kDoorSymbol = "anywarpFrontend";

} // namespace anywarp::frontend
