// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cuda::pipeline for device code: copies in stages, of one thread, or of a block whose threads are
// producers, consumers or both. Not for direct use: <cuda/pipeline> includes it.
#pragma once

#include "async_barrier.h"

#if defined(__CUDA__) && defined(__clang__) && defined(__cplusplus)
#define AW_DEVICE __device__ __inline__ __attribute__((always_inline))

namespace cuda {

enum class pipeline_role {
  producer,
  consumer,
};

// Barriers of the stages; stage s is full when its copies are done and empty when it was read.
template <thread_scope Scope, unsigned char Stages> struct pipeline_shared_state {
  pipeline_shared_state() = default;
  pipeline_shared_state(const pipeline_shared_state&) = delete;
  pipeline_shared_state& operator=(const pipeline_shared_state&) = delete;

  barrier<Scope> full_[Stages];
  barrier<Scope> empty_[Stages];
  unsigned producers_, consumers_;
};

template <thread_scope Scope> class pipeline {
public:
  pipeline(pipeline&&) = default;
  pipeline(const pipeline&) = delete;
  pipeline& operator=(const pipeline&) = delete;

  // Until the next stage is empty.
  AW_DEVICE void producer_acquire() {
    unsigned round = head_ / stages_;
    if (round > 0)
      empty_[head_ % stages_].wait_parity((round - 1) & 1);
  }
  AW_DEVICE void producer_commit() {
    full_[head_ % stages_].joinCopies(true);
    ++head_;
  }
  // Until the oldest stage is full.
  AW_DEVICE void consumer_wait() { full_[tail_ % stages_].wait_parity(tail_ / stages_ & 1); }
  AW_DEVICE void consumer_release() {
    empty_[tail_ % stages_].arrive();
    ++tail_;
  }
  // The thread takes no further part: nobody waits for it. False: it is not the last to leave, as
  // far as it knows.
  AW_DEVICE bool quit() {
    for (unsigned i = 0; i < stages_; ++i) {
      if (produces_)
        full_[i].arrive_and_drop();
      if (consumes_)
        empty_[i].arrive_and_drop();
    }
    return false;
  }

private:
  template <class Group, thread_scope S, unsigned char N>
  friend AW_DEVICE pipeline<S> make_pipeline(const Group&, pipeline_shared_state<S, N>*);
  template <class Group, thread_scope S, unsigned char N>
  friend AW_DEVICE pipeline<S> make_pipeline(const Group&, pipeline_shared_state<S, N>*,
                                             pipeline_role);
  template <class Group, thread_scope S, unsigned char N>
  friend AW_DEVICE pipeline<S> make_pipeline(const Group&, pipeline_shared_state<S, N>*, size_t);

  AW_DEVICE pipeline(barrier<Scope>* full, barrier<Scope>* empty, unsigned stages, bool produces,
                     bool consumes)
      : full_(full), empty_(empty), stages_(stages), produces_(produces), consumes_(consumes) {}

  barrier<Scope>* full_;
  barrier<Scope>* empty_;
  unsigned stages_, head_ = 0, tail_ = 0; // numbers of the next stage to fill and to read
  bool produces_, consumes_;
};

// Of one thread: stages are groups of cp.async.
template <> class pipeline<thread_scope_thread> {
public:
  AW_DEVICE pipeline() {}
  pipeline(pipeline&&) = default;
  pipeline(const pipeline&) = delete;
  pipeline& operator=(const pipeline&) = delete;

  AW_DEVICE void producer_acquire() {}
  AW_DEVICE void producer_commit() {
    __pipeline_commit();
    ++head_;
  }
  AW_DEVICE void consumer_wait() { __pipeline_wait_prior(head_ - tail_ - 1); }
  AW_DEVICE void consumer_release() { ++tail_; }
  AW_DEVICE bool quit() { return true; }

private:
  size_t head_ = 0, tail_ = 0;
};

AW_DEVICE pipeline<thread_scope_thread> make_pipeline() {
  return pipeline<thread_scope_thread>();
}

namespace __aw_async {
template <class Group, thread_scope Scope, unsigned char Stages>
AW_DEVICE void startStages(const Group& group, pipeline_shared_state<Scope, Stages>* shared,
                           unsigned producers, unsigned consumers) {
  if (group.thread_rank() == 0)
    for (unsigned i = 0; i < Stages; ++i) {
      init(&shared->full_[i], (ptrdiff_t)producers);
      init(&shared->empty_[i], (ptrdiff_t)consumers);
    }
  group.sync();
}
} // namespace __aw_async

// Every thread produces and consumes.
template <class Group, thread_scope Scope, unsigned char Stages>
AW_DEVICE pipeline<Scope> make_pipeline(const Group& group,
                                        pipeline_shared_state<Scope, Stages>* shared) {
  __aw_async::startStages(group, shared, group.size(), group.size());
  return pipeline<Scope>(shared->full_, shared->empty_, Stages, true, true);
}
template <class Group, thread_scope Scope, unsigned char Stages>
AW_DEVICE pipeline<Scope> make_pipeline(const Group& group,
                                        pipeline_shared_state<Scope, Stages>* shared,
                                        pipeline_role role) {
  const bool produces = role == pipeline_role::producer;
  if (group.thread_rank() == 0)
    shared->producers_ = shared->consumers_ = 0;
  group.sync();
  atomicAdd(produces ? &shared->producers_ : &shared->consumers_, 1u);
  group.sync();
  __aw_async::startStages(group, shared, shared->producers_, shared->consumers_);
  return pipeline<Scope>(shared->full_, shared->empty_, Stages, produces, !produces);
}
// The first so many threads of the group are its producers.
template <class Group, thread_scope Scope, unsigned char Stages>
AW_DEVICE pipeline<Scope>
make_pipeline(const Group& group, pipeline_shared_state<Scope, Stages>* shared, size_t producers) {
  const bool produces = group.thread_rank() < producers;
  __aw_async::startStages(group, shared, (unsigned)producers, group.size() - (unsigned)producers);
  return pipeline<Scope>(shared->full_, shared->empty_, Stages, produces, !produces);
}

template <unsigned char Prior>
AW_DEVICE void pipeline_consumer_wait_prior(pipeline<thread_scope_thread>&) {
  __pipeline_wait_prior(Prior);
}
template <thread_scope Scope>
AW_DEVICE void pipeline_producer_commit(pipeline<thread_scope_thread>&, barrier<Scope>& b) {
  b.joinCopies(false);
}

template <class Group, thread_scope Scope>
AW_DEVICE async_contract_fulfillment memcpy_async(const Group& group, void* to, const void* from,
                                                  size_t size, pipeline<Scope>&) {
  return __aw_async::copy(group, to, from, size);
}
template <thread_scope Scope>
AW_DEVICE async_contract_fulfillment memcpy_async(void* to, const void* from, size_t size,
                                                  pipeline<Scope>&) {
  return __aw_async::copy(__aw_async::single(), to, from, size);
}

} // namespace cuda
#undef AW_DEVICE
#endif
