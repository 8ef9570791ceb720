// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/memory_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 // Linux 5.14; older kernels refuse it
#endif

namespace anywarp {
namespace {

// The file cannot become shorter, or a process that has it mapped would fault.
constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

int protection(int access) {
  return access == 3 ? PROT_READ | PROT_WRITE : access == 1 ? PROT_READ : PROT_NONE;
}

} // namespace

MemoryFile::MemoryFile(int descriptor, uint64_t capacity, uint64_t identity)
    : descriptor_(descriptor), capacity_(capacity), identity_(identity) {
  free_[0] = capacity;
}

MemoryFile::~MemoryFile() {
  ::close(descriptor_);
}

Result<std::unique_ptr<MemoryFile>> MemoryFile::create(const char* name, uint64_t capacity) {
  int file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  struct stat info = {};
  if (file < 0 || ftruncate(file, off_t(capacity + kNoteBytes)) != 0 ||
      fcntl(file, F_ADD_SEALS, kSeals) != 0 || fstat(file, &info) != 0) {
    int why = errno;
    if (file >= 0)
      ::close(file);
    return makeError(Status::OperatingSystem,
                     fmt::format("a file in memory cannot be made: {}", strerror(why)));
  }
  return std::unique_ptr<MemoryFile>(new MemoryFile(file, capacity, uint64_t(info.st_ino)));
}

Result<std::unique_ptr<MemoryFile>> MemoryFile::open(int descriptor) {
  struct stat info = {};
  int file = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (file < 0)
    return makeError(Status::InvalidValue, fmt::format("{} is no file descriptor", descriptor));
  int seals = fcntl(file, F_GET_SEALS);
  if (seals < 0 || (seals & kSeals) != kSeals || fstat(file, &info) != 0 ||
      size_t(info.st_size) <= kNoteBytes) {
    ::close(file);
    return makeError(Status::InvalidValue,
                     fmt::format("file descriptor {} is not of exported memory", descriptor));
  }
  return std::unique_ptr<MemoryFile>(
      new MemoryFile(file, uint64_t(info.st_size) - kNoteBytes, uint64_t(info.st_ino)));
}

Result<int> MemoryFile::duplicate() const {
  int file = fcntl(descriptor_, F_DUPFD_CLOEXEC, 0);
  if (file < 0)
    return makeError(Status::OperatingSystem,
                     fmt::format("no file descriptor is left: {}", strerror(errno)));
  return file;
}

std::optional<uint64_t> MemoryFile::take(size_t bytes) {
  std::lock_guard lock(mutex_);
  auto it = std::find_if(free_.begin(), free_.end(),
                         [&](const auto& range) { return range.second >= bytes; });
  if (it == free_.end())
    return std::nullopt;
  auto [offset, length] = *it;
  free_.erase(it);
  if (length > bytes)
    free_[offset + bytes] = length - bytes;
  return offset;
}

void MemoryFile::give(uint64_t offset, size_t bytes) {
  fallocate(descriptor_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, off_t(offset), off_t(bytes));
  std::lock_guard lock(mutex_);
  uint64_t length = bytes;
  auto after = free_.lower_bound(offset);
  if (after != free_.end() && after->first == offset + length) {
    length += after->second;
    after = free_.erase(after);
  }
  if (after != free_.begin())
    if (auto before = std::prev(after); before->first + before->second == offset) {
      before->second += length;
      return;
    }
  free_[offset] = length;
}

bool MemoryFile::writeNote(const void* data, size_t bytes) {
  return pwrite(descriptor_, data, bytes, off_t(capacity_)) == ssize_t(bytes);
}

bool MemoryFile::readNote(void* data, size_t bytes) const {
  return pread(descriptor_, data, bytes, off_t(capacity_)) == ssize_t(bytes);
}

namespace pages {

size_t size() {
  static const size_t bytes = size_t(sysconf(_SC_PAGESIZE));
  return bytes;
}

Result<void*> reserve(size_t bytes, size_t alignment, void* hint) {
  constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  if (hint && uintptr_t(hint) % alignment == 0) {
    void* at = mmap(hint, bytes, PROT_NONE, kFlags | MAP_FIXED_NOREPLACE, -1, 0);
    if (at == hint)
      return at;
    if (at != MAP_FAILED) // a kernel that does not know the flag
      munmap(at, bytes);
  }
  size_t more = 0;
  void* at = __builtin_add_overflow(bytes, alignment, &more)
                 ? MAP_FAILED
                 : mmap(nullptr, more, PROT_NONE, kFlags, -1, 0);
  if (at == MAP_FAILED)
    return makeError(Status::OutOfMemory,
                     fmt::format("{} bytes of addresses cannot be reserved", bytes));
  uintptr_t begin = (uintptr_t(at) + alignment - 1) / alignment * alignment;
  if (size_t before = begin - uintptr_t(at))
    munmap(at, before);
  if (size_t after = uintptr_t(at) + more - (begin + bytes))
    munmap(reinterpret_cast<void*>(begin + bytes), after);
  return reinterpret_cast<void*>(begin);
}

void unreserve(void* address, size_t bytes) {
  munmap(address, bytes);
}

Result<void*> map(void* address, size_t bytes, int descriptor, uint64_t offset, int access) {
  void* at =
      mmap(address, bytes, protection(access),
           MAP_SHARED | MAP_NORESERVE | (address ? MAP_FIXED : 0), descriptor, off_t(offset));
  if (at == MAP_FAILED)
    return makeError(Status::OutOfMemory,
                     fmt::format("{} bytes cannot be mapped: {}", bytes, strerror(errno)));
  return at;
}

bool protect(void* address, size_t bytes, int access) {
  return mprotect(address, bytes, protection(access)) == 0;
}

void unmap(void* address, size_t bytes) {
  mmap(address, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}

namespace {

void advise(void* address, size_t bytes, int advice) {
  uintptr_t begin = (uintptr_t(address) + size() - 1) / size() * size();
  uintptr_t end = (uintptr_t(address) + bytes) / size() * size();
  if (begin < end)
    madvise(reinterpret_cast<void*>(begin), end - begin, advice);
}

} // namespace

void populate(void* address, size_t bytes) {
  advise(address, bytes, MADV_POPULATE_WRITE);
}

void discard(void* address, size_t bytes) {
  advise(address, bytes, MADV_DONTNEED);
}

} // namespace pages

} // namespace anywarp
