// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cooperative_groups::inclusive_scan() and exclusive_scan(): each thread gets the combination of
// the values of the ranks up to its own, or below it, in the order of ranks.
#pragma once

#include "reduce.h"

#if defined(__cplusplus) && defined(__CUDACC__)

namespace cooperative_groups {

#define AW_GROUP __device__ __inline__ __attribute__((always_inline))

namespace detail {

// Distances double; all threads take part in all shuffles.
template <class Group, class T, class Operator>
AW_GROUP T scanLanes(const Group& group, T value, const Operator& combine) {
  unsigned int rank = group.thread_rank(), size = group.size();
  for (unsigned int distance = 1; distance < size; distance *= 2) {
    T other = group.shfl_up(value, distance);
    if (rank >= distance)
      value = combine(other, value);
  }
  return value;
}

template <class Group, class T, class Operator>
AW_GROUP T scanGroup(const Group& group, const T& value, const Operator& combine, bool exclusive,
                     Choose<false>) {
  T scanned = scanLanes(group, value, combine);
  if (!exclusive)
    return scanned;
  T before = group.shfl_up(scanned, 1);
  return group.thread_rank() == 0 ? T() : before;
}
template <unsigned int Size, class Parent, class T, class Operator>
AW_GROUP T scanGroup(const thread_block_tile<Size, Parent>& tile, const T& value,
                     const Operator& combine, bool exclusive, Choose<true>) {
  auto warp = tiled_partition<32>(tile);
  T scanned = scanLanes(warp, value, combine), before = warp.shfl_up(scanned, 1);
  bool isEmpty = exclusive && warp.thread_rank() == 0;
  T own = isEmpty ? T() : exclusive ? before : scanned;
  return tile.afterWarps(scanned, own, isEmpty, combine);
}

template <class Group, class Value, class Operator>
AW_GROUP typename Reduced<Value, Operator>::Type scan(const Group& group, const Value& value,
                                                      const Operator& combine, bool exclusive) {
  typedef typename Reduced<Value, Operator>::Type T;
  return scanGroup(group, T(value), combine, exclusive, Choose<IsWide<Group>::kValue>());
}

// The last rank updates the atomic with everything; all combine what it held with their own.
template <class Group, class Atomic, class Value, class Operator>
AW_GROUP typename Reduced<Value, Operator>::Type
scanUpdate(const Group& group, Atomic& atomic, const Value& value, const Operator& combine,
           bool exclusive) {
  typedef typename Reduced<Value, Operator>::Type T;
  T inclusive = scan(group, value, combine, false);
  T own = exclusive ? scan(group, value, combine, true) : inclusive, old = T();
  unsigned int last = group.size() - 1;
  if (group.thread_rank() == last)
    old = update(atomic, inclusive, combine);
  old = group.shfl(old, last);
  return exclusive && group.thread_rank() == 0 ? old : combine(old, own);
}

} // namespace detail

#define AW_SCAN(NAME, EXCLUSIVE)                                                                   \
  template <class Group, class Value, class Operator>                                              \
  AW_GROUP auto NAME(const Group& group, Value&& value, Operator&& combine)                        \
      -> decltype(detail::scan(group, value, combine, EXCLUSIVE)) {                                \
    return detail::scan(group, value, combine, EXCLUSIVE);                                         \
  }                                                                                                \
  template <class Group, class Value>                                                              \
  AW_GROUP typename detail::Plain<Value>::Type NAME(const Group& group, Value&& value) {           \
    return detail::scan(group, value, plus<typename detail::Plain<Value>::Type>(), EXCLUSIVE);     \
  }                                                                                                \
  template <class Group, class Atomic, class Value, class Operator>                                \
  AW_GROUP auto NAME##_update(const Group& group, Atomic& atomic, Value&& value,                   \
                              Operator&& combine)                                                  \
      ->decltype(detail::scanUpdate(group, atomic, value, combine, EXCLUSIVE)) {                   \
    return detail::scanUpdate(group, atomic, value, combine, EXCLUSIVE);                           \
  }                                                                                                \
  template <class Group, class Atomic, class Value>                                                \
  AW_GROUP typename detail::Plain<Value>::Type NAME##_update(const Group& group, Atomic& atomic,   \
                                                             Value&& value) {                      \
    return detail::scanUpdate(group, atomic, value, plus<typename detail::Plain<Value>::Type>(),   \
                              EXCLUSIVE);                                                          \
  }
AW_SCAN(inclusive_scan, false)
AW_SCAN(exclusive_scan, true)
#undef AW_SCAN
#undef AW_GROUP

} // namespace cooperative_groups

#endif
