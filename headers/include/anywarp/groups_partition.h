// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Making groups out of groups, and the functions that take any group.
// Not for direct use: cooperative_groups.h includes it.
#pragma once

#include "groups_grid.h"

namespace cooperative_groups {
namespace detail {

struct Partition {
  template <unsigned int Size, class Parent>
  static AW_GROUP thread_block_tile<Size, Parent> tile(const Parent& parent) {
    return thread_block_tile<Size, Parent>(parent);
  }
  static AW_GROUP coalesced_group lanes(unsigned int mask, unsigned int rank = 0,
                                        unsigned int count = 1) {
    return coalesced_group(mask, rank, count);
  }
  // Which of the parts of a warp's group a thread is in: one for each distinct `part`, in the order
  // of their first lanes.
  static AW_GROUP coalesced_group parts(unsigned int parent, unsigned int part) {
    unsigned int mine = part & parent, first = mine & (0u - mine);
    bool isFirst = 1u << laneId() == first;
    unsigned int firsts = __ballot_sync(parent, isFirst);
    return coalesced_group(mine, __popc(firsts & (first - 1)), __popc(firsts));
  }
};

// The functions of a group that lies in a warp; void for all others.
template <class Group, class Then> struct IfInWarp {};
template <class Then> struct IfInWarp<coalesced_group, Then> {
  typedef Then Type;
};
template <unsigned int Size, class Parent, class Then>
struct IfInWarp<thread_block_tile<Size, Parent>, Then> {
  static_assert(Size <= 32, "this function takes groups of up to 32 threads");
  typedef Then Type;
};

} // namespace detail

AW_GROUP coalesced_group coalesced_threads() {
  return detail::Partition::lanes(__activemask());
}

template <unsigned int Size, class Parent>
AW_GROUP thread_block_tile<Size, Parent> tiled_partition(const Parent& parent) {
  return detail::Partition::tile<Size>(parent);
}

// The size known at run time only: a power of two up to the warp, or to the block where that has
// memory for it.
AW_GROUP thread_group tiled_partition(const thread_group& parent, unsigned int size) {
  if (size > 32)
    return detail::Access::wideTile(size, detail::Access::memory(parent));
  unsigned int first = detail::laneId() & ~(size - 1);
  unsigned int mask = size == 32 ? 0xffffffffu : ((1u << size) - 1) << first;
  bool isLanes = detail::Access::isLanes(parent);
  return detail::Access::lanes(mask & (isLanes ? detail::Access::mask(parent) : __activemask()));
}

// Each `size` neighbouring ranks.
AW_GROUP coalesced_group tiled_partition(const coalesced_group& parent, unsigned int size) {
  unsigned int mask = detail::Access::mask(parent), mine = 0;
  unsigned int tile = parent.thread_rank() / size, rank = 0;
  for (unsigned int left = mask; left; left &= left - 1, ++rank)
    mine |= rank / size == tile ? left & (0u - left) : 0;
  return detail::Partition::lanes(mine, tile, (parent.size() + size - 1) / size);
}

// The threads with equal labels.
template <class Group, class Label>
AW_GROUP typename detail::IfInWarp<Group, coalesced_group>::Type
labeled_partition(const Group& parent, Label label) {
  unsigned int mask = detail::Access::mask(parent);
  return detail::Partition::parts(mask, __match_any_sync(mask, label));
}
// The threads that say yes, and the others.
template <class Group>
AW_GROUP typename detail::IfInWarp<Group, coalesced_group>::Type
binary_partition(const Group& parent, bool predicate) {
  unsigned int mask = detail::Access::mask(parent);
  unsigned int yes = __ballot_sync(mask, predicate);
  return detail::Partition::parts(mask, predicate ? yes : ~yes);
}

template <class Group> AW_GROUP void sync(const Group& group) {
  group.sync();
}
template <class Group>
AW_GROUP auto thread_rank(const Group& group) -> decltype(group.thread_rank()) {
  return group.thread_rank();
}
template <class Group> AW_GROUP auto group_size(const Group& group) -> decltype(group.size()) {
  return group.size();
}
template <class Group>
AW_GROUP auto barrier_arrive(const Group& group) -> decltype(group.barrier_arrive()) {
  return group.barrier_arrive();
}
template <class Group>
AW_GROUP void barrier_wait(const Group& group, typename Group::arrival_token&& token) {
  group.barrier_wait(static_cast<typename Group::arrival_token&&>(token));
}

// One thread of the group calls the function.
template <class Group, class Function, class... Arguments>
AW_GROUP void invoke_one(const Group& group, Function&& function, Arguments&&... arguments) {
  if (group.thread_rank() == 0)
    static_cast<Function&&>(function)(static_cast<Arguments&&>(arguments)...);
}
// ... and all get what it returned.
template <class Group, class Function, class... Arguments>
AW_GROUP auto invoke_one_broadcast(const Group& group, Function&& function,
                                   Arguments&&... arguments) ->
    typename detail::IfInWarp<Group,
                              typename detail::Plain<decltype(static_cast<Function&&>(function)(
                                  static_cast<Arguments&&>(arguments)...))>::Type>::Type {
  typedef typename detail::Plain<decltype(static_cast<Function&&>(function)(
      static_cast<Arguments&&>(arguments)...))>::Type Result;
  union Maybe {
    Result value;
    char none;
    AW_GROUP Maybe() : none(0) {}
  } result;
  if (group.thread_rank() == 0)
    result.value = static_cast<Function&&>(function)(static_cast<Arguments&&>(arguments)...);
  return group.shfl(result.value, 0);
}

} // namespace cooperative_groups

#undef AW_GROUP
