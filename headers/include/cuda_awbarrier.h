// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// nvcuda::experimental::awbarrier: arrive and wait at different times, on a barrier in shared
// memory. Device code for sm_80 and later.
#pragma once

#include "cuda_awbarrier_primitives.h"

#if defined(__CUDA__) && defined(__clang__) && defined(__cplusplus)
namespace nvcuda {
namespace experimental {

#define AW_DEVICE __device__ __inline__ __attribute__((always_inline))

class awbarrier {
public:
  class arrival_token {
  public:
    arrival_token() = default;
    AW_DEVICE uint32_t pending_count() const { return __mbarrier_token_pending_count(token_); }

  private:
    friend class awbarrier;
    AW_DEVICE explicit arrival_token(__mbarrier_token_t token) : token_(token) {}
    __mbarrier_token_t token_;
  };

  awbarrier() = default;
  awbarrier(const awbarrier&) = delete;
  awbarrier& operator=(const awbarrier&) = delete;

  AW_DEVICE arrival_token arrive() { return arrival_token(__mbarrier_arrive(&barrier_)); }
  AW_DEVICE arrival_token arrive_and_drop() {
    return arrival_token(__mbarrier_arrive_and_drop(&barrier_));
  }
  // False when the phase is not over within about so many nanoseconds.
  AW_DEVICE bool timed_wait(arrival_token token, uint32_t nanoseconds) {
    return __mbarrier_try_wait(&barrier_, token.token_, nanoseconds);
  }
  AW_DEVICE bool timed_wait_parity(bool phase, uint32_t nanoseconds) {
    return __mbarrier_try_wait_parity(&barrier_, phase, nanoseconds);
  }
  AW_DEVICE bool try_wait(arrival_token token, int nanoseconds) {
    return __mbarrier_try_wait(&barrier_, token.token_, (uint32_t)nanoseconds);
  }
  AW_DEVICE void wait(arrival_token token) {
    while (!__mbarrier_try_wait(&barrier_, token.token_, kNap)) {
    }
  }
  AW_DEVICE void arrive_and_wait() { wait(arrive()); }
  static AW_DEVICE uint32_t max() { return __mbarrier_maximum_count(); }

private:
  friend AW_DEVICE void init(awbarrier* barrier, uint32_t expected);
  friend AW_DEVICE void inval(awbarrier* barrier);
  friend class pipeline;
  enum { kNap = 1000000 };

  __mbarrier_t barrier_;
};

AW_DEVICE void init(awbarrier* barrier, uint32_t expected) {
  __mbarrier_init(&barrier->barrier_, expected);
}
AW_DEVICE void inval(awbarrier* barrier) {
  __mbarrier_inval(&barrier->barrier_);
}
#undef AW_DEVICE

} // namespace experimental
} // namespace nvcuda
#endif
