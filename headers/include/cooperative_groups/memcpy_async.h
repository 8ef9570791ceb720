// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cooperative_groups::memcpy_async(), wait() and wait_prior<N>(): the group copies together, from
// global to shared memory asynchronously (cp.async, sm_80), else at once.
#pragma once

#include "../cooperative_groups.h"

#if defined(__cplusplus) && defined(__CUDACC__)

namespace cooperative_groups {
namespace detail {

#define AW_GROUP __device__ __inline__ __attribute__((always_inline))

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
template <unsigned int Bytes> AW_GROUP void copyAsync(unsigned int shared, const void* global) {
  unsigned long long from = __cvta_generic_to_global(global);
  asm volatile("cp.async.ca.shared.global [%0], [%1], %2;" ::"r"(shared), "l"(from), "n"(Bytes)
               : "memory");
}
AW_GROUP void commitCopies() {
  asm volatile("cp.async.commit_group;" ::: "memory");
}
template <unsigned int Stages> AW_GROUP void waitForCopies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(Stages) : "memory");
}
constexpr bool kHasAsyncCopies = true;
#else
template <unsigned int Bytes> AW_GROUP void copyAsync(unsigned int, const void*) {}
AW_GROUP void commitCopies() {}
template <unsigned int Stages> AW_GROUP void waitForCopies() {}
constexpr bool kHasAsyncCopies = false;
#endif

template <unsigned int Bytes> struct __attribute__((aligned(Bytes))) Chunk {
  unsigned char bytes[Bytes];
};

// Thread r of n copies chunks r, r + n, ...
template <unsigned int Bytes>
AW_GROUP void copyChunks(unsigned char* to, const unsigned char* from, size_t count, size_t rank,
                         size_t threads, bool async) {
  if (async) {
    unsigned int shared = (unsigned int)__cvta_generic_to_shared(to);
    for (size_t i = rank * Bytes; i < count; i += threads * Bytes)
      copyAsync<Bytes>(shared + (unsigned int)i, from + i);
    return;
  }
  for (size_t i = rank * Bytes; i < count; i += threads * Bytes)
    *reinterpret_cast<Chunk<Bytes>*>(to + i) = *reinterpret_cast<const Chunk<Bytes>*>(from + i);
}

template <class Group>
AW_GROUP void copy(const Group& group, void* to, const void* from, size_t count) {
  unsigned char* d = static_cast<unsigned char*>(to);
  const unsigned char* s = static_cast<const unsigned char*>(from);
  size_t rank = group.thread_rank(), threads = group.size();
  bool async = kHasAsyncCopies && __isShared(to) && __isGlobal(from);
  size_t unaligned = reinterpret_cast<size_t>(d) | reinterpret_cast<size_t>(s);
  size_t whole = unaligned % 16 == 0 ? count / 16 * 16 : unaligned % 4 == 0 ? count / 4 * 4 : 0;
  if (unaligned % 16 == 0)
    copyChunks<16>(d, s, whole, rank, threads, async);
  else if (unaligned % 4 == 0)
    copyChunks<4>(d, s, whole, rank, threads, async);
  for (size_t i = whole + rank; i < count; i += threads)
    d[i] = s[i];
  commitCopies();
}

} // namespace detail

// `count` bytes; a cuda::aligned_size_t promises the alignment of both addresses.
template <class Group, class To, class From, class Size>
AW_GROUP void memcpy_async(const Group& group, To* __restrict__ to, const From* __restrict__ from,
                           const Size& count) {
  detail::copy(group, to, from, (size_t)count);
}
// As many elements as both sides have.
template <class Group, class T, class ToLayout, class FromLayout>
AW_GROUP void memcpy_async(const Group& group, T* __restrict__ to, const ToLayout& toLayout,
                           const T* __restrict__ from, const FromLayout& fromLayout) {
  size_t n = (size_t)toLayout, m = (size_t)fromLayout;
  detail::copy(group, to, from, (n < m ? n : m) * sizeof(T));
}

// Waits until all copies of the group, or all but the last N of them, are done, and for the group.
template <unsigned int N, class Group> AW_GROUP void wait_prior(const Group& group) {
  detail::waitForCopies<N>();
  group.sync();
}
template <class Group> AW_GROUP void wait(const Group& group) {
  wait_prior<0>(group);
}

#undef AW_GROUP

} // namespace cooperative_groups

#endif
