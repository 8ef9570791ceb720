// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What `anywarp inspect` finds out about a file, ready to be printed. Names are copies, so a report
// outlives the file.
#pragma once

#include "api_names.h"
#include "image/elf.h"
#include "image/image.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace anywarp::cli {

struct ImageRow {
  std::string kind, arch, compression, version, name;
  uint64_t stored = 0, size = 0;
  uint32_t unit = 0;
  bool relocatable = false;
};

struct ImportRow {
  std::string function, library; // "libcudart"
  std::string soname;            // of the library as the file asks for it; may be empty
  Coverage coverage = Coverage::Missing;
};

enum class Verdict { Runs, RunsInPart, CannotRun, NothingToDo };

struct InspectReport {
  std::string path, container;
  std::string hostKind; // "executable", "library", "object", or empty
  bool staticCudart = false;
  std::vector<std::string> cudaLibraries; // needed ones
  std::vector<ImageRow> images;
  size_t modules = 0, modulesWithPtx = 0;
  std::vector<std::string> kernels;    // mangled, sorted, each once
  std::vector<std::string> badKernels; // whose PTX is not supported or does not link
  size_t refusedModules = 0;           // whose PTX breaks a rule or cannot be read
  std::vector<ImportRow> imports;      // CUDA functions only, sorted
  std::vector<std::string> problems;   // images that cannot be unpacked, damage
  Verdict verdict = Verdict::NothingToDo;
  std::string verdictLine;
};

std::string_view verdictName(Verdict verdict);
std::string demangled(const std::string& name);

void printJson(const InspectReport& report);
void printText(const InspectReport& report, bool all);

} // namespace anywarp::cli
