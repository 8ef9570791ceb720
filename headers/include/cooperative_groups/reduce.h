// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cooperative_groups::reduce() and its operators: every thread of the group gets the result.
#pragma once

#include "../cooperative_groups.h"

#if defined(__cplusplus) && defined(__CUDACC__)

namespace cooperative_groups {

#define AW_OPERATOR(NAME, EXPRESSION)                                                              \
  template <class T> struct NAME {                                                                 \
    __device__ T operator()(T a, T b) const {                                                      \
      return EXPRESSION;                                                                           \
    }                                                                                              \
  };
AW_OPERATOR(plus, a + b)
AW_OPERATOR(less, b < a ? b : a)
AW_OPERATOR(greater, a < b ? b : a)
AW_OPERATOR(bit_and, a& b)
AW_OPERATOR(bit_or, a | b)
AW_OPERATOR(bit_xor, a ^ b)
#undef AW_OPERATOR

template <unsigned int Size, class Parent, class T, class Operator>
__device__ inline T reduce(const thread_block_tile<Size, Parent>& tile, T value, Operator combine) {
  for (unsigned int distance = Size / 2; distance > 0; distance /= 2)
    value = combine(value, tile.shfl_xor(value, distance));
  return value;
}

// Any set of lanes: pairs of ranks, the odd one out waits; then everybody takes rank 0's.
template <class T, class Operator>
__device__ inline T reduce(const coalesced_group& group, T value, Operator combine) {
  unsigned int rank = group.thread_rank(), size = group.size();
  for (unsigned int distance = 1; distance < size; distance *= 2) {
    T other = group.shfl(value, rank + distance < size ? rank + distance : rank);
    if (rank % (2 * distance) == 0 && rank + distance < size)
      value = combine(value, other);
  }
  return group.shfl(value, 0);
}

} // namespace cooperative_groups

#endif
