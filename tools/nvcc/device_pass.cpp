// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Device code: one clang run for each architecture, and the fatbin around what they give.
#include "compile.h"
#include "image/ptx_text.h"
#include "image/writer.h"
#include "usage.h"

#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>

namespace fs = std::filesystem;

namespace anywarp::nvcc {
namespace {

// The first version of PTX that knows every architecture that clang 19 does not.
constexpr std::string_view kNewestVersion = "9.0";

void replaceDirective(std::string& text, std::string_view directive, const std::string& value) {
  size_t at = text.find("\n" + std::string(directive) + " ");
  if (at == std::string::npos)
    return;
  at += directive.size() + 2;
  size_t end = text.find_first_of(", \r\n", at);
  text.replace(at, end - at, value);
}

bool isNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || c == '.';
}

void replaceName(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;) {
    bool whole = (at == 0 || !isNameCharacter(text[at - 1])) &&
                 (at + from.size() == text.size() || !isNameCharacter(text[at + from.size()]));
    if (whole)
      text.replace(at, from.size(), to);
    at += whole ? to.size() : from.size();
  }
}

// Where the line starts that declares the variable as one of another source.
size_t externLine(const std::string& text, const std::string& name) {
  for (size_t at = 0; (at = text.find(" " + name, at)) != std::string::npos; ++at) {
    size_t end = at + 1 + name.size(), line = text.rfind('\n', at) + 1;
    bool declares = end < text.size() && (text[end] == ';' || text[end] == '[');
    if (declares && text.compare(line, 8, ".extern ") == 0)
      return line;
  }
  return std::string::npos;
}

// clang 19 gives static variables that host code uses a name of their own in relocatable code
// (NAME__static__HASH), but kernels that stand before the host code that uses them still refer to
// the old name, as to a variable of another source.
void joinStaticVariables(std::string& text) {
  constexpr std::string_view kMark = "__static__";
  for (size_t at = 0; (at = text.find(kMark, at)) != std::string::npos; at += kMark.size()) {
    size_t begin = at, end = at;
    while (begin > 0 && isNameCharacter(text[begin - 1]))
      --begin;
    while (end < text.size() && isNameCharacter(text[end]))
      ++end;
    std::string name = text.substr(begin, at - begin), full = text.substr(begin, end - begin);
    size_t line = externLine(text, name);
    if (line == std::string::npos)
      continue;
    text.erase(line, text.find('\n', line) + 1 - line);
    replaceName(text, name, full);
    at = 0;
  }
}

// What NVIDIA's tools would need to be told about a missing header. Ours say what there is instead.
struct Library {
  std::string_view prefix, text;
};
constexpr Library kLibraries[] = {
    {"thrust/", "Thrust, CUB and libcu++ (CCCL) are open source: give nvcc their folder with -I"},
    {"cub/", "Thrust, CUB and libcu++ (CCCL) are open source: give nvcc their folder with -I"},
    {"cuda/", "Thrust, CUB and libcu++ (CCCL) are open source: give nvcc their folder with -I"},
    {"cublas", "cuBLAS is not part of this Anywarp"},
    {"cufft", "cuFFT is not part of this Anywarp"},
    {"curand", "cuRAND is not part of this Anywarp"},
    {"cusparse", "cuSPARSE is not part of this Anywarp"},
    {"cusolver", "cuSOLVER is not part of this Anywarp"},
    {"cudnn", "cuDNN is not part of this Anywarp"},
    {"npp", "NPP is not part of this Anywarp"},
    {"nvrtc", "NVRTC is not part of this Anywarp"},
    {"nccl", "NCCL is not part of this Anywarp"}};

} // namespace

std::string Compiler::passName(const Input& input, const Architecture& pass,
                               std::string_view extension) const {
  // Inputs of the same name in several folders must not meet.
  auto number = size_t(&input - invocation_.inputs.data());
  std::string stem = input.stem();
  if (invocation_.inputs.size() > 1 && !session_.keeps())
    stem += fmt::format("-{}", number);
  if (invocation_.architectures.passes.size() > 1)
    stem += ".compute_" + pass.name();
  return session_.intermediate(stem + std::string(extension));
}

Command Compiler::devicePass(const Input& input, const Architecture& pass,
                             const std::string& output) {
  Command command;
  command.phase = "device";
  command.input = input.path;
  command.output = output;
  command.arch = "compute_" + pass.name();
  command.words = cudaWords(input, Side::Device, pass);
  std::vector<std::string> device = deviceWords(pass);
  command.words.insert(command.words.end(), device.begin(), device.end());
  command.words.insert(command.words.end(),
                       {"-Xclang", "-mlink-builtin-bitcode", "-Xclang", toolchain_.libdevice});
  // Without a host pass, the first device pass tells the dependencies.
  bool deviceOnly = invocation_.phase == Phase::Ptx || invocation_.phase == Phase::Cubin ||
                    invocation_.phase == Phase::Fatbin;
  if (deviceOnly && invocation_.dependencies.mode == Dependencies::Mode::WithCompile &&
      pass == invocation_.architectures.passes[0]) {
    const char* extension = invocation_.phase == Phase::Ptx     ? ".ptx"
                            : invocation_.phase == Phase::Cubin ? ".cubin"
                                                                : ".fatbin";
    std::string target = invocation_.outputName(input, extension);
    std::vector<std::string> words = dependencyWords(target, target);
    command.words.insert(command.words.end(), words.begin(), words.end());
  }
  if (!invocation_.timeTrace.empty())
    command.words.push_back("-ftime-trace=" +
                            (invocation_.timeTrace == "-" ? "trace.json" : invocation_.timeTrace));
  if (invocation_.syntaxOnly)
    command.words.push_back("-fsyntax-only");
  else
    command.words.insert(command.words.end(), {"-S", "-o", output});
  command.words.push_back(input.path);
  return command;
}

