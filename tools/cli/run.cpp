// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `anywarp run`: sets the environment and becomes the program.
#include "commands.h"
#include "environment.h"
#include "paths.h"
#include "preload.h"
#include "support/timeline.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <unistd.h>

namespace fs = std::filesystem;

namespace anywarp::cli {
namespace {

constexpr int kOurFault = 125, kCannotExecute = 126, kNotFound = 127;

bool isFile(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

// As execvp searches; empty: not found.
std::string findProgram(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    std::error_code error;
    return fs::exists(name, error) ? name : std::string();
  }
  std::string path = environment("PATH"), unusable;
  if (path.empty())
    path = "/bin:/usr/bin";
  for (size_t at = 0; at <= path.size();) {
    size_t end = std::min(path.find(':', at), path.size());
    std::string folder = path.substr(at, end - at);
    fs::path candidate = fs::path(folder.empty() ? "." : folder) / name;
    if (isFile(candidate)) {
      if (access(candidate.c_str(), X_OK) == 0)
        return candidate;
      if (unusable.empty())
        unusable = candidate;
    }
    at = end + 1;
  }
  return unusable;
}

void setOptions(const RunOptions& options) {
  if (!options.device.empty()) {
    bool ordinals = options.device.find_first_not_of("0123456789,") == std::string::npos;
    setEnvironment(ordinals ? "CUDA_VISIBLE_DEVICES" : "ANYWARP_DEVICES", options.device);
  }
  if (!options.computeCapability.empty())
    setEnvironment("ANYWARP_COMPUTE_CAPABILITY", options.computeCapability);
  if (isTraceKinds(options.trace))
    setEnvironment("ANYWARP_TRACE", options.trace);
  else if (!options.trace.empty())
    setEnvironment("ANYWARP_TRACE_FILE", fs::absolute(options.trace));
  if (options.profilerRange)
    setEnvironment("ANYWARP_TRACE_RANGE", "profiler");
  if (!options.log.empty())
    setEnvironment("ANYWARP_LOG", options.log);
  if (options.threads >= 0)
    setEnvironment("ANYWARP_THREADS", std::to_string(options.threads));
}

// Why the kernel would not execute a file that is there.
int explain(const std::string& program, int error) {
  if (error == ENOENT) {
    std::ifstream in(program, std::ios::binary);
    std::string line;
    std::getline(in, line);
    if (line.starts_with("#!"))
      return fail(fmt::format("cannot run {}: its interpreter '{}' does not exist", program,
                              line.substr(2, line.find('\r') - 2)),
                  kCannotExecute);
    return fail(fmt::format("cannot run {}: the dynamic linker it names does not exist", program),
                kCannotExecute);
  }
  return fail(fmt::format("cannot run {}: {}", program, std::strerror(error)), kCannotExecute);
}

} // namespace

bool isTraceKinds(const std::string& text) {
  size_t at = 0;
  while (!text.empty() && at <= text.size()) {
    size_t end = std::min(text.find(',', at), text.size());
    std::string kind = text.substr(at, end - at);
    if (kind != "api" && kind != "launch" && kind != "memory" && kind != "jit" && kind != "all")
      return false;
    at = end + 1;
  }
  return !text.empty();
}

int run(const RunOptions& options) {
  if (options.command.empty())
    return fail("run needs a program: anywarp run [OPTIONS] [--] PROGRAM [ARGS...]", 2);
  std::string program = findProgram(options.command[0]);
  if (program.empty())
    return fail(fmt::format("cannot run {}: {}", options.command[0],
                            options.command[0].find('/') == std::string::npos
                                ? "it is not in any folder of PATH"
                                : "there is no such file"),
                kNotFound);
  if (!isFile(program))
    return fail(fmt::format("cannot run {}: it is not a file", program), kCannotExecute);
  if (access(program.c_str(), X_OK) != 0)
    return fail(fmt::format("cannot run {}: it is not executable (chmod +x?)", program),
                kCannotExecute);

  std::string libraries = libraryFolder();
  if (!isFile(fs::path(libraries) / "libcuda.so.1"))
    return fail(
        fmt::format("{} has no libcuda.so.1: build or install Anywarp completely", libraries),
        kOurFault);
  if (libraries.find_first_of(": ;") != std::string::npos)
    return fail(fmt::format("the folder '{}' cannot stand in LD_LIBRARY_PATH: move Anywarp to one "
                            "without ':', ';' and blanks in its name",
                            libraries),
                kOurFault);
  if (!options.trace.empty() && !isTraceKinds(options.trace) &&
      !timeline::createTrace(options.trace))
    return fail(fmt::format("cannot write the trace {}: {}", options.trace, std::strerror(errno)),
                kOurFault);
  ProgramCheck check = checkProgram(program, libraries);
  if (!check.warning.empty())
    std::fprintf(stderr, "anywarp: warning: %s\n", check.warning.c_str());
  for (const std::string& name : check.preload)
    prependEnvironment("LD_PRELOAD", libraries + "/" + name);
  prependEnvironment("LD_LIBRARY_PATH", libraries);
  setOptions(options);

  std::vector<char*> arguments;
  for (const std::string& argument : options.command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  execvp(program.c_str(), arguments.data());
  return explain(program, errno);
}

} // namespace anywarp::cli
