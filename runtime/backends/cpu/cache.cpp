// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cache.h"

#include "support/log.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

namespace anywarp::cpu {
namespace {

// Behind the ELF image; dlopen does not look there.
struct Trailer {
  char magic[8];
  uint64_t size; // of the image
  uint64_t hashHigh, hashLow;
};
constexpr char kMagic[8] = {'A', 'W', 'K', 'E', 'R', 'N', '0', '1'};

Trailer makeTrailer(const void* image, uint64_t size) {
  Trailer trailer = {};
  memcpy(trailer.magic, kMagic, sizeof kMagic);
  XXH128_hash_t hash = XXH3_128bits(image, size);
  trailer.size = size;
  trailer.hashHigh = hash.high64;
  trailer.hashLow = hash.low64;
  return trailer;
}

bool isDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool isEntryName(std::string_view name) {
  return name.size() == 33 && name.ends_with(".so") && isDigits(name.substr(0, 30));
}
bool isTemporaryName(std::string_view name) {
  return name.starts_with(".tmp-");
}

bool makeDirectories(const std::string& path) {
  for (size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    std::string part = path.substr(0, slash);
    if (mkdir(part.c_str(), 0700) != 0 && errno != EEXIST)
      return false;
    if (slash == std::string::npos)
      return true;
  }
}

bool writeAll(int fd, const void* data, size_t bytes) {
  const char* p = static_cast<const char*>(data);
  while (bytes) {
    ssize_t n = write(fd, p, bytes);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return false;
    p += n;
    bytes -= size_t(n);
  }
  return true;
}

// Reads rather than maps: a file that another process truncates would fault.
bool isWhole(int fd, size_t size) {
  if (size < sizeof(Trailer))
    return false;
  std::vector<char> bytes(size);
  size_t done = 0;
  while (done < size) {
    ssize_t n = pread(fd, bytes.data() + done, size - done, off_t(done));
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return false;
    done += size_t(n);
  }
  Trailer found, expected = makeTrailer(bytes.data(), size - sizeof(Trailer));
  memcpy(&found, bytes.data() + size - sizeof(Trailer), sizeof found);
  return memcmp(&found, &expected, sizeof found) == 0;
}

// Calls fn(path, name, stat) for each file of the cache, temporary ones included.
template <typename Fn> void forEachFile(const std::string& directory, Fn fn) {
  DIR* top = opendir(directory.c_str());
  if (!top)
    return;
  while (dirent* folder = readdir(top)) {
    if (strlen(folder->d_name) != 2 || !isDigits(folder->d_name))
      continue;
    std::string path = directory + "/" + folder->d_name;
    DIR* inner = opendir(path.c_str());
    if (!inner)
      continue;
    while (dirent* file = readdir(inner)) {
      struct stat info;
      std::string full = path + "/" + file->d_name;
      if ((isEntryName(file->d_name) || isTemporaryName(file->d_name)) &&
          lstat(full.c_str(), &info) == 0 && S_ISREG(info.st_mode))
        fn(full, std::string_view(file->d_name), info);
    }
    closedir(inner);
  }
  closedir(top);
}

} // namespace

CacheKeyBuilder& CacheKeyBuilder::add(std::string_view part) {
  add(uint64_t(part.size()));
  text_ += part;
  return *this;
}

CacheKeyBuilder& CacheKeyBuilder::add(uint64_t number) {
  text_.append(reinterpret_cast<const char*>(&number), sizeof number);
  return *this;
}

CacheKey CacheKeyBuilder::build() const {
  XXH128_hash_t hash = XXH3_128bits(text_.data(), text_.size());
  return {hash.high64, hash.low64};
}

Cache::Cache(std::string directory, uint64_t limitBytes)
    : directory_(std::move(directory)), limit_(limitBytes) {}

std::string Cache::pathOf(const CacheKey& key) const {
  std::string hex = fmt::format("{:016x}{:016x}", key.high, key.low);
  return directory_ + "/" + hex.substr(0, 2) + "/" + hex.substr(2) + ".so";
}

std::string Cache::find(const CacheKey& key) {
  if (directory_.empty() || !limit_)
    return {};
  std::string path = pathOf(key);
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return {};
  struct stat info;
  bool whole = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && isWhole(fd, size_t(info.st_size));
  close(fd);
  if (!whole) {
    log::info("cache entry {} is damaged; compiling again", path);
    unlink(path.c_str());
    return {};
  }
  // Used entries stay: eviction goes by this time. Once an hour is enough.
  if (time(nullptr) - info.st_mtime > 3600)
    utimensat(AT_FDCWD, path.c_str(), nullptr, 0);
  return path;
}

std::vector<char> Cache::read(const CacheKey& key) {
  std::string path = find(key);
  int fd = path.empty() ? -1 : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return {};
  struct stat info = {};
  std::vector<char> bytes;
  if (fstat(fd, &info) == 0 && size_t(info.st_size) > sizeof(Trailer))
    bytes.resize(size_t(info.st_size) - sizeof(Trailer));
  if (pread(fd, bytes.data(), bytes.size(), 0) != ssize_t(bytes.size()))
    bytes.clear();
  close(fd);
  return bytes;
}

std::string Cache::cannotKeep(const char* what, const std::string& path) {
  std::string why = strerror(errno);
  std::lock_guard lock(mutex_);
  if (!warned_)
    log::warn(
        "the kernel cache cannot keep anything: {} {}: {}; kernels are compiled in every process "
        "(ANYWARP_CACHE_DIR names another directory)",
        what, path, why);
  warned_ = true;
  return {};
}

std::string Cache::store(const CacheKey& key, const std::vector<char>& library) {
  if (!limit_)
    return {};
  if (directory_.empty()) {
    errno = ENOENT;
    return cannotKeep("no home directory", "");
  }
  std::string path = pathOf(key), folder = path.substr(0, path.rfind('/'));
  if (!makeDirectories(folder))
    return cannotKeep("mkdir", folder);
  static std::atomic<uint64_t> counter{0};
  std::string temporary = fmt::format("{}/.tmp-{}-{}", folder, getpid(), counter++);
  int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return cannotKeep("cannot create", temporary);
  Trailer trailer = makeTrailer(library.data(), library.size());
  bool written =
      writeAll(fd, library.data(), library.size()) && writeAll(fd, &trailer, sizeof trailer);
  if (close(fd) != 0)
    written = false;
  if (!written || rename(temporary.c_str(), path.c_str()) != 0) {
    std::string result = cannotKeep("cannot write", path);
    unlink(temporary.c_str());
    return result;
  }
  {
    std::lock_guard lock(mutex_);
    storedSinceScan_ += library.size();
    // The first store of a process looks once; then whenever a good part of the limit is new.
    if (scanned_ && storedSinceScan_ < limit_ / 16)
      return path;
    scanned_ = true;
    storedSinceScan_ = 0;
  }
  evict();
  return path;
}

CacheLock Cache::lock(const CacheKey& key, std::chrono::milliseconds patience) {
  if (directory_.empty() || !limit_)
    return {};
  std::string entry = pathOf(key), folder = entry.substr(0, entry.rfind('/'));
  mkdir(folder.c_str(), 0700);
  // A temporary name: what a killed process left is cleared away like other such files.
  std::string path = folder + "/.tmp-lock-" + entry.substr(folder.size() + 1);
  int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return {};
  auto end = std::chrono::steady_clock::now() + patience;
  while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (std::chrono::steady_clock::now() >= end) {
      close(fd);
      return {};
    }
    usleep(10'000);
  }
  return CacheLock(fd, path);
}

// Who opened the file before it is unlinked locks what nobody sees any more, next to the holder of
// a new one; by then the entry is there.
CacheLock::~CacheLock() {
  if (descriptor_ < 0)
    return;
  unlink(path_.c_str());
  close(descriptor_);
}

void Cache::drop(const CacheKey& key) {
  if (!directory_.empty())
    unlink(pathOf(key).c_str());
}

// Oldest first, down to 4/5, so that it does not happen for every entry.
void Cache::evict() {
  struct File {
    std::string path;
    time_t used;
    uint64_t bytes;
  };
  std::vector<File> files;
  uint64_t total = 0;
  time_t now = time(nullptr);
  forEachFile(directory_,
              [&](const std::string& path, std::string_view name, const struct stat& info) {
                if (isTemporaryName(name)) { // of a process that died while writing
                  if (now - info.st_mtime > 3600)
                    unlink(path.c_str());
                  return;
                }
                files.push_back({path, info.st_mtime, uint64_t(info.st_size)});
                total += uint64_t(info.st_size);
              });
  if (total <= limit_)
    return;
  std::sort(files.begin(), files.end(),
            [](const File& a, const File& b) { return a.used < b.used; });
  for (const File& file : files) {
    if (total <= limit_ / 5 * 4)
      break;
    if (unlink(file.path.c_str()) == 0)
      total -= file.bytes;
  }
}

CacheInfo Cache::info() const {
  CacheInfo result;
  result.directory = directory_;
  result.limit = limit_;
  forEachFile(directory_, [&](const std::string&, std::string_view name, const struct stat& info) {
    if (isTemporaryName(name))
      return;
    result.entries++;
    result.bytes += uint64_t(info.st_size);
  });
  return result;
}

uint64_t Cache::clear() {
  uint64_t count = 0;
  forEachFile(directory_, [&](const std::string& path, std::string_view name, const struct stat&) {
    if (unlink(path.c_str()) == 0 && !isTemporaryName(name))
      count++;
  });
  return count;
}

} // namespace anywarp::cpu
