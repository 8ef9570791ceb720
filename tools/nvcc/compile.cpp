// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See compile.h: host code, preprocessed text, make rules.
#include "compile.h"

#include "unit_name.h"

#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace anywarp::nvcc {
namespace {

bool isCxx(InputKind kind) {
  return kind != InputKind::C && kind != InputKind::CPreprocessed;
}

const char* languageOf(InputKind kind) {
  switch (kind) {
  case InputKind::C:
    return "c";
  case InputKind::CPreprocessed:
    return "cpp-output";
  case InputKind::CxxPreprocessed:
    return "c++-cpp-output";
  default:
    return "c++";
  }
}

} // namespace

int fatal(const std::string& message) {
  std::fprintf(stderr, "nvcc fatal   : %s\n", message.c_str());
  return 1;
}

std::string hostProgram(const Invocation& invocation, const Toolchain& toolchain, bool cxx) {
  std::string program = invocation.hostCompiler;
  if (program.empty())
    return toolchain.clang;
  std::error_code error;
  if (fs::is_directory(program, error))
    return program + (cxx ? "/g++" : "/gcc");
  return program;
}

int Compiler::hostPass(const Input& input, const std::string& image, const std::string& output,
                       bool assembly) {
  Command command;
  command.phase = "host";
  command.input = input.path;
  command.output = output;
  // One pass for all architectures: host code sees no __CUDA_ARCH__.
  command.words = cudaWords(input, Side::Host, invocation_.architectures.passes.back());
  std::vector<std::string> host = hostWords(true);
  command.words.insert(command.words.end(), host.begin(), host.end());
  if (invocation_.dependencies.mode == Dependencies::Mode::WithCompile) {
    std::vector<std::string> words =
        dependencyWords(output, invocation_.output.empty() ? output : invocation_.output);
    command.words.insert(command.words.end(), words.begin(), words.end());
  }
  command.words.insert(command.words.end(),
                       {assembly ? "-S" : "-c", assembly ? "-fno-addrsig" : "-faddrsig", "-Xclang",
                        "-fcuda-include-gpubinary", "-Xclang", image, input.path, "-o", output});
  if (int code = session_.run(command))
    return code;
  if (!invocation_.relocatable || session_.dryrun() || assembly)
    return 0;
  auto renamed = renameUnit(output, unitId(input));
  return renamed ? 0 : fatal(renamed.error().message);
}

int Compiler::hostObject(const Input& input, const std::string& output) {
  Command command;
  command.phase = "host";
  command.input = input.path;
  command.output = output;
  command.words = {hostProgram(invocation_, toolchain_, isCxx(input.kind)), "-c", "-x",
                   languageOf(input.kind)};
  command.words.push_back("-D__NVCC__");
  std::vector<std::string> words = preprocessorWords();
  if (!isCxx(input.kind))
    std::erase_if(words, [](const std::string& word) { return word.starts_with("-std=c++"); });
  command.words.insert(command.words.end(), words.begin(), words.end());
  command.words.insert(command.words.end(), {"-I" + toolchain_.include()});
  words = hostWords(command.words[0] == toolchain_.clang);
  command.words.insert(command.words.end(), words.begin(), words.end());
  command.words.insert(command.words.end(), invocation_.warningOptions.begin(),
                       invocation_.warningOptions.end());
  if (invocation_.dependencies.mode == Dependencies::Mode::WithCompile) {
    words = dependencyWords(output, invocation_.output.empty() ? output : invocation_.output);
    command.words.insert(command.words.end(), words.begin(), words.end());
  }
  command.words.insert(command.words.end(), {input.path, "-o", output});
  return session_.run(command);
}

