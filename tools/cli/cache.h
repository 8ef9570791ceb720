// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What `anywarp info` and `anywarp cache` show of the cache of compiled kernels.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace anywarp::cli {

struct CacheReport {
  std::string folder;  // empty: there is none (no home, or turned off)
  std::string problem; // why it is not usable; empty: it is
  uint64_t entries = 0, bytes = 0, limit = 0;
};
CacheReport readCache();
nlohmann::ordered_json cacheJson(const CacheReport& cache);
void printCache(const CacheReport& cache);

} // namespace anywarp::cli
