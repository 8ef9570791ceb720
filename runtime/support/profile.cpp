// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/profile.h"

#include "support/log.h"
#include "support/timeline_internal.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <map>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace anywarp::timeline {
namespace {

constexpr char kMagic[8] = {'A', 'W', 'P', 'R', 'O', 'F', '0', '1'};
constexpr uint32_t kRows = 8192;
constexpr uint32_t kText = 4 << 20; // bytes of names

struct Row {
  uint32_t kind;
  uint32_t name; // where in `text`
  uint64_t count, total, least, most, bytes;
};

} // namespace

// Sparse: only what is used takes memory.
struct ProfileTable::File {
  char magic[8];
  uint32_t rows, textUsed;
  Row row[kRows];
  char text[kText];
};

struct ProfileReader {
  using File = ProfileTable::File;
};

bool ProfileTable::open(const std::string& folder) {
  std::string path = folder + "/" + std::to_string(getpid());
  int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  void* memory = MAP_FAILED;
  if (fd >= 0 && ftruncate(fd, sizeof(File)) == 0)
    memory = mmap(nullptr, sizeof(File), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  int why = errno;
  if (fd >= 0)
    close(fd);
  if (memory == MAP_FAILED) {
    log::error("ANYWARP_PROFILE_DIR: {} cannot be made: {}", path, strerror(why));
    return false;
  }
  file_ = static_cast<File*>(memory);
  memcpy(file_->magic, kMagic, sizeof kMagic);
  folder_ = folder;
  return true;
}

// In the child of a fork, which has one thread and may allocate.
void ProfileTable::forked() {
  if (!file_)
    return;
  munmap(file_, sizeof(File));
  file_ = nullptr;
  std::fill(std::begin(known_), std::end(known_), Known{});
  open(std::string(folder_));
}

void ProfileTable::event(const Event& e) {
  size_t at = size_t((uintptr_t(e.name) >> 3) * 0x9e3779b97f4a7c15u >> 40) + size_t(e.kind);
  Known* known = nullptr;
  for (size_t i = 0; i < 64 && !known; ++i) {
    Known& k = known_[(at + i) % kKnown];
    if (!k.name || (k.name == e.name && k.kind == e.kind))
      known = &k;
  }
  if (known && !known->name) {
    uint32_t bytes = uint32_t(std::min<size_t>(strlen(e.name), 4000)) + 1;
    if (file_->rows == kRows || file_->textUsed + bytes > kText)
      return; // more names than any program has; their times are missing in the table
    Row& row = file_->row[file_->rows];
    row = {uint32_t(e.kind), file_->textUsed, 0, 0, UINT64_MAX, 0, 0};
    memcpy(file_->text + file_->textUsed, e.name, bytes - 1); // the rest of the file is 0
    file_->textUsed += bytes;
    *known = {e.name, file_->rows++, e.kind};
  }
  if (!known)
    return;
  Row& row = file_->row[known->row];
  ++row.count;
  row.total += e.nanos;
  row.least = std::min(row.least, e.nanos);
  row.most = std::max(row.most, e.nanos);
  row.bytes += e.bytes;
}

std::vector<ProfileRow> readProfile(const std::string& folder) {
  using File = ProfileReader::File;
  std::map<std::pair<uint32_t, std::string>, ProfileRow> all;
  DIR* directory = opendir(folder.c_str());
  if (!directory)
    return {};
  while (dirent* entry = readdir(directory)) {
    int fd = ::open((folder + "/" + entry->d_name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat info = {};
    void* memory = MAP_FAILED;
    if (fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size == sizeof(File))
      memory = mmap(nullptr, sizeof(File), PROT_READ, MAP_PRIVATE, fd, 0);
    if (fd >= 0)
      close(fd);
    if (memory == MAP_FAILED)
      continue;
    const File& file = *static_cast<const File*>(memory);
    bool good = !memcmp(file.magic, kMagic, sizeof kMagic);
    for (uint32_t i = 0; good && i < std::min(file.rows, kRows); ++i) {
      const Row& row = file.row[i];
      if (row.name >= kText || row.kind >= kKinds || row.count == 0)
        continue;
      std::string name(file.text + row.name, strnlen(file.text + row.name, kText - row.name));
      ProfileRow& sum = all[{row.kind, name}];
      sum.least = sum.count ? std::min(sum.least, row.least) : row.least;
      sum.most = std::max(sum.most, row.most);
      sum.kind = Kind(row.kind);
      sum.name = name;
      sum.count += row.count;
      sum.total += row.total;
      sum.bytes += row.bytes;
    }
    munmap(memory, sizeof(File));
  }
  closedir(directory);
  std::vector<ProfileRow> rows;
  for (auto& [key, row] : all)
    rows.push_back(std::move(row));
  return rows;
}

} // namespace anywarp::timeline
