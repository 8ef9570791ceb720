// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/arguments.h"

#include "frontend/embedded.h"
#include "frontend/source_checks.h"
#include "frontend/source_log.h"

#include <fmt/format.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/Path.h>

namespace anywarp::frontend {

std::string processorOf(const Target& target) {
  static constexpr unsigned kKnown[] = {50, 52, 53, 60, 61, 62, 70, 72, 75, 80, 86, 87, 89, 90};
  unsigned best = kKnown[0];
  for (unsigned arch : kKnown)
    if (arch <= target.arch)
      best = arch;
  // sm_90a has what inline PTX of all later architectures may need.
  return fmt::format("sm_{}{}", best,
                     best == 90 && (target.arch > 90 || target.archSuffix) ? "a" : "");
}

std::string Dialect::key() const {
  return standard + (fastMath ? "-fast" : "") + (flushDenormals ? "-ftz" : "");
}

Dialect dialectOf(const SourceRequest& request) {
  return {request.standard, request.fastMath, request.target.flushDenormals};
}

std::vector<std::string> dialectArguments(const Dialect& dialect) {
  std::vector<std::string> out = {
      "-triple", kTriple, "-aux-triple", "x86_64-pc-linux-gnu", "-aux-target-cpu", "x86-64",
      "-fcuda-is-device", "-target-feature", kPtxFeature,
      // The toolkit whose <<<>>> clang lowers.
      "-target-sdk-version=12.5", "-std=" + dialect.standard, "-fgnuc-version=4.2.1",
      "-fcxx-exceptions", "-fcuda-allow-variadic-functions", "-fexceptions", "-fdeprecated-macro",
      "-nostdsysteminc", "-nobuiltininc", "-fno-pch-timestamp", "-D__CUDACC__=1",
      "-D__CUDACC_RTC__=1", "-disable-free",
      // The device's printf takes what the program's own header declared.
      "-internal-isystem", kClangFolder};
  if (dialect.fastMath)
    out.insert(out.end(), {"-fgpu-approx-transcendentals", "-D__USE_FAST_MATH__=1",
                           "-D__CUDA_PREC_DIV=0", "-D__CUDA_PREC_SQRT=0"});
  else
    out.insert(out.end(), {"-D__USE_FAST_MATH__=0", "-D__CUDA_PREC_DIV=1", "-D__CUDA_PREC_SQRT=1"});
  if (dialect.flushDenormals)
    out.insert(out.end(), {"-fdenormal-fp-math-f32=preserve-sign,preserve-sign", "-D__CUDA_FTZ=1"});
  else
    out.push_back("-D__CUDA_FTZ=0");
  return out;
}

namespace {

void addWarnings(const SourceRequest& request, std::vector<std::string>& out) {
  if (!request.warnings) {
    out.push_back("-w");
    return;
  }
  // What NVRTC says without being asked, and what it does not know.
  for (const char* group :
       {"-Wunused-variable", "-Wunused-but-set-variable", "-Wno-unknown-pragmas",
        "-Wno-unknown-attributes", "-Wno-ignored-attributes", "-Wno-unknown-cuda-version",
        "-Wno-undefined-internal", "-Wno-c++20-extensions", "-Wno-c++17-extensions",
        "-Wno-c++23-extensions", "-Wno-user-defined-literals", "-Wno-pragma-once-outside-header",
        "-Wno-builtin-macro-redefined", "-Wno-reserved-identifier", "-Wno-nan-infinity-disabled",
        "-Wno-pass-failed", "-Wno-ignored-pragmas", "-Wno-unneeded-internal-declaration"})
    out.push_back(group);
  auto each = [&](const std::vector<unsigned>& numbers, const char* prefix) {
    for (unsigned number : numbers)
      if (const char* group = warningGroup(number))
        out.push_back(std::string(prefix) + group);
  };
  each(request.suppressed, "-Wno-");
  each(request.remarks, "-W");
  each(request.errors, "-Werror=");
}

} // namespace

std::vector<std::string> sourceArguments(const SourceRequest& request) {
  std::vector<std::string> out = dialectArguments(dialectOf(request));
  auto add = [&](std::initializer_list<std::string> words) { out.insert(out.end(), words); };
  add({"-target-cpu", processorOf(request.target), "-emit-llvm-only", "-clear-ast-before-backend",
       "-discard-value-names", "-mframe-pointer=all", "-fno-rounding-math", "-ferror-limit", "100",
       "-fno-autolink", request.target.optimization ? "-O3" : "-O0",
       // "fast" would let the code generator fuse in libdevice as well, whose error terms must
       // stay.
       request.contract ? "-ffp-contract=fast-honor-pragmas" : "-ffp-contract=off"});
  if (request.target.optimization)
    add({"-vectorize-loops", "-vectorize-slp"});
  if (request.target.relocatable)
    add({"-fgpu-rdc"});
  if (request.target.lineInfo || request.debug)
    add({"-debug-info-kind=line-directives-only", "-dwarf-version=2"});
  addWarnings(request, out);
  add({"-I", kTextFolder, "-I", kIncludeFolder});
  for (const std::string& folder : request.includeFolders)
    add({"-I", folder});
  if (request.sourceFolder) {
    llvm::StringRef parent = llvm::sys::path::parent_path(request.name);
    add({"-iquote", parent.empty() ? "." : parent.str()});
  }
  if (request.debug)
    add({"-D__CUDACC_DEBUG__=1"});
  if (request.target.relocatable)
    add({"-D__CUDACC_RDC__=1"});
  for (const std::string& macro : request.macros)
    add({"-" + macro});
  for (const std::string& header : request.preIncludes)
    add({"-include", header});
  return out;
}

llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> filesFor(const SourceRequest* request) {
  auto memory = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
  memory->setCurrentWorkingDirectory("/");
  for (const auto& [path, text] : embeddedHeaders())
    memory->addFile(path, 0, llvm::MemoryBuffer::getMemBuffer(text, path, true));
  if (request)
    for (const auto& [name, text] : request->headers) {
      std::string path =
          llvm::sys::path::is_absolute(name) ? name : std::string(kTextFolder) + "/" + name;
      memory->addFile(path, 0, llvm::MemoryBuffer::getMemBuffer(text, path, true));
    }
  auto files = llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(
      llvm::vfs::createPhysicalFileSystem());
  files->pushOverlay(memory);
  return files;
}

std::string sourceText(const SourceRequest& request) {
  unsigned arch = request.target.arch * 10;
  std::string text = fmt::format(
      "#undef __CUDA_ARCH__\n#define __CUDA_ARCH__ {0}\n#define __CUDA_ARCH_LIST__ {0}\n"
      "#undef __CUDACC_VER_MAJOR__\n#undef __CUDACC_VER_MINOR__\n#undef __CUDACC_VER_BUILD__\n"
      "#define __CUDACC_VER_MAJOR__ {1}\n#define __CUDACC_VER_MINOR__ {2}\n#define "
      "__CUDACC_VER_BUILD__ 88\n"
      "#undef CUDART_VERSION\n#define CUDART_VERSION {3}\n",
      arch, request.cudaMajor, request.cudaMinor,
      request.cudaMajor * 1000 + request.cudaMinor * 10);
  if (request.target.archSuffix == 'a')
    text += fmt::format("#define __CUDA_ARCH_FEAT_SM{0}_ALL 1\n#define __CUDA_ARCH_SPECIFIC__ {1}\n"
                        "#define __CUDA_ARCH_FAMILY_SPECIFIC__ {1}\n",
                        request.target.arch, arch);
  if (request.target.archSuffix == 'f')
    text += fmt::format("#define __CUDA_ARCH_FAMILY_SPECIFIC__ {}\n", arch);
  if (request.moveForward) // --builtin-move-forward: functions that need no header
    text += "#ifndef ANYWARP_NO_MOVE\n#include <anywarp/rtc/move.h>\n#endif\n";
  for (const std::string& macro : request.macros)
    if (macro == "DNDEBUG" || macro.starts_with("DNDEBUG="))
      text += "#undef assert\n#define assert(condition) (static_cast<void>(0))\n";
  if (request.defaultDevice)
    text +=
        "#pragma clang force_cuda_host_device begin\n"
        "#pragma clang attribute push(__attribute__((device)), apply_to = variable(is_global))\n";
  text += fmt::format("#line 1 \"{}\"\n", request.name);
  text += request.source;
  if (request.defaultDevice)
    text += "\n#pragma clang attribute pop\n#pragma clang force_cuda_host_device end\n";
  return text + nameExpressionText(request.expressions);
}

} // namespace anywarp::frontend
