// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.14.15: the mbarrier object.
//
// The object is opaque to programs. Ours: bits 0-19 pending arrivals, 20-39 arrivals expected in a
// phase, 40-61 bytes still to come (two's complement), 63 the phase's parity.
#include "devicelib.h"

namespace {

constexpr uint64_t kCount = (1 << 20) - 1, kBytes = (1 << 22) - 1;
constexpr uint64_t kPhase = 1ull << 63;

inline uint64_t next(uint64_t state, uint32_t arrivals, uint32_t drops, uint32_t bytes) {
  uint64_t pending = ((state & kCount) - arrivals) & kCount;
  uint64_t expected = ((state >> 20 & kCount) - drops) & kCount;
  uint64_t coming = ((state >> 40 & kBytes) + bytes) & kBytes;
  bool complete = pending == 0 && coming == 0;
  return ((state & kPhase) ^ (complete ? kPhase : 0)) | coming << 40 | expected << 20 |
         (complete ? expected : pending);
}

} // namespace

PTX uint64_t ptx_mbarrier_initial(uint32_t count) {
  return (count & kCount) | (count & kCount) << 20;
}
PTX uint32_t ptx_mbarrier_pending(uint64_t state) {
  return uint32_t(state & kCount);
}
PTX bool ptx_mbarrier_done(uint64_t now, uint64_t state) {
  return ((now ^ state) & kPhase) != 0;
}
PTX bool ptx_mbarrier_done_parity(uint64_t now, uint32_t parity) {
  return now >> 63 != (parity & 1);
}

// Returns the state before.
PTX uint64_t ptx_mbarrier_update(void* object, uint32_t arrivals, uint32_t drops, uint32_t bytes) {
  auto* word = static_cast<uint64_t*>(object);
  uint64_t old = __atomic_load_n(word, __ATOMIC_RELAXED);
  while (!__atomic_compare_exchange_n(word, &old, next(old, arrivals, drops, bytes), false,
                                      __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
  }
  return old;
}