int Compiler::object(const Input& input, const std::string& output) {
  if (input.isHost())
    return hostObject(input, output);
  if (input.isImage())
    return fatal(
        fmt::format("'{}' cannot become an object by itself; -dlink takes it", input.path));
  std::string image = passName(input, {}, ".fatbin");
  if (invocation_.architectures.passes.size() > 1)
    image = session_.intermediate(
        fmt::format("{}-{}.fatbin", input.stem(), &input - invocation_.inputs.data()));
  if (int code = fatbin(input, image))
    return code;
  return invocation_.syntaxOnly ? 0 : hostPass(input, image, output, false);
}

// There is no C++ between clang's front end and the object, so the C++ is one asm statement with
// the host pass's assembly.
int Compiler::hostSource(const Input& input, const std::string& output) {
  if (!input.isDevice())
    return 0;
  std::string image = passName(input, {}, ".fatbin"), assembly = passName(input, {}, ".s");
  if (int code = fatbin(input, image))
    return code;
  if (int code = hostPass(input, image, assembly, true))
    return code;
  if (session_.dryrun())
    return 0;
  auto text = readFile(assembly);
  if (!text)
    return fatal(text.error().message);
  std::string source = fmt::format("# 1 \"{}\"\nasm(\n\"", input.path);
  for (char c : *text) {
    if (c == '"' || c == '\\')
      source += '\\';
    source += c == '\n' ? "\\n\"\n\"" : std::string(1, c);
  }
  auto written = session_.write(output, source + "\");\n");
  return written ? 0 : fatal(written.error().message);
}

int Compiler::preprocess(const Input& input, const std::string& output) {
  Command command;
  command.phase = "preprocess";
  command.input = input.path;
  command.output = output;
  std::vector<std::string> words;
  if (input.isDevice()) {
    const Architecture& pass = invocation_.architectures.passes[0];
    command.words = cudaWords(input, Side::Device, pass);
    words = deviceWords(pass);
    // -dM and the like are for the preprocessor although the list of what concerns device code does
    // not name them.
    for (const std::string& word : invocation_.hostOptions)
      if (word.starts_with("-d") || word == "-P" || word == "-C" || word == "-CC")
        words.push_back(word);
  } else {
    command.words = {hostProgram(invocation_, toolchain_, isCxx(input.kind)), "-x",
                     languageOf(input.kind), "-I" + toolchain_.include()};
    words = preprocessorWords();
    std::vector<std::string> host = hostWords(command.words[0] == toolchain_.clang);
    words.insert(words.end(), host.begin(), host.end());
  }
  command.words.insert(command.words.end(), words.begin(), words.end());
  if (invocation_.dependencies.mode == Dependencies::Mode::WithCompile) {
    words = dependencyWords(invocation_.outputName(input, ".o"), output);
    command.words.insert(command.words.end(), words.begin(), words.end());
  }
  command.words.insert(command.words.end(), {"-E", input.path});
  if (!output.empty())
    command.words.insert(command.words.end(), {"-o", output});
  return session_.run(command);
}

int Compiler::dependencies(const Input& input) {
  if (input.isObject() || input.isImage())
    return 0;
  Command command;
  command.phase = "dependencies";
  command.input = input.path;
  std::string target = (fs::path(invocation_.outputDirectory) / (input.stem() + ".o")).string();
  if (input.isDevice())
    command.words = cudaWords(input, Side::Host, invocation_.architectures.passes.back());
  else
    command.words = {hostProgram(invocation_, toolchain_, isCxx(input.kind)), "-x",
                     languageOf(input.kind), "-I" + toolchain_.include()};
  std::vector<std::string> words =
      input.isDevice() ? std::vector<std::string>{} : preprocessorWords();
  std::vector<std::string> host = hostWords(command.words[0] == toolchain_.clang),
                           rule = dependencyWords(target, "");
  for (const auto* list : {&words, &host, &rule})
    command.words.insert(command.words.end(), list->begin(), list->end());
  command.words.push_back(input.path);
  if (!invocation_.output.empty() && invocation_.dependencies.file.empty())
    command.words.insert(command.words.end(), {"-o", invocation_.output});
  return session_.run(command);
}

} // namespace anywarp::nvcc
