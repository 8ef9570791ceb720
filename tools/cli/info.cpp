// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `anywarp info`: devices, libraries, cache, settings.
#include "cache.h"
#include "commands.h"
#include "driver.h"
#include "paths.h"
#include "support/options.h"
#include "table.h"

#include <algorithm>
#include <cstdio>
#include <dlfcn.h>
#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace fs = std::filesystem;
using nlohmann::ordered_json;

namespace anywarp::cli {
namespace {

struct LibraryFile {
  std::string name, target; // as programs ask for it, the file behind it
  std::string version;      // the CUDA version it reports, or ours; empty: it cannot be asked
  uint64_t size = 0;
};

// These functions are specified to work without a device.
std::string versionOf(const fs::path& library) {
  std::string name = library.filename();
  if (name.starts_with("libanywarp"))
    return ANYWARP_VERSION;
  const char* function = name.starts_with("libcudart.")     ? "cudaRuntimeGetVersion"
                         : name.starts_with("libcuda.")     ? "cuDriverGetVersion"
                         : name.starts_with("libnvidia-ml") ? "nvmlSystemGetCudaDriverVersion"
                                                            : nullptr;
  void* handle = function ? dlopen(library.c_str(), RTLD_LAZY | RTLD_LOCAL) : nullptr;
  if (!handle)
    return "";
  auto ask = reinterpret_cast<int (*)(int*)>(dlsym(handle, function));
  int version = 0;
  return ask && ask(&version) == 0 ? "CUDA " + cudaVersion(version) : "";
}

// The drop-in libraries and our own, without the versionless development links.
std::vector<LibraryFile> ourLibraries(const std::string& folder) {
  std::vector<LibraryFile> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    std::string name = entry.path().filename();
    bool dropIn = name.find(".so.") != std::string::npos;
    bool own = name.starts_with("libanywarp") && name.ends_with(".so");
    if (!name.starts_with("lib") || (!dropIn && !own))
      continue;
    std::error_code ignored;
    fs::path target = fs::canonical(entry.path(), ignored);
    found.push_back({name, target.filename(), versionOf(entry.path()),
                     ignored ? 0 : fs::file_size(target, ignored)});
  }
  std::sort(found.begin(), found.end(),
            [](const LibraryFile& a, const LibraryFile& b) { return a.name < b.name; });
  return found;
}

void printJson(const std::string& folder, const Result<DriverReport>& driver) {
  ordered_json out;
  out["version"] = ANYWARP_VERSION;
  out["library_folder"] = folder;
  if (driver) {
    out["cuda_version"] = cudaVersion(driver->version);
    out["devices"] = ordered_json::array();
    for (const DeviceReport& d : driver->devices)
      out["devices"].push_back(
          {{"ordinal", d.ordinal},
           {"name", d.name},
           {"uuid", d.uuid},
           {"compute_capability", fmt::format("{}.{}", d.computeMajor, d.computeMinor)},
           {"memory", d.totalMemory},
           {"multiprocessors", d.multiprocessors},
           {"clock_khz", d.clockKHz}});
  } else {
    out["error"] = driver.error().message;
  }
  out["libraries"] = ordered_json::array();
  for (const LibraryFile& l : ourLibraries(folder))
    out["libraries"].push_back({{"name", l.name},
                                {"path", folder + "/" + l.target},
                                {"version", l.version},
                                {"size", l.size}});
  out["cache"] = cacheJson(readCache());
  out["options"] = ordered_json::object();
  for (const OptionInfo& o : listOptions())
    out["options"][o.name] = {{"value", o.text}, {"default", o.defaultText}};
  std::puts(out.dump(2, ' ', false, ordered_json::error_handler_t::replace).c_str());
}

void printText(const std::string& folder, const Result<DriverReport>& driver) {
  auto heading = [](std::string_view text) { std::puts(styled(Style::Heading, text).c_str()); };
  heading(fmt::format("Anywarp {}{}", ANYWARP_VERSION,
                      driver ? ", CUDA " + cudaVersion(driver->version) : ""));
  heading("\nDevices");
  if (!driver) {
    std::puts(("  " + styled(Style::Bad, "none: " + driver.error().message)).c_str());
  } else {
    Table table({{"", Table::Align::Right},
                 {"name", Table::Align::Left, true},
                 {"compute", Table::Align::Right},
                 {"memory", Table::Align::Right},
                 {"SMs", Table::Align::Right},
                 {"MHz", Table::Align::Right}});
    for (const DeviceReport& d : driver->devices)
      table.row({std::to_string(d.ordinal), d.name,
                 fmt::format("{}.{}", d.computeMajor, d.computeMinor), humanSize(d.totalMemory),
                 std::to_string(d.multiprocessors), std::to_string(d.clockKHz / 1000)});
    table.print();
  }
  heading("\nLibraries in " + folder);
  std::vector<LibraryFile> libraries = ourLibraries(folder);
  if (libraries.empty())
    std::puts(("  " + styled(Style::Bad, "none: build or install Anywarp completely")).c_str());
  Table files({{"name"}, {"version"}, {"size", Table::Align::Right}, {"file"}});
  for (const LibraryFile& l : libraries)
    files.row({l.name, l.version, humanSize(l.size), l.target == l.name ? "" : l.target});
  if (!files.empty())
    files.print();
  heading("\nCache of compiled kernels");
  printCache(readCache());
  heading("\nSettings in the environment");
  Table settings({{"name"}, {"value", Table::Align::Left, true}, {"default"}});
  for (const OptionInfo& o : listOptions())
    if (!o.text.empty())
      settings.row({o.name, o.text, o.defaultText});
  if (settings.empty())
    std::puts("  none: all defaults (docs/environment.md lists them)");
  else
    settings.print();
}

} // namespace

int info(const InfoOptions& options) {
  std::string folder = libraryFolder();
  Result<DriverReport> driver = askDriver();
  if (options.json)
    printJson(folder, driver);
  else
    printText(folder, driver);
  return driver ? 0 : 1;
}

} // namespace anywarp::cli
