// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// nvcc's command line on clang and Anywarp's headers. From options (options.td) to an Invocation,
// from there to clang's command lines (compile.h) and the linkers' (link.h).
#include "compile.h"
#include "invocation.h"
#include "link.h"
#include "options.h"
#include "session.h"
#include "toolchain.h"

#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace anywarp::nvcc;

namespace {

void listArchitectures(const CommandLine& line) {
  bool arch = line.has(OPT_list_gpu_arch), code = line.has(OPT_list_gpu_code);
  for (unsigned number : listedArchitectures())
    if (arch && code)
      fmt::print("arch=compute_{0},code=[compute_{0},sm_{0}]\n", number);
    else
      fmt::print("{}_{}\n", arch ? "compute" : "sm", number);
}

// What nvcc tells with -v and -dryrun before it begins; CMake reads TOP, PATH, INCLUDES and
// LIBRARIES.
void showSettings(const Toolchain& toolchain, const Linker* linker, Session& session) {
  std::string root = toolchain.root, bin = root + "/bin";
  session.show("_NVVM_BRANCH_=nvvm");
  session.show("_SPACE_= ");
  session.show("_CUDART_=cudart");
  session.show("_HERE_=" + bin);
  session.show("_THERE_=" + bin);
  session.show("_TARGET_SIZE_=");
  session.show("_TARGET_DIR_=");
  session.show("TOP=" + bin + "/..");
  session.show("NVVMIR_LIBRARY_DIR=" + bin + "/../nvvm/libdevice");
  session.show("LD_LIBRARY_PATH=" + toolchain.library() + ":" + environment("LD_LIBRARY_PATH"));
  session.show("PATH=" + bin + ":" + environment("PATH"));
  session.show(fmt::format("INCLUDES=\"-I{}\"  ", toolchain.include()));
  session.show("SYSTEM_INCLUDES=");
  if (linker)
    session.show("LIBRARIES=  " + linker->librariesLine());
  session.show("CUDAFE_FLAGS=");
  session.show("PTXAS_FLAGS=");
}

SessionOptions sessionOptions(const CommandLine& line) {
  SessionOptions options;
  options.dryrun = line.has(OPT_dryrun);
  options.verbose = line.has(OPT_verbose);
  options.keepDir = line.last(OPT_keep_dir);
  options.keep = line.has(OPT_keep) || line.has(OPT_save_temps);
  options.timeFile = line.last(OPT_time);
  return options;
}

class Driver {
public:
  Driver(const Invocation& invocation, const Toolchain& toolchain, Session& session)
      : invocation_(invocation), session_(session), compiler_(invocation, toolchain, session),
        linker_(invocation, toolchain, session) {}

  int run() {
    switch (invocation_.phase) {
    case Phase::Link:
    case Phase::Run:
    case Phase::Library:
    case Phase::DeviceLink:
      return runTogether();
    default:
      break;
    }
    int code = 0; // the other sources are compiled even when one fails
    for (const Input& input : invocation_.inputs)
      if (int failed = runSingle(input))
        code = failed;
    return code;
  }

private:
  int one(const Input& input, const char* extension,
          int (Compiler::*compile)(const Input&, const std::string&)) {
    std::string output = invocation_.outputName(input, extension);
    if (invocation_.clean)
      return unlink(output.c_str()), 0;
    return (compiler_.*compile)(input, output);
  }

  int runSingle(const Input& input) {
    if (input.isObject())
      return 0; // nothing to compile
    if (!fs::exists(input.path) && !session_.dryrun())
      return fatal(fmt::format("Cannot open '{}': no such file", input.path));
    switch (invocation_.phase) {
    case Phase::Ptx:
      return input.isHost() ? 0 : one(input, ".ptx", &Compiler::ptx);
    case Phase::Cubin:
      return input.isHost() ? 0 : one(input, ".cubin", &Compiler::fatbin);
    case Phase::Fatbin:
      return input.isHost() ? 0 : one(input, ".fatbin", &Compiler::fatbin);
    case Phase::HostSource:
      return one(input, ".cu.cpp.ii", &Compiler::hostSource);
    case Phase::Preprocess:
      return compiler_.preprocess(input, invocation_.output);
    case Phase::Dependencies:
      return compiler_.dependencies(input);
    default:
      return one(input, ".o", &Compiler::object);
    }
  }

