// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fault.h"

#include <sys/mman.h>
#include <utility>

namespace anywarp::cpu {
namespace {

constexpr size_t kGuardBytes = size_t(1) << 20; // frames larger than a page skip a small guard

} // namespace

Result<GuardedStack> GuardedStack::create(size_t bytes) {
  GuardedStack stack;
  stack.guard_ = kGuardBytes;
  stack.size_ = (bytes + 4095) & ~size_t(4095);
  void* memory = mmap(nullptr, stack.guard_ + stack.size_, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (memory == MAP_FAILED)
    return makeError(Status::OutOfMemory, "no address space for a kernel stack");
  stack.base_ = static_cast<char*>(memory);
  if (mprotect(stack.base_ + stack.guard_, stack.size_, PROT_READ | PROT_WRITE) != 0)
    return makeError(Status::OutOfMemory, "no memory for a kernel stack");
  return stack;
}

GuardedStack::GuardedStack(GuardedStack&& other) noexcept
    : base_(std::exchange(other.base_, nullptr)), guard_(other.guard_), size_(other.size_) {}

GuardedStack& GuardedStack::operator=(GuardedStack&& other) noexcept {
  std::swap(base_, other.base_);
  std::swap(guard_, other.guard_);
  std::swap(size_, other.size_);
  return *this;
}

GuardedStack::~GuardedStack() {
  if (base_)
    munmap(base_, guard_ + size_);
}

} // namespace anywarp::cpu
