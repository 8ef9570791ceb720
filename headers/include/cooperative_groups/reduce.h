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

namespace detail {

#define AW_GROUP __device__ __inline__ __attribute__((always_inline))

// Words of the warp's own reduction (redux.sync, sm_80): of 32-bit integers with these operators.
template <class Operator, class T> struct Redux {
  static constexpr bool kHas = false;
};
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
#define AW_REDUX(OPERATOR, T, FUNCTION)                                                            \
  template <> struct Redux<OPERATOR<T>, T> {                                                       \
    static constexpr bool kHas = true;                                                             \
    static AW_GROUP T call(unsigned int mask, T value) {                                           \
      return (T)FUNCTION(mask, value);                                                             \
    }                                                                                              \
  };
#define AW_REDUX_BOTH(OPERATOR, FUNCTION)                                                          \
  AW_REDUX(OPERATOR, int, FUNCTION) AW_REDUX(OPERATOR, unsigned int, FUNCTION)
AW_REDUX_BOTH(plus, __reduce_add_sync)
AW_REDUX_BOTH(less, __reduce_min_sync)
AW_REDUX_BOTH(greater, __reduce_max_sync)
AW_REDUX(bit_and, unsigned int, __reduce_and_sync)
AW_REDUX(bit_or, unsigned int, __reduce_or_sync)
AW_REDUX(bit_xor, unsigned int, __reduce_xor_sync)
#undef AW_REDUX_BOTH
#undef AW_REDUX
#endif

template <bool Value> struct Choose {};

// Whole warps and sets of lanes: one instruction where there is one.
template <class Group, class T, class Operator>
AW_GROUP T reduceLanes(const Group& group, T value, Operator, Choose<true>) {
  return Redux<Operator, T>::call(Access::mask(group), value);
}
// Tiles: butterflies.
template <unsigned int Size, class Parent, class T, class Operator>
AW_GROUP T reduceLanes(const thread_block_tile<Size, Parent>& tile, T value, Operator combine,
                       Choose<false>) {
  for (unsigned int distance = Size / 2; distance > 0; distance /= 2)
    value = combine(value, tile.shfl_xor(value, distance));
  return value;
}
// Any set of lanes: pairs of ranks, the odd one out waits; then everybody takes rank 0's.
template <class T, class Operator>
AW_GROUP T reduceLanes(const coalesced_group& group, T value, Operator combine, Choose<false>) {
  unsigned int rank = group.thread_rank(), size = group.size();
  for (unsigned int distance = 1; distance < size; distance *= 2) {
    T other = group.shfl(value, rank + distance < size ? rank + distance : rank);
    if (rank % (2 * distance) == 0 && rank + distance < size)
      value = combine(value, other);
  }
  return group.shfl(value, 0);
}

template <class T, class Operator>
AW_GROUP T reduceGroup(const coalesced_group& group, const T& value, Operator combine,
                       Choose<false>) {
  return reduceLanes(group, value, combine, Choose<Redux<Operator, T>::kHas>());
}
template <unsigned int Size, class Parent, class T, class Operator>
AW_GROUP T reduceGroup(const thread_block_tile<Size, Parent>& tile, const T& value,
                       Operator combine, Choose<false>) {
  return reduceLanes(tile, value, combine, Choose<Size == 32 && Redux<Operator, T>::kHas>());
}
// More than a warp: each warp, then the warps' values.
template <unsigned int Size, class Parent, class T, class Operator>
AW_GROUP T reduceGroup(const thread_block_tile<Size, Parent>& tile, const T& value,
                       Operator combine, Choose<true>) {
  auto warp = tiled_partition<32>(tile);
  return tile.overWarps(reduceGroup(warp, value, combine, Choose<false>()), combine);
}

template <class Group> struct IsWide {
  static constexpr bool kValue = false;
};
template <unsigned int Size, class Parent> struct IsWide<thread_block_tile<Size, Parent>> {
  static constexpr bool kValue = (Size > 32);
};

// What a reduction of `Value`s with `Operator` gives.
template <class Value, class Operator> struct Reduced {
  typedef typename Plain<Value>::Type Argument;
  typedef typename Plain<decltype(declared<Operator>()(declared<Argument>(),
                                                       declared<Argument>()))>::Type Type;
};

} // namespace detail

template <class Group, class Value, class Operator>
AW_GROUP typename detail::Reduced<Value, Operator>::Type reduce(const Group& group, Value&& value,
                                                                Operator&& combine) {
  typedef typename detail::Reduced<Value, Operator>::Type T;
  typedef typename detail::Plain<Operator>::Type Combine;
  return detail::reduceGroup(group, T(value), Combine(combine),
                             detail::Choose<detail::IsWide<Group>::kValue>());
}

namespace detail {
// Atomics of libcu++: the operation of an operator, and how a value is updated by any other.
template <class Atomic, class T> AW_GROUP T update(Atomic& to, T value, const plus<T>&) {
  return to.fetch_add(value);
}
template <class Atomic, class T> AW_GROUP T update(Atomic& to, T value, const bit_and<T>&) {
  return to.fetch_and(value);
}
template <class Atomic, class T> AW_GROUP T update(Atomic& to, T value, const bit_or<T>&) {
  return to.fetch_or(value);
}
template <class Atomic, class T> AW_GROUP T update(Atomic& to, T value, const bit_xor<T>&) {
  return to.fetch_xor(value);
}
template <class Atomic, class T, class Operator>
AW_GROUP T update(Atomic& to, T value, const Operator& combine) {
  T old = to.load();
  while (!to.compare_exchange_weak(old, combine(old, value))) {
  }
  return old;
}
} // namespace detail

// One thread updates, or stores to, a cuda::atomic(_ref) with the group's value.
template <class Group, class Atomic, class Value, class Operator>
AW_GROUP void reduce_update_async(const Group& group, Atomic& to, Value&& value,
                                  Operator&& combine) {
  auto result = reduce(group, value, combine);
  if (group.thread_rank() == 0)
    detail::update(to, result, combine);
}
template <class Group, class Atomic, class Value, class Operator>
AW_GROUP void reduce_store_async(const Group& group, Atomic& to, Value&& value,
                                 Operator&& combine) {
  auto result = reduce(group, value, combine);
  if (group.thread_rank() == 0)
    to.store(result);
}

#undef AW_GROUP

} // namespace cooperative_groups

#endif