int Compiler::devicePasses(const Input& input, const std::vector<std::string>& outputs) {
  const std::vector<Architecture>& passes = invocation_.architectures.passes;
  std::vector<Command> commands;
  for (size_t i = 0; i < passes.size(); ++i) {
    // CMake reads the default architecture off this line.
    session_.show(fmt::format(": device code of {} -arch compute_{}", shellWord(input.path),
                              passes[i].name()));
    commands.push_back(devicePass(input, passes[i], outputs[i]));
  }
  if (int code = session_.runAll(commands, invocation_.threads)) {
    explainMissingHeader(session_.lastMessages());
    return code;
  }
  if (session_.dryrun() || invocation_.syntaxOnly)
    return 0;
  for (size_t i = 0; i < passes.size(); ++i)
    if (auto adapted = adaptPtx(outputs[i], passes[i], input); !adapted)
      return fatal(adapted.error().message);
  return 0;
}

// An architecture that clang does not know is compiled as the newest it knows, and named in the
// text.
Result<void> Compiler::adaptPtx(const std::string& path, const Architecture& pass,
                                const Input& input) {
  auto text = readFile(path);
  if (!text)
    return text.error();
  if (!pass.known()) {
    replaceDirective(*text, ".version", std::string(kNewestVersion));
    replaceDirective(*text, ".target", "sm_" + pass.name());
  }
  if (invocation_.relocatable)
    joinStaticVariables(*text);
  if (!pass.known() || invocation_.relocatable)
    AW_TRY(session_.write(path, *text));
  if (invocation_.reportUsage)
    reportUsage(*text, input.path, "sm_" + pass.name());
  return {};
}

void Compiler::explainMissingHeader(const std::string& messages) const {
  size_t end = messages.find("' file not found");
  size_t begin = end == std::string::npos ? end : messages.rfind('\'', end - 1);
  if (begin == std::string::npos)
    return;
  std::string header = messages.substr(begin + 1, end - begin - 1);
  std::string folders;
  for (const auto* list : {&invocation_.includes, &invocation_.systemIncludes})
    for (const std::string& folder : *list)
      folders += "\n    " + folder;
  std::fprintf(stderr,
               "nvcc note    : '%s' was searched for next to the source and in%s\n    %s\n    the "
               "folders of clang (%s -E -v -x c++ /dev/null)\n",
               header.c_str(), folders.c_str(), toolchain_.include().c_str(),
               toolchain_.clang.c_str());
  for (const Library& library : kLibraries)
    if (header.starts_with(library.prefix))
      return void(std::fprintf(stderr, "nvcc note    : %s\n", std::string(library.text).c_str()));
}

int Compiler::ptx(const Input& input, const std::string& output) {
  const Architecture& pass = invocation_.architectures.passes[0];
  if (input.kind == InputKind::Ptx)
    return fatal(fmt::format("'{}' is PTX already", input.path));
  std::string unfinished = unfinishedName(output);
  if (output == "-")
    unfinished = passName(input, pass, ".ptx");
  if (int code = devicePasses(input, {session_.dryrun() ? output : unfinished}))
    return unlink(unfinished.c_str()), code;
  if (session_.dryrun() || invocation_.syntaxOnly)
    return 0;
  if (output == "-") {
    auto text = readFile(unfinished);
    std::fputs(text ? text->c_str() : "", stdout);
    return 0;
  }
  auto done = finish(unfinished, output);
  return done ? 0 : fatal(done.error().message);
}

int Compiler::packFatbin(const Input& input, const std::vector<std::string>& texts,
                         const std::string& output) {
  std::string line = fmt::format("fatbinary --create={}", shellWord(output));
  const std::vector<Architecture>& passes = invocation_.architectures.passes;
  for (size_t i = 0; i < texts.size(); ++i)
    line += fmt::format(" --image3=kind=ptx,sm={},file={}",
                        i < passes.size() ? passes[i].name() : "", shellWord(texts[i]));
  session_.show(line);
  if (session_.dryrun())
    return 0;
  std::vector<std::string> contents;
  for (const std::string& path : texts) {
    auto text = readFile(path);
    if (!text)
      return fatal(text.error().message);
    contents.push_back(std::move(*text));
  }
  std::vector<image::NewImage> images;
  for (const std::string& text : contents) {
    image::PtxHeader header = image::readPtxHeader(text);
    image::NewImage image;
    image.arch = header.arch;
    image.versionMajor = header.versionMajor;
    image.versionMinor = header.versionMinor;
    image.bytes = text;
    image.compression = invocation_.compress ? image::Compression::Zstd : image::Compression::None;
    image.name = input.path;
    image.options = invocation_.ptxasOptions;
    images.push_back(image);
  }
  std::vector<std::byte> bytes = image::writeFatbin(images);
  auto written =
      session_.write(output, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return written ? 0 : fatal(written.error().message);
}

int Compiler::fatbin(const Input& input, const std::string& output) {
  std::vector<std::string> texts;
  if (input.kind == InputKind::Ptx) {
    texts.push_back(input.path);
  } else {
    for (const Architecture& pass : invocation_.architectures.passes)
      texts.push_back(passName(input, pass, ".ptx"));
    if (int code = devicePasses(input, texts))
      return code;
  }
  return invocation_.syntaxOnly ? 0 : packFatbin(input, texts, output);
}

} // namespace anywarp::nvcc
