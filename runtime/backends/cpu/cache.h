// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiled kernels on disk: DIR/xx/<30 hex digits>.so, ordinary shared objects with a checksum
// behind the ELF image. Facts about kernels that take long to find are kept the same way.
//
// Entries are written to a temporary name and renamed, so other processes see whole files or none;
// a damaged entry is a miss. Nothing here is an error for the caller: without a usable directory
// the cache is empty and keeps nothing, after one warning. Safe from any thread and any process.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace anywarp::cpu {

struct CacheKey {
  uint64_t high = 0, low = 0;
};

// Collects what decides how a kernel's code looks. Every part is told apart from its neighbours.
class CacheKeyBuilder {
public:
  CacheKeyBuilder& add(std::string_view part);
  CacheKeyBuilder& add(uint64_t number);
  CacheKey build() const;

private:
  std::string text_;
};

struct CacheInfo {
  std::string directory; // empty: none usable
  uint64_t entries = 0, bytes = 0, limit = 0;
};

class Cache {
public:
  // Creates the directory when first needed. limitBytes 0 or an empty directory: no cache.
  Cache(std::string directory, uint64_t limitBytes);

  // The path of a whole, checked entry; empty: a miss.
  std::string find(const CacheKey& key);
  // The same, its bytes without the checksum; empty: a miss.
  std::vector<char> read(const CacheKey& key);
  // Keeps `library` under this key. Returns its path; empty when it could not be kept.
  std::string store(const CacheKey& key, const std::vector<char>& library);
  // Forgets an entry that turned out to be unusable.
  void drop(const CacheKey& key);

  CacheInfo info() const;
  // Deletes all entries, of all versions; returns how many.
  uint64_t clear();

private:
  std::string pathOf(const CacheKey& key) const;
  std::string cannotKeep(const char* what, const std::string& path);
  void evict();

  const std::string directory_;
  const uint64_t limit_;
  std::mutex mutex_; // guards the two below
  uint64_t storedSinceScan_ = 0;
  bool warned_ = false, scanned_ = false;
};

} // namespace anywarp::cpu
