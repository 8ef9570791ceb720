// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Device-side printf: formats as CUDA documents them, kept in a buffer of limited size until the
// host synchronises (CUDA programming guide, "Formatted output"). Safe from any thread.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>

namespace anywarp::cpu {

// Appends to `out` what printf(format, args...) prints; the arguments lie in a buffer as nvcc lays
// it out for vprintf: each at the next multiple of its size, 4 or 8 bytes. Returns the number of
// arguments used, as CUDA's printf does.
int formatDevice(std::string& out, const char* format, const void* args);

class PrintBuffer {
public:
  // CUDA's return value: arguments parsed, -1 for a null format. Faults on bad pointers.
  int print(const char* format, const void* args);
  // Writes what has come in to stdout, in order.
  void flush();
  void setLimit(size_t bytes);
  size_t limit() const;

private:
  void drop(); // under mutex_
  mutable std::mutex mutex_;
  std::mutex flushMutex_; // held while writing, so that two flushes keep the order
  std::deque<std::string> records_;
  size_t bytes_ = 0, limit_ = size_t(1) << 20;
};

} // namespace anywarp::cpu
