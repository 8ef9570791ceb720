// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiled kernels on disk: DIR/xx/<30 hex digits>.so, ordinary shared objects with a checksum
// behind the ELF image. Facts about kernels that take long to find are kept the same way.
//
// Entries are written to a temporary name and renamed, so other processes see whole files or none;
// a damaged entry is a miss. Nothing here is an error for the caller: without a usable directory
// the cache is empty and keeps nothing, after one warning. Safe from any thread and any process.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
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

// Held by who makes an entry that others may want to make at the same time.
class CacheLock {
public:
  CacheLock() = default;
  CacheLock(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  CacheLock(CacheLock&& other) noexcept { *this = std::move(other); }
  CacheLock& operator=(CacheLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(path_, other.path_);
    return *this;
  }
  ~CacheLock();
  explicit operator bool() const { return descriptor_ >= 0; }

private:
  int descriptor_ = -1;
  std::string path_;
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
  // Waits until no other process holds this entry's lock, which ends with its holder; look again
  // then. Without a usable directory, or after `patience`, there is none: double work, no harm.
  CacheLock lock(const CacheKey& key, std::chrono::milliseconds patience);
  // Forgets an entry that turned out to be unusable.
  void drop(const CacheKey& key);

  const std::string& directory() const { return directory_; }
  uint64_t limit() const { return limit_; }
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
