// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `anywarp cache info` and `anywarp cache clear`.
#include "cache.h"

#include "commands.h"
#include "paths.h"
#include "support/options.h"
#include "table.h"

#ifdef ANYWARP_HAVE_CACHE
#include "backends/cpu/cache.h"
#endif

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace anywarp::cli {
namespace {

std::string problemOf(const std::string& folder, uint64_t limit) {
  if (folder.empty())
    return "there is no home directory: set ANYWARP_CACHE_DIR";
  if (limit == 0)
    return "turned off (ANYWARP_CACHE_SIZE=0)";
  std::error_code error;
  if (!std::filesystem::exists(folder, error))
    return error ? error.message() : ""; // made when first needed
  if (!std::filesystem::is_directory(folder, error))
    return "it is not a folder";
  if (access(folder.c_str(), W_OK | X_OK) != 0)
    return fmt::format("cannot write there: {}", std::strerror(errno));
  return "";
}

} // namespace

CacheReport readCache() {
  CacheReport report;
  report.folder = cacheDirectory();
  report.limit = options().cacheSize;
  report.problem = problemOf(report.folder, report.limit);
#ifdef ANYWARP_HAVE_CACHE
  if (!report.folder.empty()) {
    cpu::CacheInfo info = cpu::Cache(report.folder, report.limit).info();
    report.entries = info.entries;
    report.bytes = info.bytes;
  }
#endif
  return report;
}

nlohmann::ordered_json cacheJson(const CacheReport& cache) {
  nlohmann::ordered_json out = {{"folder", cache.folder},
                                {"entries", cache.entries},
                                {"bytes", cache.bytes},
                                {"limit", cache.limit}};
  if (!cache.problem.empty())
    out["problem"] = cache.problem;
  return out;
}

void printCache(const CacheReport& cache) {
  std::puts(fmt::format("  folder   {}", cache.folder.empty() ? "none" : cache.folder).c_str());
  std::puts(fmt::format("  entries  {}", cache.entries).c_str());
  std::puts(
      fmt::format("  size     {} of {}", humanSize(cache.bytes), humanSize(cache.limit)).c_str());
  if (!cache.problem.empty())
    std::puts(("  " + styled(Style::Warning, "not used: " + cache.problem)).c_str());
}

int cacheInfo(bool json) {
  CacheReport cache = readCache();
  if (json)
    std::puts(cacheJson(cache)
                  .dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
                  .c_str());
  else
    printCache(cache);
  return 0;
}

int cacheClear() {
  std::string folder = cacheDirectory();
  if (folder.empty())
    return fail("there is no cache: no home directory, and ANYWARP_CACHE_DIR is not set");
#ifdef ANYWARP_HAVE_CACHE
  cpu::Cache cache(folder, options().cacheSize);
  uint64_t deleted = cache.clear();
  uint64_t left = cache.info().entries;
  std::puts(fmt::format("deleted {} from {}",
                        deleted == 1 ? "1 entry" : fmt::format("{} entries", deleted), folder)
                .c_str());
  if (left)
    return fail(
        fmt::format("{} entries in {} could not be deleted: check its permissions", left, folder));
  return 0;
#else
  return fail("this build has no cpu backend and so no cache");
#endif
}

} // namespace anywarp::cli
