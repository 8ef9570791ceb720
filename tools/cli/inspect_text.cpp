// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Prints what inspect.cpp found, as text or as JSON.
#include "inspect.h"
#include "table.h"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <tuple>

using nlohmann::ordered_json;

namespace anywarp::cli {
namespace {

constexpr size_t kManyImages = 24, kManyKernels = 20, kManyProblems = 5;

void heading(const std::string& text) {
  std::puts(("\n" + styled(Style::Heading, text)).c_str());
}

void printImages(const std::vector<ImageRow>& images) {
  bool several =
      std::any_of(images.begin(), images.end(), [](const ImageRow& r) { return r.unit != 0; });
  Table table({{several ? "unit" : "", Table::Align::Right},
               {"kind"},
               {"arch"},
               {"PTX", Table::Align::Right},
               {"packed"},
               {"stored", Table::Align::Right},
               {"size", Table::Align::Right},
               {"link"},
               {"name", Table::Align::Left, true}});
  for (const ImageRow& r : images)
    table.row({several ? std::to_string(r.unit) : "", r.kind, r.arch, r.version, r.compression,
               humanSize(r.stored), humanSize(r.size), r.relocatable ? "rdc" : "", r.name});
  table.print();
}

// One row for each kind of image, where there are too many.
void printImageSums(const std::vector<ImageRow>& images) {
  struct Sum {
    uint64_t count = 0, stored = 0, size = 0;
  };
  std::map<std::tuple<std::string, std::string, std::string, std::string>, Sum> sums;
  for (const ImageRow& r : images) {
    Sum& sum = sums[{r.kind, r.arch, r.version, r.compression}];
    ++sum.count;
    sum.stored += r.stored;
    sum.size += r.size;
  }
  Table table({{"images", Table::Align::Right},
               {"kind"},
               {"arch"},
               {"PTX", Table::Align::Right},
               {"packed"},
               {"stored", Table::Align::Right},
               {"size", Table::Align::Right}});
  for (const auto& [key, sum] : sums) {
    const auto& [kind, arch, version, compression] = key;
    table.row({std::to_string(sum.count), kind, arch, version, compression, humanSize(sum.stored),
               humanSize(sum.size)});
  }
  table.print();
}

void printKernels(const std::vector<std::string>& kernels, bool all) {
  heading(fmt::format("Kernels ({})", kernels.size()));
  size_t width = terminalWidth();
  size_t shown = all ? kernels.size() : std::min(kernels.size(), kManyKernels);
  for (size_t i = 0; i < shown; ++i) {
    std::string name = demangled(kernels[i]);
    if (!all && name.size() + 2 > width)
      name = name.substr(0, width - 5) + "...";
    std::puts(("  " + name).c_str());
  }
  if (shown < kernels.size())
    std::puts(fmt::format("  ... and {} more (--all)", kernels.size() - shown).c_str());
}

void printImports(const std::vector<ImportRow>& imports, bool all) {
  heading(fmt::format("CUDA functions imported ({})", imports.size()));
  struct Sum {
    std::string soname;
    std::map<Coverage, std::vector<std::string>> functions;
  };
  std::map<std::string, Sum> libraries;
  for (const ImportRow& r : imports) {
    Sum& sum = libraries[r.library];
    if (!r.soname.empty())
      sum.soname = r.soname;
    sum.functions[r.coverage].push_back(r.function);
  }
  Table table({{"library"},
               {"functions", Table::Align::Right},
               {"full", Table::Align::Right},
               {"partial", Table::Align::Right},
               {"stub", Table::Align::Right},
               {"missing", Table::Align::Right}});
  for (auto& [library, sum] : libraries) {
    auto count = [&sum = sum](Coverage c) { return sum.functions[c].size(); };
    size_t total = 0;
    for (const auto& [coverage, names] : sum.functions)
      total += names.size();
    bool none = count(Coverage::NoLibrary) > 0;
    auto cell = [none](size_t n) { return none ? std::string("-") : std::to_string(n); };
    table.row({sum.soname.empty() ? library : sum.soname, std::to_string(total),
               cell(count(Coverage::Full)), cell(count(Coverage::Partial)),
               cell(count(Coverage::Stub)),
               none ? "no library" : std::to_string(count(Coverage::Missing))});
  }
  table.print();
  for (Coverage c : {Coverage::Missing, Coverage::Stub, Coverage::Partial, Coverage::Full}) {
    if (!all && (c == Coverage::Partial || c == Coverage::Full))
      continue;
    std::string names;
    for (auto& [library, sum] : libraries)
      for (const std::string& name : sum.functions[c])
        names += (names.empty() ? "" : ", ") + name;
    if (!names.empty())
      std::printf(
          "  %s:\n%s",
          styled(c == Coverage::Missing ? Style::Bad : Style::Plain, coverageName(c)).c_str(),
          wrapped(names, 4).c_str());
  }
}

Style styleOf(Verdict verdict) {
  switch (verdict) {
  case Verdict::Runs:
    return Style::Good;
  case Verdict::RunsInPart:
    return Style::Warning;
  case Verdict::CannotRun:
    return Style::Bad;
  case Verdict::NothingToDo:
    break;
  }
  return Style::Plain;
}

} // namespace

void printText(const InspectReport& report, bool all) {
  std::string title = styled(Style::Heading, report.path) + ": " +
                      (report.hostKind.empty() ? report.container : report.hostKind);
  if (report.staticCudart)
    title += ", static cudart";
  if (!report.cudaLibraries.empty())
    title += fmt::format(", needs {}", fmt::join(report.cudaLibraries, " "));
  std::puts(title.c_str());
  if (!report.images.empty()) {
    heading(
        fmt::format("Images ({} in {})", report.images.size(), counted(report.modules, "module")));
    if (all || report.images.size() <= kManyImages)
      printImages(report.images);
    else
      printImageSums(report.images);
  }
  if (!report.kernels.empty())
    printKernels(report.kernels, all);
  if (!report.imports.empty())
    printImports(report.imports, all);
  if (!report.problems.empty()) {
    heading("Problems");
    for (size_t i = 0; i < report.problems.size() && (all || i < kManyProblems); ++i)
      std::fputs(styled(Style::Warning, wrapped(report.problems[i], 2)).c_str(), stdout);
    if (!all && report.problems.size() > kManyProblems)
      std::puts(
          fmt::format("  ... and {} more (--all)", report.problems.size() - kManyProblems).c_str());
  }
  std::puts(("\n" + styled(styleOf(report.verdict), report.verdictLine)).c_str());
}

void printJson(const InspectReport& report) {
  ordered_json out = {{"file", report.path}, {"container", report.container}};
  if (!report.hostKind.empty()) {
    out["host"] = {{"type", report.hostKind},
                   {"static_cudart", report.staticCudart},
                   {"cuda_libraries", report.cudaLibraries}};
  }
  out["modules"] = report.modules;
  out["modules_with_ptx"] = report.modulesWithPtx;
  out["images"] = ordered_json::array();
  for (const ImageRow& r : report.images)
    out["images"].push_back({{"unit", r.unit},
                             {"kind", r.kind},
                             {"arch", r.arch},
                             {"ptx_version", r.version},
                             {"compression", r.compression},
                             {"stored", r.stored},
                             {"size", r.size},
                             {"relocatable", r.relocatable},
                             {"name", r.name}});
  out["kernels"] = ordered_json::array();
  for (const std::string& k : report.kernels)
    out["kernels"].push_back({{"name", k}, {"demangled", demangled(k)}});
  out["imports"] = ordered_json::array();
  for (const ImportRow& r : report.imports)
    out["imports"].push_back({{"function", r.function},
                              {"library", r.library},
                              {"soname", r.soname},
                              {"coverage", coverageName(r.coverage)}});
  out["problems"] = report.problems;
  out["verdict"] = {{"result", verdictName(report.verdict)}, {"text", report.verdictLine}};
  std::puts(out.dump(2, ' ', false, ordered_json::error_handler_t::replace).c_str());
}

} // namespace anywarp::cli
