// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The words of clang's command lines: what is the same for both sides of a CUDA source and what is
// not.
#include "compile.h"

#include <filesystem>
#include <fmt/format.h>
#include <llvm/ADT/StringRef.h>
#include <llvm/Support/xxhash.h>

namespace fs = std::filesystem;

namespace anywarp::nvcc {
namespace {

using Words = std::vector<std::string>;

// No toolkit is searched: ours is given by -isystem and -mlink-builtin-bitcode. The version says
// that the toolkit is one with the <<<>>> lowering in use since CUDA 9.2.
const Words kNoToolkit = {"-nocudainc",
                          "-nocudalib",
                          "--cuda-path=/nonexistent",
                          "-Wno-unknown-cuda-version",
                          "-Xclang",
                          "-target-sdk-version=12.5"};

// nvcc's, with the version of the toolkit that the headers stand for.
constexpr const char* kMacros[] = {"__NVCC__",
                                   "__CUDACC__",
                                   "__CUDACC_VER_MAJOR__=13",
                                   "__CUDACC_VER_MINOR__=0",
                                   "__CUDACC_VER_BUILD__=88",
                                   "__CUDA_API_VER_MAJOR__=13",
                                   "__CUDA_API_VER_MINOR__=0",
                                   "__NVCC_DIAG_PRAGMA_SUPPORT__=1"};

// Options of -Xcompiler that change what the preprocessor and the front end see, so that the device
// pass needs them too.
bool concernsFrontEnd(std::string_view word) {
  for (std::string_view prefix :
       {"-D", "-U", "-I", "-std", "-fno-exceptions", "-fexceptions", "-fno-rtti", "-frtti",
        "-fpermissive", "-fms-extensions", "-fsigned-char", "-funsigned-char", "-fchar8_t",
        "-fno-char8_t", "-fpack-struct", "-fshort-enums", "-ftemplate-depth", "-fconstexpr"})
    if (word.starts_with(prefix))
      return true;
  return false;
}
bool takesPath(std::string_view word) {
  return word == "-isystem" || word == "-iquote" || word == "-idirafter" || word == "-include" ||
         word == "-imacros" || word == "-I" || word == "-D" || word == "-U";
}

// gcc's options that clang refuses and that mean nothing to it.
bool unknownToClang(std::string_view word) {
  for (std::string_view prefix :
       {"-fno-gnu-unique", "-ffat-lto-objects", "-fno-fat-lto-objects", "-fabi-version",
        "-fno-tree-", "-ftree-loop", "-fno-var-tracking", "-fvar-tracking", "-fmax-errors",
        "-fconcepts", "-fno-canonical-system-headers", "-fno-gcse", "-fgcse", "-fno-ipa-",
        "-fno-inline-small-functions", "-fdiagnostics-color=auto", "--param"})
    if (word.starts_with(prefix))
      return true;
  return false;
}

void add(Words& words, std::string_view option, const Words& values) {
  for (const std::string& value : values)
    words.push_back(std::string(option) + value);
}
void addPairs(Words& words, std::string_view option, const Words& values) {
  for (const std::string& value : values)
    words.insert(words.end(), {std::string(option), value});
}

std::string absolutePath(const std::string& path) {
  std::error_code error;
  return fs::absolute(path, error).lexically_normal();
}

std::string hashOf(const std::string& text) {
  return fmt::format("{:016x}", llvm::xxh3_64bits(llvm::StringRef(text)));
}

} // namespace

// Names for what is local to a source and yet known by name: the same in all passes over it, unlike
// for other sources and for the same source with other macros.
std::string Compiler::cuid(const Input& input) const {
  std::string key = absolutePath(input.path);
  for (const auto& list : {invocation_.defines, invocation_.undefines})
    for (const std::string& item : list)
      key += "\n" + item;
  return hashOf(key);
}

// For the object: two objects of one source in a program are two units.
std::string Compiler::unitId(const Input& input) const {
  return hashOf(cuid(input) + absolutePath(invocation_.outputName(input, ".o")));
}

Words Compiler::preprocessorWords() const {
  Words words;
  add(words, "-I", invocation_.includes);
  addPairs(words, "-isystem", invocation_.systemIncludes);
  add(words, "-D", invocation_.defines);
  add(words, "-U", invocation_.undefines);
  addPairs(words, "-include", invocation_.preIncludes);
  if (!invocation_.standard.empty())
    words.push_back("-std=" + invocation_.standard);
  return words;
}

Words Compiler::cudaWords(const Input& input, Side side, const Architecture& pass) const {
  Words words = {toolchain_.clang, "-x",
                 input.kind == InputKind::CudaPreprocessed ? "cuda-cpp-output" : "cuda",
                 "--cuda-gpu-arch=" + pass.clangName(),
                 side == Side::Device ? "--cuda-device-only" : "--cuda-host-only"};
  words.insert(words.end(), kNoToolkit.begin(), kNoToolkit.end());
  add(words, "-D", Words(std::begin(kMacros), std::end(kMacros)));
  add(words, "-D", invocation_.dialectMacros);
  words.push_back("-D__CUDA_ARCH_LIST__=" + architectureList(invocation_.architectures.passes));
  if (invocation_.perThreadStream)
    words.insert(words.end(), {"-fgpu-default-stream=per-thread",
                               "-DCUDA_API_PER_THREAD_DEFAULT_STREAM=1", "-Wno-macro-redefined"});
  if (invocation_.relocatable)
    words.push_back("-fgpu-rdc");
  // clang's driver keeps -cuid from the host pass of CUDA, and in the device pass has its own way.
  if (side == Side::Host)
    words.push_back("-Xclang");
  words.push_back("-cuid=" + cuid(input));
  // Before all other headers: the order of clang's own is delicate (anywarp/before_std.h).
  if (input.kind != InputKind::CudaPreprocessed)
    words.insert(words.end(), {"-include", "cuda_runtime.h"});
  Words user = preprocessorWords();
  words.insert(words.end(), user.begin(), user.end());
  words.insert(words.end(), {"-isystem", toolchain_.wrappers, "-isystem", toolchain_.include()});
  words.insert(words.end(), invocation_.warningOptions.begin(), invocation_.warningOptions.end());
  return words;
}

Words Compiler::deviceWords(const Architecture& pass) const {
  Words words = {"-w", "-Xclang", "-target-feature", "-Xclang", "+ptx85"};
  words.push_back(invocation_.deviceDebug && !invocation_.optimizeDebug ? "-O0"
                  : invocation_.fastCompile                             ? "-O1"
                                                                        : "-O3");
  if (invocation_.deviceDebug || invocation_.lineInfo)
    words.push_back("-gline-directives-only");
  // CUDA fuses a * b + c of one expression. Plain "fast" would let the back end fuse in libdevice
  // as well, whose exact error terms must stay as written.
  words.push_back(invocation_.fmad ? "-ffp-contract=fast-honor-pragmas" : "-ffp-contract=off");
  if (invocation_.ftz)
    words.push_back("-fgpu-flush-denormals-to-zero");
  if (invocation_.fastMath)
    words.push_back("-fcuda-approx-transcendentals");
  // NVPTX's levels of division: 0 div.approx, 1 div.full, 2 div.rn.
  if (!invocation_.precDiv)
    words.insert(words.end(),
                 {"-mllvm", fmt::format("-nvptx-prec-divf32={}", invocation_.fastMath ? 0 : 1)});
  if (!invocation_.precSqrt)
    words.insert(words.end(), {"-mllvm", "-nvptx-prec-sqrtf32=0"});
  if (pass.suffix)
    words.push_back(fmt::format("-D__CUDA_ARCH_FAMILY_SPECIFIC__={}0", pass.number));
  if (pass.suffix == 'a')
    words.insert(words.end(), {fmt::format("-D__CUDA_ARCH_FEAT_SM{}_ALL", pass.number),
                               fmt::format("-D__CUDA_ARCH_SPECIFIC__={}0", pass.number)});
  if (!pass.known())
    words.insert(words.end(), {"-U__CUDA_ARCH__", fmt::format("-D__CUDA_ARCH__={}0", pass.number)});
  if (invocation_.reportInlining)
    words.push_back("-Rpass=inline");
  const Words& host = invocation_.hostOptions;
  for (size_t i = 0; i < host.size(); ++i) {
    if (takesPath(host[i]) && i + 1 < host.size()) {
      words.insert(words.end(), {host[i], host[i + 1]});
      ++i;
    } else if (concernsFrontEnd(host[i])) {
      words.push_back(host[i]);
    }
  }
  return words;
}

Words Compiler::hostWords(bool clang) const {
  Words words;
  if (!invocation_.optimization.empty())
    words.push_back("-O" + invocation_.optimization);
  if (invocation_.hostDebug)
    words.push_back("-g");
  if (invocation_.profile)
    words.push_back("-pg");
  if (invocation_.noExceptions)
    words.push_back("-fno-exceptions");
  if (invocation_.noWarnings)
    words.push_back("-w");
  Words user = hostOptions(invocation_, clang);
  words.insert(words.end(), user.begin(), user.end());
  // Behind -Wall: pragmas of nvcc (nv_diag_suppress, nv_exec_check_disable) are none of clang's,
  // and what is for the linker comes along with every compilation.
  if (clang)
    words.insert(words.end(), {"-Wno-unknown-pragmas", "-Wno-unused-command-line-argument"});
  return words;
}

Words Compiler::dependencyWords(const std::string& target, const std::string& output) const {
  const Dependencies& d = invocation_.dependencies;
  Words words;
  bool only = d.mode == Dependencies::Mode::Only;
  words.push_back(only ? (d.system ? "-M" : "-MM") : (d.system ? "-MD" : "-MMD"));
  if (d.phony)
    words.push_back("-MP");
  if (!d.quotedTarget.empty())
    words.insert(words.end(), {"-MQ", d.quotedTarget});
  if (!d.target.empty() || d.quotedTarget.empty())
    words.insert(words.end(), {"-MT", d.target.empty() ? target : d.target});
  std::string file = d.file;
  if (file.empty() && !only)
    file = fs::path(output.empty() ? target : output).replace_extension(".d");
  if (!file.empty())
    words.insert(words.end(), {"-MF", file});
  return words;
}

std::vector<std::string> hostOptions(const Invocation& invocation, bool clang) {
  std::vector<std::string> words = invocation.hostOptions;
  if (clang)
    std::erase_if(words, unknownToClang);
  return words;
}

} // namespace anywarp::nvcc
