// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See link.h.
#include "link.h"

#include "compile.h"
#include "device_link.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace anywarp::nvcc {
namespace {

bool isSharedLibrary(const std::string& path) {
  std::string name = fs::path(path).filename();
  return name.ends_with(".so") || name.find(".so.") != std::string::npos;
}

} // namespace

std::string Linker::librariesLine() const {
  return fmt::format("\"-L{0}/stubs\" \"-L{0}\"", toolchain_.library());
}

// Those of -l that are static; the runtime's own need no device link.
std::vector<std::string> Linker::staticLibraries() const {
  std::vector<std::string> found;
  for (const std::string& name : invocation_.libraries)
    for (const std::string& folder : invocation_.libraryPaths) {
      std::error_code error;
      std::string base = folder + "/lib" + name;
      if (fs::exists(base + ".so", error))
        break;
      if (fs::exists(base + ".a", error)) {
        if (!name.starts_with("cudart") && name != "cudadevrt")
          found.push_back(base + ".a");
        break;
      }
    }
  return found;
}

int Linker::compileStub(const std::string& source, const std::string& output) {
  Command command;
  command.phase = "device link";
  command.input = source;
  command.output = output;
  command.words = {toolchain_.clang, "-x", "c", "-c", "-O1", "-fPIC", "-w", source, "-o", output};
  return session_.run(command);
}

int Linker::deviceLink(const std::vector<std::string>& objects,
                       const std::vector<std::string>& fatbins, const std::string& output) {
  DeviceLinkInputs inputs;
  for (const std::string& object : objects)
    if (!isSharedLibrary(object))
      inputs.objects.push_back(object);
  inputs.libraries = staticLibraries();
  std::string line = "nvlink --arch=sm_" + invocation_.architectures.passes.back().name();
  for (const std::string& object : inputs.objects)
    line += " " + shellWord(object);
  for (const std::string& library : inputs.libraries)
    line += " " + shellWord(library);
  session_.show(line + " -o " + shellWord(output));
  std::vector<DeviceUnit> units;
  if (!session_.dryrun()) {
    auto found = unitsToLink(inputs);
    if (!found)
      return fatal(found.error().message);
    units = std::move(*found);
  }
  std::string source = session_.intermediate(fs::path(output).stem().string() + "_dlink.c");
  if (auto written = session_.write(source, linkStub(units, fatbins)); !written)
    return fatal(written.error().message);
  return compileStub(source, output);
}

std::vector<std::string> Linker::hostWords(const std::vector<std::string>& objects) const {
  const Invocation& i = invocation_;
  std::vector<std::string> words;
  // The objects use clang's OpenMP; gcc would bring its own.
  bool openmp = std::any_of(i.hostOptions.begin(), i.hostOptions.end(),
                            [](const std::string& word) { return word.starts_with("-fopenmp"); });
  words.push_back(openmp ? toolchain_.clang : hostProgram(i, toolchain_, true));
  if (words[0] == toolchain_.clang) // what is for the compiler is not used here
    words.insert(words.end(), {"-Wno-unused-command-line-argument"});
  if (i.hostDebug)
    words.push_back("-g");
  if (i.profile)
    words.push_back("-pg");
  if (i.shared)
    words.push_back("-shared");
  if (i.relocatableLink)
    words.push_back("-r");
  for (const std::string& option : hostOptions(i, words[0] == toolchain_.clang))
    words.push_back(option);
  words.insert(words.end(), {"-m64", "-Wl,--start-group"});
  words.insert(words.end(), objects.begin(), objects.end());
  for (const std::string& option : i.linkerOptions)
    words.insert(words.end(), {"-Xlinker", option});
  for (const std::string& folder : i.libraryPaths)
    words.push_back("-L" + folder);
  for (const std::string& library : i.libraries)
    words.push_back("-l" + library);
  words.insert(words.end(), {"-L" + toolchain_.library() + "/stubs", "-L" + toolchain_.library()});
  if (i.cudadevrt)
    words.push_back("-lcudadevrt");
  if (i.cudart == "static")
    words.insert(words.end(), {"-lcudart_static", "-lrt", "-lpthread", "-ldl"});
  else if (i.cudart == "shared")
    words.push_back("-lcudart");
  words.push_back("-Wl,--end-group");
  // A program with static cudart runs without LD_LIBRARY_PATH where a driver is installed; ours is
  // in the toolkit.
  if (i.cudart == "static" && !i.shared && !i.relocatableLink)
    words.push_back("-Wl,-rpath," + toolchain_.library());
  return words;
}

int Linker::link(const std::vector<std::string>& objects, const std::vector<std::string>& fatbins,
                 const std::string& output) {
  std::vector<std::string> all = objects;
  if (!invocation_.skipDeviceLink && !invocation_.relocatableLink) {
    std::string stub = session_.intermediate(fs::path(output).stem().string() + "_dlink.o");
    if (int code = deviceLink(objects, fatbins, stub))
      return code;
    all.insert(all.begin(), stub);
  }
  std::string unfinished = session_.dryrun() ? output : unfinishedName(output);
  Command command;
  command.phase = "link";
  command.output = output;
  command.words = hostWords(all);
  command.words.insert(command.words.end(), {"-o", unfinished});
  // CMake looks for the very text of LIBRARIES= in the line of the host linker.
  if (session_.shows()) {
    std::string line, libraries = librariesLine();
    for (const std::string& word : command.words)
      if (word == "-L" + toolchain_.library())
        line += libraries + " ";
      else if (word != "-L" + toolchain_.library() + "/stubs")
        line += shellWord(word == unfinished ? output : word) + " ";
    session_.show(line);
  }
  if (session_.dryrun())
    return 0;
  if (int code = session_.runSilently(command)) {
    unlink(unfinished.c_str());
    return code;
  }
  auto done = finish(unfinished, output);
  return done ? 0 : fatal(done.error().message);
}

int Linker::library(const std::vector<std::string>& objects, const std::string& output) {
  Command command;
  command.phase = "library";
  command.output = output;
  command.words = {invocation_.archiver.empty() ? "ar" : invocation_.archiver, "crs"};
  command.words.insert(command.words.end(), invocation_.archiveOptions.begin(),
                       invocation_.archiveOptions.end());
  command.words.push_back(output);
  command.words.insert(command.words.end(), objects.begin(), objects.end());
  return session_.run(command);
}

int Linker::run(const std::string& program) {
  Command command;
  command.phase = "run";
  command.input = program;
  std::string before = environment("LD_LIBRARY_PATH");
  setenv("LD_LIBRARY_PATH", (toolchain_.library() + (before.empty() ? "" : ":" + before)).c_str(),
         1);
  command.words = {program.find('/') == std::string::npos ? "./" + program : program};
  command.words.insert(command.words.end(), invocation_.runArguments.begin(),
                       invocation_.runArguments.end());
  return session_.run(command);
}

} // namespace anywarp::nvcc
