// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "heap.h"

#include <algorithm>
#include <sys/mman.h>

namespace anywarp::cpu {
namespace {

constexpr size_t kAlign = 16;

} // namespace

DeviceHeap::~DeviceHeap() {
  if (base_)
    munmap(base_, limit_);
}

void* DeviceHeap::allocate(uint64_t bytes) {
  std::lock_guard lock(mutex_);
  if (bytes > limit_)
    return nullptr;
  if (!base_) {
    void* memory = mmap(nullptr, limit_, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
      return nullptr;
    base_ = static_cast<char*>(memory);
    ranges_.add(uintptr_t(base_), limit_ / kAlign * kAlign);
  }
  size_t size = (std::max<size_t>(bytes, 1) + kAlign - 1) / kAlign * kAlign;
  uintptr_t begin = ranges_.take(size, kAlign);
  if (begin)
    blocks_.emplace(begin, size);
  return reinterpret_cast<void*>(begin);
}

bool DeviceHeap::release(void* pointer) {
  if (!pointer)
    return true;
  std::lock_guard lock(mutex_);
  auto it = blocks_.find(uintptr_t(pointer));
  if (it == blocks_.end())
    return false;
  ranges_.give(it->first, it->second);
  blocks_.erase(it);
  return true;
}

Result<void> DeviceHeap::setLimit(size_t bytes) {
  std::lock_guard lock(mutex_);
  if (base_)
    return makeError(Status::InvalidValue,
                     "the limit of the malloc heap cannot change after kernels have used the heap");
  limit_ = std::max<size_t>((bytes + 4095) / 4096 * 4096, 4096);
  return {};
}

size_t DeviceHeap::limit() const {
  std::lock_guard lock(mutex_);
  return limit_;
}

} // namespace anywarp::cpu
