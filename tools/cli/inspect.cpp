// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `anywarp inspect`: looks into a file and judges whether it runs.
#include "inspect.h"

#include "check_ptx.h"
#include "commands.h"
#include "image/ptx_text.h"
#include "mapped_file.h"
#include "modules.h"
#include "paths.h"
#include "table.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cxxabi.h>
#include <filesystem>
#include <fmt/format.h>

namespace fs = std::filesystem;

namespace anywarp::cli {
namespace {

constexpr size_t kCheckedKernels = 1000; // parsed unless --all asks for every one

#if defined(__x86_64__)
constexpr uint16_t kThisMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr uint16_t kThisMachine = EM_AARCH64;
#else
constexpr uint16_t kThisMachine = EM_NONE;
#endif

ImageRow rowOf(const image::Image& image) {
  ImageRow row;
  row.kind = image::kindName(image.kind);
  if (image.kind == image::Kind::Unknown)
    row.kind = fmt::format("kind {}", image.rawKind);
  row.arch = image.archName();
  row.compression = image::compressionName(image.compression);
  if (image.kind == image::Kind::Ptx && image.versionMajor)
    row.version = fmt::format("{}.{}", image.versionMajor, image.versionMinor);
  row.name = image.name;
  row.stored = image.stored.size();
  row.size = image.size;
  row.unit = image.unit;
  row.relocatable = image.relocatable;
  return row;
}

// Kernels of one unit: from its PTX, else from its first cubin. False: it was read and has none.
bool addKernels(const image::ImageSet& set, const std::vector<const image::Image*>& unit,
                std::set<std::string>& kernels, std::vector<std::string>& problems) {
  auto candidates = set.ptxCandidates(unit[0]->unit, reportedCapability());
  for (const image::Image* image : unit)
    if (image->kind == image::Kind::Cubin)
      candidates.push_back(image);
  for (const image::Image* image : candidates) {
    auto bytes = image->unpack();
    if (!bytes) {
      problems.push_back(
          fmt::format("{} of unit {}: {}", image->archName(), image->unit, bytes.error().message));
      continue;
    }
    if (image->kind == image::Kind::Ptx) {
      std::vector<std::string_view> names = image::ptxKernels(*bytes);
      kernels.insert(names.begin(), names.end());
      return !names.empty();
    }
    auto cubin = image::readCubin(image::bytesOf(*bytes));
    if (cubin) {
      kernels.insert(cubin->kernels.begin(), cubin->kernels.end());
      return !cubin->kernels.empty();
    }
    problems.push_back(
        fmt::format("{} of unit {}: {}", image->archName(), image->unit, cubin.error().message));
  }
  return true; // nothing could be read
}

// What the linker and the parser say of a module's PTX.
void addPtxProblems(const image::ImageSet& set, const ModuleImages& module, size_t& kernelLimit,
                    InspectReport& report) {
  auto texts = ptxOf(set, module);
  if (!texts)
    return; // addKernels() has said so
  for (const PtxProblem& problem : checkPtx(std::move(*texts), kernelLimit)) {
    std::string name = problem.kernel.empty() ? "a module" : demangled(problem.kernel);
    report.refusedModules += problem.kernel.empty();
    report.problems.push_back(fmt::format("{}: {}", name, problem.message));
    report.badKernels.push_back(name);
  }
}

void addHost(const image::HostFile& host, InspectReport& report) {
  using Type = image::HostFile::Type;
  report.hostKind = host.type == Type::Executable ? "executable"
                    : host.type == Type::Library  ? "library"
                                                  : "object";
  report.staticCudart = host.staticCudart;
  std::map<std::string, std::string> sonames; // "libcudart" -> "libcudart.so.12"
  for (std::string_view need : host.needed) {
    std::string soname = fs::path(need).filename();
    std::string base = soname.substr(0, soname.find(".so"));
    bool cuda = base.starts_with("libcu") || base.starts_with("libnv") ||
                base.starts_with("libnpp") || base.starts_with("libnccl");
    if (cuda && base != "libcurl" && base != "libcups") {
      sonames[base] = soname;
      report.cudaLibraries.push_back(soname);
    }
  }
  for (const image::Import& import : host.imports) {
    std::string_view library = cudaLibrary(import.name);
    if (library.empty())
      continue;
    ImportRow row;
    row.function = import.name;
    row.library = library;
    row.soname = import.library;
    // The file says where it looks; a library may keep functions of another.
    if (std::string base = row.soname.substr(0, row.soname.find(".so")); sonames.contains(base))
      row.library = base;
    if (row.soname.empty())
      if (auto it = sonames.find(row.library); it != sonames.end())
        row.soname = it->second;
    // A name such as cuckoo_hash or a program's own cudaHelper comes from no CUDA library.
    if (row.soname.empty() && sonames.empty() && host.type != Type::Object)
      continue;
    row.coverage = coverageOf(row.function, row.library, row.soname);
    report.imports.push_back(std::move(row));
  }
  std::sort(report.imports.begin(), report.imports.end(),
            [](const ImportRow& a, const ImportRow& b) {
              return std::tie(a.library, a.function) < std::tie(b.library, b.function);
            });
}

// "a, b, c and 7 more"
std::string someOf(const std::vector<std::string>& names) {
  constexpr size_t kShown = 4;
  std::string text;
  for (size_t i = 0; i < names.size() && i < kShown; ++i)
    text += (i ? ", " : "") + names[i];
  return names.size() > kShown ? text + fmt::format(" and {} more", names.size() - kShown) : text;
}

void judge(const image::ImageSet& set, bool foreign, InspectReport& report) {
  std::vector<std::string> missing, stubs, libraries;
  for (const ImportRow& import : report.imports) {
    if (import.coverage == Coverage::Missing)
      missing.push_back(import.function);
    else if (import.coverage == Coverage::Stub)
      stubs.push_back(import.function);
    else if (import.coverage == Coverage::NoLibrary) {
      std::string name = import.soname.empty() ? import.library : import.soname;
      if (std::find(libraries.begin(), libraries.end(), name) == libraries.end())
        libraries.push_back(name);
    }
  }
  auto say = [&report](Verdict verdict, std::string line) {
    report.verdict = verdict;
    report.verdictLine = std::move(line);
  };
  if (foreign)
    return say(Verdict::CannotRun, "cannot run here: it is built for another processor");
  bool usesCuda = report.staticCudart || !report.imports.empty() || !report.cudaLibraries.empty();
  if (report.modules == 0 && !usesCuda)
    return say(Verdict::NothingToDo, report.hostKind.empty()
                                         ? "nothing to do: it holds no kernels"
                                         : "nothing to do: no kernels, no CUDA functions imported");
  if (report.modules && report.modulesWithPtx == 0)
    return say(Verdict::CannotRun, "cannot run: " + set.describe());
  if (report.modules && report.refusedModules >= report.modules)
    return say(Verdict::CannotRun, "cannot run: " + report.problems.back());
  if (!report.badKernels.empty() && report.badKernels.size() >= report.kernels.size())
    return say(Verdict::CannotRun, "cannot run: " + report.problems.back());
  if (!missing.empty())
    return say(Verdict::CannotRun,
               fmt::format("cannot run: {} imported function{} missing: {}", missing.size(),
                           missing.size() == 1 ? " is" : "s are", someOf(missing)));
  std::vector<std::string> parts;
  if (report.modules == 0)
    parts.push_back("no device code of its own");
  else {
    std::set<std::string> archs;
    for (const ImageRow& row : report.images)
      if (row.kind == "PTX")
        archs.insert(row.arch);
    parts.push_back(fmt::format("PTX for {} present", someOf({archs.begin(), archs.end()})));
  }
  if (report.staticCudart)
    parts.push_back("static cudart");
  if (size_t n = report.imports.size())
    parts.push_back(stubs.empty() && libraries.empty()
                        ? fmt::format("all {} imported functions are there", n)
                        : fmt::format("{} imported functions", n));
  std::string but;
  if (report.modulesWithPtx < report.modules)
    but += fmt::format("; {} of {} modules have no PTX", report.modules - report.modulesWithPtx,
                       report.modules);
  if (!stubs.empty())
    but += fmt::format("; {} only return NOT_SUPPORTED: {}", counted(stubs.size(), "function"),
                       someOf(stubs));
  if (!report.badKernels.empty())
    but += fmt::format("; {} cannot be compiled: {}", counted(report.badKernels.size(), "kernel"),
                       someOf(report.badKernels));
  if (!libraries.empty())
    but += "; Anywarp has no " + someOf(libraries);
  say(but.empty() ? Verdict::Runs : Verdict::RunsInPart,
      fmt::format("{}: {}{}", but.empty() ? "runs" : "runs in part", fmt::join(parts, ", "), but));
}

Result<void> writeText(const std::string& path, std::string_view text) {
  FILE* f = path == "-" ? stdout : std::fopen(path.c_str(), "wb");
  bool ok = f && std::fwrite(text.data(), 1, text.size(), f) == text.size();
  if (f && f != stdout)
    ok = std::fclose(f) == 0 && ok;
  else if (f)
    ok = std::fflush(f) == 0 && ok;
  if (!ok)
    return makeError(Status::OperatingSystem, "cannot write " + path);
  return {};
}

// One text: to the file; several: into the folder, or one after the other to stdout.
Result<void> writePtx(const image::ImageSet& set, const std::vector<ModuleImages>& modules,
                      const std::string& out) {
  std::vector<PtxUnit> texts;
  for (const ModuleImages& module : modules) {
    auto ptx = ptxOf(set, module);
    if (!ptx)
      return ptx.error();
    texts.insert(texts.end(), ptx->begin(), ptx->end());
  }
  if (texts.empty())
    return makeError(Status::NoBinaryForGpu, set.describe());
  std::error_code error;
  if (out == "-" || (texts.size() == 1 && !fs::is_directory(out, error))) {
    for (const PtxUnit& text : texts)
      AW_TRY(writeText(out, *text));
    return {};
  }
  fs::create_directories(out, error);
  if (!fs::is_directory(out, error))
    return makeError(Status::OperatingSystem,
                     fmt::format("{} PTX texts need a folder, and {} is none", texts.size(), out));
  for (size_t i = 0; i < texts.size(); ++i)
    AW_TRY(writeText(fs::path(out) / fmt::format("unit{:04}.ptx", i), *texts[i]));
  return {};
}

} // namespace

std::string_view verdictName(Verdict verdict) {
  switch (verdict) {
  case Verdict::Runs:
    return "runs";
  case Verdict::RunsInPart:
    return "runs in part";
  case Verdict::CannotRun:
    return "cannot run";
  case Verdict::NothingToDo:
    break;
  }
  return "nothing to do";
}

std::string demangled(const std::string& name) {
  int status = 0;
  // nvcc puts the unit's identity in front of a static function's mangled name.
  size_t unit = name.starts_with("__nv_static_") ? name.find("__Z") : std::string::npos;
  const char* mangled = name.c_str() + (unit == std::string::npos ? 0 : unit + 1);
  char* text = abi::__cxa_demangle(mangled, nullptr, nullptr, &status);
  std::string result = status == 0 && text ? text : name;
  std::free(text);
  return result;
}

int inspect(const InspectOptions& options) {
  auto file = MappedFile::open(options.file);
  if (!file)
    return fail(file.error().message);
  std::span<const std::byte> bytes = file->bytes();
  auto set = image::openFileBytes(bytes, file->owner());
  if (!set)
    return fail(fmt::format("{}: {}", options.file, set.error().message));
  InspectReport report;
  report.path = options.file;
  report.container = image::containerName(set->container());
  bool foreign = false;
  if (set->container() == image::Container::HostElf) {
    auto host = image::readHostFile(bytes);
    if (!host)
      return fail(fmt::format("{}: {}", options.file, host.error().message));
    foreign = kThisMachine != EM_NONE && host->machine != kThisMachine;
    addHost(*host, report);
  }
  for (const image::Image& image : set->images())
    report.images.push_back(rowOf(image));
  std::vector<ModuleImages> modules = modulesOf(*set);
  std::set<std::string> kernels;
  size_t kernelLimit = options.all ? SIZE_MAX : kCheckedKernels;
  for (const ModuleImages& module : modules) {
    if (module.hasAnyPtx() && kernelLimit > 0)
      addPtxProblems(*set, module, kernelLimit, report);
    bool hasKernels = false;
    for (const auto& unit : module.units)
      hasKernels |= addKernels(*set, unit, kernels, report.problems);
    // nvcc leaves a cubin without kernels in programs whose code needs no device linker.
    if (hasKernels || module.hasPtx()) {
      ++report.modules;
      report.modulesWithPtx += module.hasPtx();
    }
  }
  report.kernels.assign(kernels.begin(), kernels.end());
  if (!set->damage().empty())
    report.problems.insert(report.problems.begin(), set->damage());
  judge(*set, foreign, report);
  if (!options.ptx.empty()) {
    auto written = writePtx(*set, modules, options.ptx);
    if (!written)
      return fail(fmt::format("{}: {}", options.file, written.error().message));
    if (options.ptx == "-")
      return 0;
  }
  if (options.json)
    printJson(report);
  else
    printText(report, options.all);
  return 0;
}

} // namespace anywarp::cli
