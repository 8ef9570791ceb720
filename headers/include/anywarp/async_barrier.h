// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cuda::barrier for device code. In shared memory of sm_80 and later it is PTX's mbarrier; anywhere
// else, and with a function at the end of the phase, a word that atomics change. Not for direct
// use: <cuda/barrier> includes it.
#pragma once

#include "async_copy.h"

#include <stddef.h>

#if defined(__CUDA__) && defined(__clang__) && defined(__cplusplus)
#define AW_DEVICE __device__ __inline__ __attribute__((always_inline))
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
#define AW_MBARRIER
#endif

namespace cuda {
namespace __aw_async {

struct nothing {
  AW_DEVICE void operator()() const {}
};

// Low to high: threads missing in this phase, threads expected in each, number of the phase.
// Between the last arrival and the next phase nothing is missing.
struct counted {
  unsigned long long word;
  enum { kBits = 24 };
  static constexpr unsigned long long kMask = (1ull << kBits) - 1;
  static AW_DEVICE unsigned long long make(unsigned long long expected, unsigned long long phase) {
    return expected | expected << kBits | phase << 2 * kBits;
  }
  AW_DEVICE unsigned long long load() const {
    unsigned long long now = *(const volatile unsigned long long*)&word;
    __threadfence();
    return now;
  }
  static AW_DEVICE unsigned phaseOf(unsigned long long w) { return (unsigned)(w >> 2 * kBits); }
  AW_DEVICE bool exchange(unsigned long long from, unsigned long long to) {
    return atomicCAS_system(&word, from, to) == from;
  }
  // Gives the phase that the arrivals belong to.
  template <class AtEnd>
  AW_DEVICE unsigned arrive(unsigned long long count, unsigned long long dropped, AtEnd& atEnd) {
    __threadfence_system();
    for (;;) {
      unsigned long long old = load(), now = old - count - (dropped << kBits);
      if (!exchange(old, now))
        continue;
      if ((now & kMask) == 0) {
        atEnd();
        __threadfence_system();
        // Nobody else writes in between.
        unsigned long long expected = now >> kBits & kMask;
        *(volatile unsigned long long*)&word = make(expected, phaseOf(now) + 1ull);
      }
      return phaseOf(old);
    }
  }
};

AW_DEVICE void nap() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 700
  __nanosleep(100);
#endif
}

} // namespace __aw_async

template <thread_scope Scope, class CompletionFunction = __aw_async::nothing> class barrier;

template <thread_scope Scope, class CompletionFunction>
AW_DEVICE void init(barrier<Scope, CompletionFunction>* b, ptrdiff_t expected,
                    CompletionFunction completion = CompletionFunction()) {
  b->start(expected, completion);
}

