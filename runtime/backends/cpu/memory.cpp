// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "memory.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <fmt/core.h>
#include <sys/mman.h>
#include <unistd.h>

namespace anywarp::cpu {
namespace {

constexpr size_t kAlign = 512;
constexpr size_t kChunk = size_t(2) << 20;
constexpr size_t kSmallMax = size_t(256) << 10;
constexpr size_t kPage = 4096;
constexpr size_t kGap = 64 << 10; // unmapped, behind each large block

size_t roundUp(size_t value, size_t to) {
  return (value + to - 1) / to * to;
}

uint64_t readNumber(const char* path) {
  FILE* file = fopen(path, "re");
  if (!file)
    return 0;
  unsigned long long value = 0;
  if (fscanf(file, "%llu", &value) != 1) // "max": no limit
    value = 0;
  fclose(file);
  return value;
}

} // namespace

void RangeAllocator::insert(uintptr_t begin, size_t bytes) {
  byAddress_.emplace(begin, bytes);
  bySize_.emplace(bytes, begin);
}

void RangeAllocator::erase(std::map<uintptr_t, size_t>::iterator it) {
  bySize_.erase({it->second, it->first});
  byAddress_.erase(it);
}

void RangeAllocator::add(uintptr_t begin, size_t bytes) {
  give(begin, bytes);
}

uintptr_t RangeAllocator::take(size_t bytes, size_t align) {
  for (auto it = bySize_.lower_bound({bytes, 0}); it != bySize_.end(); ++it) {
    auto [size, begin] = *it;
    uintptr_t start = (begin + align - 1) / align * align;
    if (start - begin + bytes > size)
      continue;
    erase(byAddress_.find(begin));
    if (start > begin)
      insert(begin, start - begin);
    if (start + bytes < begin + size)
      insert(start + bytes, begin + size - start - bytes);
    return start;
  }
  return 0;
}

void RangeAllocator::give(uintptr_t begin, size_t bytes) {
  auto after = byAddress_.lower_bound(begin);
  if (after != byAddress_.end() && after->first == begin + bytes) {
    bytes += after->second;
    auto next = std::next(after);
    erase(after);
    after = next;
  }
  if (after != byAddress_.begin()) {
    auto before = std::prev(after);
    if (before->first + before->second == begin) {
      begin = before->first;
      bytes += before->second;
      erase(before);
    }
  }
  insert(begin, bytes);
}

uint64_t defaultMemoryLimit() {
  uint64_t memory = uint64_t(sysconf(_SC_PHYS_PAGES)) * uint64_t(sysconf(_SC_PAGESIZE));
  for (const char* path :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"})
    if (uint64_t limit = readNumber(path))
      memory = std::min(memory, limit);
  return memory / 5 * 4 / kChunk * kChunk;
}

Memory::Memory(uint64_t limit) : limit_(limit) {}

Memory::~Memory() {
  for (const auto& [begin, file] : shared_)
    close(file.descriptor);
  if (base_)
    munmap(base_, reserved_);
}

// Addresses cost nothing; take several times the limit against fragmentation, less if ulimit -v or
// the kernel refuses.
bool Memory::reserve() {
  if (base_)
    return true;
  for (size_t bytes = std::bit_ceil(size_t(limit_)) * 8; bytes >= kChunk * 8; bytes /= 2) {
    void* memory =
        mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
      continue;
    base_ = static_cast<char*>(memory);
    reserved_ = bytes;
    uintptr_t begin = roundUp(uintptr_t(base_), kChunk);
    space_.add(begin, (uintptr_t(base_) + bytes - begin) / kChunk * kChunk);
    return true;
  }
  return false;
}

// Four classes for each doubling: 512, 1024, 1536, 2048, 2560, 3072, 3584, 4096, 5120, ...
unsigned Memory::classOf(size_t bytes) {
  size_t units = std::max<size_t>(1, (bytes + kAlign - 1) / kAlign);
  if (units <= 4)
    return unsigned(units - 1);
  unsigned log = unsigned(std::bit_width(units - 1)) - 1; // units in (2^log, 2^(log+1)]
  size_t step = size_t(1) << (log - 2);
  return unsigned(4 + (log - 2) * 4 + (units - (size_t(1) << log) + step - 1) / step - 1);
}

size_t Memory::classBytes(unsigned index) {
  if (index < 4)
    return (index + 1) * kAlign;
  unsigned log = (index - 4) / 4 + 2, part = (index - 4) % 4 + 1;
  return ((size_t(1) << log) + part * (size_t(1) << (log - 2))) * kAlign;
}

Result<void*> Memory::small(size_t bytes) {
  unsigned index = classOf(bytes);
  if (classes_.size() <= index)
    classes_.resize(index + 1);
  auto& free = classes_[index].free;
  if (free.empty()) {
    uintptr_t chunk = space_.take(kChunk, kChunk);
    if (!chunk || mprotect(reinterpret_cast<void*>(chunk), kChunk, PROT_READ | PROT_WRITE) != 0) {
      if (chunk)
        space_.give(chunk, kChunk);
      return makeError(Status::OutOfMemory, "the system refuses more memory");
    }
    size_t size = classBytes(index);
    // Backwards, so that blocks are handed out in ascending order.
    for (size_t i = kChunk / size; i-- > 0;)
      free.push_back(reinterpret_cast<void*>(chunk + i * size));
  }
  void* pointer = free.back();
  free.pop_back();
  return pointer;
}

Result<void*> Memory::large(size_t bytes) {
  size_t mapped = roundUp(bytes, kPage);
  uintptr_t begin = space_.take(roundUp(mapped + kGap, kPage), bytes >= kChunk ? kChunk : kPage);
  if (!begin)
    return makeError(Status::OutOfMemory, fmt::format("no range of {} bytes left", bytes));
  void* memory = reinterpret_cast<void*>(begin);
  if (mprotect(memory, mapped, PROT_READ | PROT_WRITE) != 0) {
    space_.give(begin, roundUp(mapped + kGap, kPage));
    return makeError(Status::OutOfMemory, "the system refuses more memory");
  }
  if (mapped >= kChunk)
    madvise(memory, mapped, MADV_HUGEPAGE);
  return memory;
}

Result<void*> Memory::allocate(size_t bytes, MemoryKind kind) {
  std::lock_guard lock(mutex_);
  size_t charged = kind == MemoryKind::HostPinned ? 0 : roundUp(std::max<size_t>(bytes, 1), kAlign);
  if (bytes > limit_ || charged > limit_ - used_)
    return makeError(Status::OutOfMemory, fmt::format("{} bytes asked for, {} of {} are free",
                                                      bytes, limit_ - used_, limit_));
  if (!reserve())
    return makeError(Status::OutOfMemory,
                     "cannot reserve addresses for device memory (ulimit -v?)");
  auto pointer = bytes <= kSmallMax ? small(bytes) : large(bytes);
  if (pointer)
    use(used_ + charged);
  return pointer;
}

void Memory::release(void* pointer, size_t bytes, MemoryKind kind) {
  if (!pointer)
    return;
  std::lock_guard lock(mutex_);
  if (kind != MemoryKind::HostPinned)
    use(used_ - std::min<uint64_t>(used_, roundUp(std::max<size_t>(bytes, 1), kAlign)));
  if (bytes <= kSmallMax) {
    classes_[classOf(bytes)].free.push_back(pointer);
    return;
  }
  size_t mapped = roundUp(bytes, kPage);
  if (auto it = shared_.find(uintptr_t(pointer)); it != shared_.end()) {
    close(it->second.descriptor); // processes that opened it keep the memory
    shared_.erase(it);
  }
  // Fresh unmapped pages in the same place: the memory goes back to the system, late accesses
  // fault.
  mmap(pointer, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  space_.give(uintptr_t(pointer), roundUp(mapped + kGap, kPage));
}

Result<SharedBlock> Memory::share(void* pointer, size_t bytes) {
  std::lock_guard lock(mutex_);
  bool large = bytes > kSmallMax;
  uintptr_t begin = large ? uintptr_t(pointer) : uintptr_t(pointer) / kChunk * kChunk;
  size_t size = large ? roundUp(bytes, kPage) : kChunk;
  auto it = shared_.find(begin);
  if (it == shared_.end()) {
    auto file = ForeignFile::make("anywarp device memory", size);
    if (!file)
      return file.error();
    auto* memory = reinterpret_cast<char*>(begin);
    bool ok = true;
    for (size_t done = 0; ok && done < size;) {
      ssize_t count = pwrite(file->descriptor, memory + done, size - done, off_t(done));
      ok = count > 0;
      done += size_t(std::max<ssize_t>(count, 0));
    }
    if (!ok || mmap(memory, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file->descriptor,
                    0) == MAP_FAILED) {
      close(file->descriptor);
      return makeError(Status::OutOfMemory, "no memory to share with other processes");
    }
    it = shared_.emplace(begin, *file).first;
  }
  return SharedBlock{it->second, uintptr_t(pointer) - begin};
}

// Mappings begin at pages; the block may not.
Result<void*> Memory::openShared(const SharedBlock& block, size_t bytes) {
  auto file = block.file.open();
  if (!file)
    return file.error();
  size_t rest = block.offset % kPage;
  void* memory = mmap(nullptr, roundUp(rest + bytes, kPage), PROT_READ | PROT_WRITE, MAP_SHARED,
                      *file, off_t(block.offset - rest));
  close(*file);
  if (memory == MAP_FAILED)
    return makeError(Status(205), // CUDA_ERROR_MAP_FAILED
                     "another process's memory cannot be mapped");
  return static_cast<char*>(memory) + rest;
}

void Memory::closeShared(void* pointer, size_t bytes) {
  size_t rest = uintptr_t(pointer) % kPage;
  munmap(static_cast<char*>(pointer) - rest, roundUp(rest + bytes, kPage));
}

Result<void> Memory::charge(size_t bytes) {
  std::lock_guard lock(mutex_);
  if (bytes > limit_ - used_)
    return makeError(Status::OutOfMemory, fmt::format("{} bytes asked for, {} of {} are free",
                                                      bytes, limit_ - used_, limit_));
  use(used_ + bytes);
  return {};
}

void Memory::discharge(size_t bytes) {
  std::lock_guard lock(mutex_);
  use(used_ - std::min<uint64_t>(used_, bytes));
}

void Memory::use(uint64_t bytes) {
  used_ = bytes;
  if (report_)
    report_->store(bytes, std::memory_order_relaxed);
}

void Memory::report(std::atomic<uint64_t>* used) {
  std::lock_guard lock(mutex_);
  report_ = used;
  use(used_);
}

uint64_t Memory::free() const {
  std::lock_guard lock(mutex_);
  return limit_ - used_;
}

} // namespace anywarp::cpu
