// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What cuda::memcpy_async() does for barriers and pipelines: a thread's or a group's part of a
// copy, with cp.async where it goes from global to shared memory. Not for direct use.
#pragma once

#include "../cuda_pipeline_primitives.h"

#if defined(__CUDA__) && defined(__clang__) && defined(__cplusplus)
#define AW_DEVICE __device__ __inline__ __attribute__((always_inline))

namespace cuda {

enum thread_scope {
  thread_scope_system = 0,
  thread_scope_device = 1,
  thread_scope_block = 2,
  thread_scope_thread = 10,
};

// A size whose pointers are aligned to Alignment.
template <size_t Alignment> struct aligned_size_t {
  static constexpr size_t align = Alignment;
  size_t value;
  __host__ __device__ explicit constexpr aligned_size_t(size_t size) : value(size) {}
  __host__ __device__ constexpr operator size_t() const { return value; }
};

enum class async_contract_fulfillment {
  none,
  async,
};

namespace __aw_async {

// A thread that copies alone.
struct single {
  AW_DEVICE unsigned thread_rank() const { return 0; }
  AW_DEVICE unsigned size() const { return 1; }
};

template <class Word>
AW_DEVICE void copyWords(char* to, const char* from, size_t size, size_t rank, size_t threads,
                         bool beside) {
  for (size_t i = rank * sizeof(Word); i + sizeof(Word) <= size; i += threads * sizeof(Word)) {
    if (beside && sizeof(Word) >= 4)
      __pipeline_memcpy_async(to + i, from + i, sizeof(Word));
    else
      *reinterpret_cast<Word*>(to + i) = *reinterpret_cast<const Word*>(from + i);
  }
}

// In the largest words that pointers and size allow. Whether the copy runs beside the thread.
template <class Group>
AW_DEVICE async_contract_fulfillment copy(const Group& group, void* to, const void* from,
                                          size_t size) {
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
  const bool beside = __isShared(to) && __isGlobal(from);
#else
  const bool beside = false;
#endif
  const size_t rank = group.thread_rank(), threads = group.size();
  const size_t all = reinterpret_cast<size_t>(to) | reinterpret_cast<size_t>(from) | size;
  char* d = static_cast<char*>(to);
  const char* s = static_cast<const char*>(from);
  if (all % 16 == 0)
    copyWords<uint4>(d, s, size, rank, threads, beside);
  else if (all % 8 == 0)
    copyWords<unsigned long long>(d, s, size, rank, threads, beside);
  else if (all % 4 == 0)
    copyWords<unsigned int>(d, s, size, rank, threads, beside);
  else
    copyWords<char>(d, s, size, rank, threads, false);
  return beside && all % 4 == 0 ? async_contract_fulfillment::async
                                : async_contract_fulfillment::none;
}

} // namespace __aw_async
} // namespace cuda
#undef AW_DEVICE
#endif