  // Objects and fatbins of all inputs, then one step over them.
  int runTogether() {
    std::vector<std::string> objects, fatbins;
    bool alone = invocation_.inputs.size() == 1 && invocation_.phase == Phase::Run;
    if (alone && access(invocation_.inputs[0].path.c_str(), X_OK) == 0)
      return linker_.run(invocation_.inputs[0].path);
    for (const Input& input : invocation_.inputs)
      if (int code = prepare(input, objects, fatbins))
        return code;
    std::string output = invocation_.output;
    switch (invocation_.phase) {
    case Phase::Library:
      output = output.empty() ? "a.a" : output;
      return clean(output) ? 0 : linker_.library(objects, output);
    case Phase::DeviceLink:
      output = output.empty() ? "a_dlink.o" : output;
      return clean(output) ? 0 : linker_.deviceLink(objects, fatbins, output);
    case Phase::Run:
      if (output.empty())
        output = session_.intermediate("a.out");
      break;
    default:
      output = output.empty() ? "a.out" : output;
    }
    if (clean(output))
      return 0;
    if (int code = linker_.link(objects, fatbins, output))
      return code;
    return invocation_.phase == Phase::Run ? linker_.run(output) : 0;
  }

  bool clean(const std::string& output) {
    if (invocation_.clean)
      unlink(output.c_str());
    return invocation_.clean;
  }

  int prepare(const Input& input, std::vector<std::string>& objects,
              std::vector<std::string>& fatbins) {
    if (invocation_.clean)
      return 0;
    if (!fs::exists(input.path) && !session_.dryrun())
      return fatal(fmt::format("Cannot open '{}': no such file", input.path));
    if (input.isObject()) {
      objects.push_back(input.path);
      return 0;
    }
    auto number = &input - invocation_.inputs.data();
    std::string stem =
        invocation_.inputs.size() > 1 ? fmt::format("{}-{}", number, input.stem()) : input.stem();
    if (input.kind == InputKind::Ptx) {
      fatbins.push_back(session_.intermediate(stem + ".fatbin"));
      return compiler_.fatbin(input, fatbins.back());
    }
    if (input.isImage()) {
      fatbins.push_back(fs::absolute(input.path));
      return 0;
    }
    objects.push_back(session_.intermediate(stem + ".o"));
    return compiler_.object(input, objects.back());
  }

  const Invocation& invocation_;
  Session& session_;
  Compiler compiler_;
  Linker linker_;
};

int compileAndLink(const CommandLine& line) {
  auto toolchain = findToolchain(line.last(OPT_libdevice_directory));
  Session session(sessionOptions(line));
  auto invocation = readInvocation(line);
  if (!toolchain)
    return fatal(toolchain.error().message);
  Linker shown(invocation ? *invocation : Invocation(), *toolchain, session);
  showSettings(*toolchain, &shown, session);
  if (!invocation)
    return fatal(invocation.error().message);
  return Driver(*invocation, *toolchain, session).run();
}

} // namespace

int main(int argc, char** argv) {
  auto line = CommandLine::parse(argc, argv);
  if (!line)
    return fatal(line.error().message);
  if ((*line)->has(OPT_help)) {
    printHelp();
    return 0;
  }
  if ((*line)->has(OPT_version)) {
    printVersion();
    return 0;
  }
  if ((*line)->has(OPT_list_gpu_arch) || (*line)->has(OPT_list_gpu_code)) {
    listArchitectures(**line);
    return 0;
  }
  return compileAndLink(**line);
}
