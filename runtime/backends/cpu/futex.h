// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A word that threads sleep on. Safe from any thread. Raw futex: std::atomic::wait adds a proxy and
// a spin of its own.
#pragma once

#include "support/spin.h"

#include <atomic>
#include <climits>
#include <cstdint>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace anywarp::cpu {

// Sleeps while word == expected. May return for no reason.
inline void futexWait(std::atomic<uint32_t>& word, uint32_t expected) {
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected, nullptr, nullptr, 0);
}
inline void futexWake(std::atomic<uint32_t>& word, int threads) {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, threads, nullptr, nullptr, 0);
}

} // namespace anywarp::cpu
