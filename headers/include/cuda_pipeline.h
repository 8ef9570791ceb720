// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// nvcuda::experimental::pipeline: a thread's copies from global to shared memory in stages.
#pragma once

#include "cuda_awbarrier.h"
#include "cuda_pipeline_primitives.h"

#if defined(__CUDA__) && defined(__clang__) && defined(__cplusplus)
namespace nvcuda {
namespace experimental {

#define AW_DEVICE __device__ __inline__ __attribute__((always_inline))

class pipeline {
public:
  AW_DEVICE pipeline() : stages_(0) {}
  pipeline(const pipeline&) = delete;
  pipeline& operator=(const pipeline&) = delete;

  // Closes a stage; gives its number.
  AW_DEVICE size_t commit() {
    __pipeline_commit();
    return stages_++;
  }
  AW_DEVICE void commit_and_wait() {
    commit();
    wait_prior<0>();
  }
  AW_DEVICE void wait(size_t stage) { __pipeline_wait_prior(stages_ - stage - 1); }
  template <unsigned N> AW_DEVICE void wait_prior() { __pipeline_wait_prior(N); }
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
  AW_DEVICE void arrive_on(awbarrier& barrier) { __pipeline_arrive_on(&barrier.barrier_); }
#endif

private:
  size_t stages_;
};

// In the largest pieces that alignment and size allow.
template <class T> AW_DEVICE void memcpy_async(T& to, const T& from, pipeline&) {
  constexpr size_t size = sizeof(T), align = alignof(T);
  constexpr size_t piece = align % 16 == 0 ? 16 : align % 8 == 0 ? 8 : align % 4 == 0 ? 4 : 0;
  if (piece) {
    for (size_t i = 0; i < size; i += piece)
      __pipeline_memcpy_async((char*)&to + i, (const char*)&from + i, piece);
  } else {
    to = from;
  }
}
template <class T> AW_DEVICE void memcpy_async(T* to, const T* from, size_t count, pipeline& p) {
  for (size_t i = 0; i < count; ++i)
    memcpy_async(to[i], from[i], p);
}
#undef AW_DEVICE

} // namespace experimental
} // namespace nvcuda
#endif
