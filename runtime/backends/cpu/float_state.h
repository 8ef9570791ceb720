// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Floating-point state of the running thread. Kernels and the compiler want IEEE arithmetic,
// whatever the application has set (programs built with -ffast-math flush denormals, some enable
// traps).
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace anywarp::cpu {

// Round to nearest, denormals kept, no traps, while it lives.
class IeeeFloatState {
public:
  IeeeFloatState() : old_(read()) { write(kDefault); }
  IeeeFloatState(const IeeeFloatState&) = delete;
  ~IeeeFloatState() { write(old_); }

private:
#if defined(__x86_64__)
  static constexpr uint64_t kDefault = 0x1f80;
  static uint64_t read() { return _mm_getcsr(); }
  static void write(uint64_t value) { _mm_setcsr(unsigned(value)); }
#elif defined(__aarch64__)
  static constexpr uint64_t kDefault = 0;
  static uint64_t read() {
    uint64_t value;
    asm volatile("mrs %0, fpcr" : "=r"(value));
    return value;
  }
  static void write(uint64_t value) { asm volatile("msr fpcr, %0" : : "r"(value)); }
#endif
  uint64_t old_;
};

} // namespace anywarp::cpu
