// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stacks for kernels whose overflow is noticed; the guard itself is everybody's
// (support/fault_guard.h).
#pragma once

#include "support/fault_guard.h"
#include "support/result.h"

#include <cstddef>

namespace anywarp::cpu {

// A stack with a guard region below it. Faults in the guard are HardwareStackError. Owned by one
// thread at a time.
class GuardedStack {
public:
  GuardedStack() = default;
  static Result<GuardedStack> create(size_t bytes);
  GuardedStack(GuardedStack&& other) noexcept;
  GuardedStack& operator=(GuardedStack&& other) noexcept;
  ~GuardedStack();
  explicit operator bool() const { return base_ != nullptr; }
  void* top() const { return base_ + guard_ + size_; }
  size_t size() const { return size_; }
  const char* begin() const { return base_; } // of the guard
  const char* usable() const { return base_ + guard_; }

private:
  char* base_ = nullptr;
  size_t guard_ = 0, size_ = 0;
};

} // namespace anywarp::cpu
