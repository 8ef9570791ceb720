// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a thread does between two looks at something that another thread is about to change.
#pragma once

namespace anywarp {

inline void spinPause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb");
#endif
}

} // namespace anywarp