// The function is a base, which takes no room when it has no state.
template <thread_scope Scope, class CompletionFunction> class barrier : CompletionFunction {
public:
  using arrival_token = uint64_t;

  barrier() = default;
  AW_DEVICE barrier(ptrdiff_t expected, CompletionFunction completion = CompletionFunction()) {
    start(expected, completion);
  }
  barrier(const barrier&) = delete;
  barrier& operator=(const barrier&) = delete;

  AW_DEVICE arrival_token arrive(ptrdiff_t update = 1) {
#ifdef AW_MBARRIER
    if (isHardware()) {
      if (update > 1)
        arriveEarly((unsigned)update - 1);
      return __mbarrier_arrive(native());
    }
#endif
    return state_.arrive((unsigned long long)update, 0, atEnd());
  }
  AW_DEVICE void wait(arrival_token&& token) const { waitUntil(token); }
  AW_DEVICE bool try_wait(arrival_token& token) const { return isOver(token, kNap); }
  AW_DEVICE bool test_wait(arrival_token& token) const { return isOver(token, 0); }
  AW_DEVICE void wait_parity(bool parity) const {
    while (!isParityOver(parity, kNap))
      ;
  }
  AW_DEVICE bool try_wait_parity(bool parity) const { return isParityOver(parity, kNap); }
  AW_DEVICE bool test_wait_parity(bool parity) const { return isParityOver(parity, 0); }
  AW_DEVICE void arrive_and_wait() { waitUntil(arrive()); }
  AW_DEVICE void arrive_and_drop() {
#ifdef AW_MBARRIER
    if (isHardware()) {
      __mbarrier_arrive_and_drop(native());
      return;
    }
#endif
    state_.arrive(1, 1, atEnd());
  }
  static __host__ __device__ constexpr ptrdiff_t max() { return (1 << 20) - 1; }

  // Not part of the interface: what pipelines and memcpy_async need.
  AW_DEVICE void start(ptrdiff_t expected, CompletionFunction completion) {
    static_cast<CompletionFunction&>(*this) = completion;
#ifdef AW_MBARRIER
    if (isHardware())
      return __mbarrier_init(native(), (unsigned)expected);
#endif
    state_.word = __aw_async::counted::make((unsigned long long)expected, 0);
    __threadfence_system();
  }
  // The thread's copies hold the phase until they are done; with `arrives` they are its arrival.
  AW_DEVICE void joinCopies(bool arrives) {
#ifdef AW_MBARRIER
    if (isHardware()) {
      const unsigned address = (unsigned)__cvta_generic_to_shared(&state_.word);
      if (arrives)
        asm volatile("cp.async.mbarrier.arrive.noinc.shared.b64 [%0];" ::"r"(address) : "memory");
      else
        asm volatile("cp.async.mbarrier.arrive.shared.b64 [%0];" ::"r"(address) : "memory");
      return;
    }
#endif
    __pipeline_commit();
    __pipeline_wait_prior(0);
    if (arrives)
      arrive();
  }
  AW_DEVICE uint64_t* native() const {
    return reinterpret_cast<uint64_t*>(const_cast<unsigned long long*>(&state_.word));
  }

private:
  enum { kNap = 1000000 };
  static constexpr bool kRunsNothing = __is_same(CompletionFunction, __aw_async::nothing);

  AW_DEVICE CompletionFunction& atEnd() { return *this; }
  AW_DEVICE bool isHardware() const {
    return Scope == thread_scope_block && kRunsNothing && __isShared(&state_);
  }
#ifdef AW_MBARRIER
  AW_DEVICE void arriveEarly(unsigned count) {
    unsigned long long token;
    asm volatile("mbarrier.arrive.noComplete.shared.b64 %0, [%1], %2;"
                 : "=l"(token)
                 : "r"((unsigned)__cvta_generic_to_shared(&state_.word)), "r"(count)
                 : "memory");
  }
#endif
  AW_DEVICE bool isOver(arrival_token token, unsigned nanoseconds) const {
#ifdef AW_MBARRIER
    if (isHardware())
      return nanoseconds ? __mbarrier_try_wait(native(), token, nanoseconds)
                         : __mbarrier_test_wait(native(), token);
#endif
    bool over = __aw_async::counted::phaseOf(state_.load()) != (unsigned)token;
    if (!over && nanoseconds)
      __aw_async::nap();
    return over;
  }
  AW_DEVICE bool isParityOver(bool parity, unsigned nanoseconds) const {
#ifdef AW_MBARRIER
    if (isHardware())
      return nanoseconds ? __mbarrier_try_wait_parity(native(), parity, nanoseconds)
                         : __mbarrier_test_wait_parity(native(), parity);
#endif
    bool over = (__aw_async::counted::phaseOf(state_.load()) & 1) != (parity ? 1u : 0u);
    if (!over && nanoseconds)
      __aw_async::nap();
    return over;
  }
  AW_DEVICE void waitUntil(arrival_token token) const {
    while (!isOver(token, kNap))
      ;
  }

  __aw_async::counted state_;
};

namespace device {
template <thread_scope Scope, class CompletionFunction>
AW_DEVICE uint64_t* barrier_native_handle(barrier<Scope, CompletionFunction>& b) {
  return b.native();
}
} // namespace device

template <class Group, thread_scope Scope, class CompletionFunction>
AW_DEVICE async_contract_fulfillment memcpy_async(const Group& group, void* to, const void* from,
                                                  size_t size,
                                                  barrier<Scope, CompletionFunction>& b) {
  async_contract_fulfillment how = __aw_async::copy(group, to, from, size);
  if (how == async_contract_fulfillment::async)
    b.joinCopies(false);
  return how;
}
template <thread_scope Scope, class CompletionFunction>
AW_DEVICE async_contract_fulfillment memcpy_async(void* to, const void* from, size_t size,
                                                  barrier<Scope, CompletionFunction>& b) {
  return memcpy_async(__aw_async::single(), to, from, size, b);
}

} // namespace cuda
#undef AW_MBARRIER
#undef AW_DEVICE
#endif
