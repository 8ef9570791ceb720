// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `anywarp cc` and `anywarp env`: the toolkit folder for those who have not set it up.
#include "commands.h"
#include "environment.h"
#include "paths.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>
#include <unistd.h>

namespace anywarp::cli {
namespace {

constexpr int kOurFault = 125;

int noToolkit() {
  return fail(
      fmt::format("there is no CUDA toolkit folder next to {}: build or install Anywarp completely",
                  libraryFolder()),
      kOurFault);
}

// In single quotes, which a shell takes as they are.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (char c : text)
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

} // namespace

int compile(const std::vector<std::string>& arguments) {
  std::string folder = toolkitFolder();
  if (folder.empty())
    return noToolkit();
  std::string program = folder + "/bin/nvcc";
  std::vector<char*> words = {program.data()};
  for (const std::string& argument : arguments)
    words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  execv(program.c_str(), words.data());
  return fail(fmt::format("cannot run {}: {}", program, std::strerror(errno)), kOurFault);
}

int printToolkitEnvironment(const std::string& shell) {
  std::string folder = toolkitFolder();
  if (folder.empty())
    return noToolkit();
  bool fish = shell == "fish";
  auto set = [&](const char* name, const std::string& value) {
    fmt::print("{} {}{}{}\n", fish ? "set -gx" : "export", name, fish ? " " : "=", quoted(value));
  };
  auto prepend = [&](const char* name, const std::string& value) {
    if (fish)
      fmt::print("set -gx {0} {1} ${0}\n", name, quoted(value));
    else
      fmt::print("export {0}={1}${{{0}:+:${0}}}\n", name, quoted(value));
  };
  prepend("PATH", folder + "/bin");
  set("CUDA_PATH", folder);
  set("CUDA_HOME", folder); // PyTorch's extensions
  set("CUDA_ROOT", folder);
  set("CUDACXX", folder + "/bin/nvcc"); // CMake
  prepend("LD_LIBRARY_PATH", folder + "/lib64");
  return 0;
}

} // namespace anywarp::cli
