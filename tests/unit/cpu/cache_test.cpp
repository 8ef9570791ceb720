// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The disk cache: damage, other processes, directories that cannot be used, eviction.
#include "backends/cpu/cache.h"

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace anywarp::cpu {
namespace {

namespace fs = std::filesystem;

class CacheTest : public ::testing::Test {
protected:
  CacheTest() {
    char path[] = "/tmp/anywarp-cache-test-XXXXXX";
    root_ = mkdtemp(path);
  }
  ~CacheTest() override {
    fs::permissions(root_, fs::perms(0755));
    fs::remove_all(root_);
  }
  std::string dir() const { return root_ + "/a/b"; }
  static CacheKey key(int i) { return CacheKeyBuilder().add(uint64_t(i)).build(); }
  static std::vector<char> code(int i, size_t size = 5000) {
    std::vector<char> bytes(size);
    for (size_t k = 0; k < size; k++)
      bytes[k] = char(size_t(i) * 31 + k);
    return bytes;
  }
  // What stands before the trailer.
  static std::vector<char> read(const std::string& path, size_t size = 5000) {
    std::ifstream file(path, std::ios::binary);
    std::vector<char> bytes(size);
    file.read(bytes.data(), std::streamsize(size));
    return bytes;
  }
  std::string root_;
};

TEST_F(CacheTest, keeps_what_is_stored) {
  Cache cache(dir(), 1 << 30);
  EXPECT_EQ(cache.find(key(1)), "");
  std::string path = cache.store(key(1), code(1));
  ASSERT_NE(path, "");
  EXPECT_EQ(cache.find(key(1)), path);
  EXPECT_EQ(read(path), code(1));
  EXPECT_EQ(cache.read(key(1)), code(1));
  EXPECT_EQ(cache.read(key(2)), std::vector<char>());
  EXPECT_EQ(cache.find(key(2)), "");
  EXPECT_EQ(Cache(dir(), 1 << 30).find(key(1)), path);
  EXPECT_EQ(cache.info().entries, 1u);
  EXPECT_GE(cache.info().bytes, 5000u);
  EXPECT_EQ(cache.clear(), 1u);
  EXPECT_EQ(cache.find(key(1)), "");
}

TEST_F(CacheTest, keys_tell_their_parts_apart) {
  auto a = CacheKeyBuilder().add("ab").add("c").build(),
       b = CacheKeyBuilder().add("a").add("bc").build();
  EXPECT_FALSE(a.high == b.high && a.low == b.low);
}

TEST_F(CacheTest, damage_is_a_miss_and_is_repaired) {
  Cache cache(dir(), 1 << 30);
  std::string path = cache.store(key(1), code(1));
  auto whole = fs::file_size(path);
  for (uintmax_t size : {uintmax_t(0), uintmax_t(10), whole / 2, whole - 1}) {
    fs::resize_file(path, size);
    EXPECT_EQ(cache.find(key(1)), "") << size;
    ASSERT_EQ(cache.store(key(1), code(1)), path);
    EXPECT_EQ(cache.find(key(1)), path);
  }
  for (uintmax_t at : {uintmax_t(0), whole / 2, whole - 1}) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(std::streamoff(at));
    char c = char(file.get());
    file.seekp(std::streamoff(at));
    file.put(char(c ^ 1));
    file.close();
    EXPECT_EQ(cache.find(key(1)), "") << at;
    ASSERT_EQ(cache.store(key(1), code(1)), path);
  }
  fs::remove(path);
  fs::create_directory(path); // not even a file
  EXPECT_EQ(cache.find(key(1)), "");
  EXPECT_EQ(cache.store(key(1), code(1)), "");
}

TEST_F(CacheTest, unusable_directories_keep_nothing) {
  EXPECT_EQ(Cache("", 1 << 30).store(key(1), code(1)), "");
  EXPECT_EQ(Cache("", 1 << 30).find(key(1)), "");
  EXPECT_EQ(Cache("/proc/nowhere", 1 << 30).store(key(1), code(1)), "");
  EXPECT_EQ(Cache(dir(), 0).store(key(1), code(1)), "");
  std::ofstream(root_ + "/file") << "x";
  EXPECT_EQ(Cache(root_ + "/file", 1 << 30).store(key(1), code(1)), "");
  EXPECT_EQ(Cache("/dev/full/x", 1 << 30).store(key(1), code(1)), "");
  EXPECT_EQ(Cache("/nowhere", 1 << 30).info().entries, 0u);
  EXPECT_EQ(Cache("/nowhere", 1 << 30).clear(), 0u);
}

TEST_F(CacheTest, read_only_directories_still_serve) {
  Cache cache(dir(), 1 << 30);
  std::string path = cache.store(key(1), code(1));
  fs::permissions(path, fs::perms(0444));
  for (auto& entry : fs::recursive_directory_iterator(root_))
    if (entry.is_directory())
      fs::permissions(entry, fs::perms(0555));
  fs::permissions(root_, fs::perms(0555));
  // Root may write anywhere, so it becomes nobody first.
  pid_t child = fork();
  if (child == 0) {
    if (getuid() == 0 && setuid(65534) != 0)
      _exit(2);
    _exit(cache.find(key(1)) == path && cache.store(key(2), code(2)).empty() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  for (auto& entry : fs::recursive_directory_iterator(root_))
    if (entry.is_directory())
      fs::permissions(entry, fs::perms(0755));
}

TEST_F(CacheTest, the_oldest_entries_go) {
  Cache cache(dir(), 100'000);
  for (int i = 0; i < 15; i++) { // 15 * 5032 bytes: fits
    std::string path = cache.store(key(i), code(i));
    timespec times[2] = {{1'000'000 + i, 0}, {1'000'000 + i, 0}};
    utimensat(AT_FDCWD, path.c_str(), times, 0);
  }
  EXPECT_EQ(cache.info().entries, 15u);
  // Being used makes an entry young.
  EXPECT_NE(cache.find(key(0)), "");
  for (int i = 15; i < 30; i++)
    cache.store(key(i), code(i));
  Cache(dir(), 100'000).store(key(30), code(30)); // a new process looks at once
  EXPECT_LE(cache.info().bytes, 100'000u);
  EXPECT_GT(cache.info().entries, 5u);
  EXPECT_NE(cache.find(key(0)), "");
  EXPECT_EQ(cache.find(key(1)), "");
  EXPECT_NE(cache.find(key(30)), "");
}

TEST_F(CacheTest, processes_share_it) {
  constexpr int kProcesses = 4, kKeys = 10;
  for (int p = 0; p < kProcesses; p++)
    if (fork() == 0) {
      Cache cache(dir(), 1 << 30);
      bool ok = true;
      for (int round = 0; round < 20; round++)
        for (int i = 0; i < kKeys; i++) {
          if (std::string path = cache.find(key(i)); !path.empty())
            ok = ok && read(path) == code(i);
          ok = ok && !cache.store(key(i), code(i)).empty();
        }
      _exit(ok ? 0 : 1);
    }
  for (int p = 0; p < kProcesses; p++) {
    int status = 0;
    wait(&status);
    EXPECT_EQ(status, 0);
  }
  Cache cache(dir(), 1 << 30);
  EXPECT_EQ(cache.info().entries, uint64_t(kKeys));
  size_t files = 0; // no temporary file stays
  for (auto& entry : fs::recursive_directory_iterator(dir()))
    files += entry.is_regular_file();
  EXPECT_EQ(files, size_t(kKeys));
}

} // namespace
} // namespace anywarp::cpu
