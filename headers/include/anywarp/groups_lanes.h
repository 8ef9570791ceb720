// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Groups inside a warp: coalesced_group (any set of lanes) and thread_block_tile of up to 32
// threads. Not for direct use: cooperative_groups.h includes it.
#pragma once

#include "groups_block.h"

namespace cooperative_groups {

namespace detail {
struct Partition; // makes coalesced groups (groups_partition.h)
}

// Lanes of one warp; ranks count the set lanes of the mask.
class coalesced_group : public thread_group {
public:
  AW_GROUP void sync() const { __syncwarp(mask_); }
  AW_GROUP unsigned int size() const { return __popc(mask_); }
  AW_GROUP unsigned int num_threads() const { return size(); }
  AW_GROUP unsigned int thread_rank() const { return __popc(mask_ & detail::lanesBelow()); }
  AW_GROUP unsigned int meta_group_rank() const { return metaRank_; }
  AW_GROUP unsigned int meta_group_size() const { return metaSize_; }

  template <class T> AW_GROUP T shfl(T value, unsigned int rank) const {
    // The lane of the rank-th thread; a rank beyond the group gives the own value.
    unsigned int lane = mask_ == 0xffffffffu ? rank : __fns(mask_, 0, rank + 1);
    return fromLane(value, lane < 32 ? lane : detail::laneId());
  }
  template <class T> AW_GROUP T shfl_down(T value, unsigned int delta) const {
    unsigned int rank = thread_rank() + delta;
    return shfl(value, rank < size() ? rank : thread_rank());
  }
  template <class T> AW_GROUP T shfl_up(T value, unsigned int delta) const {
    unsigned int rank = thread_rank();
    return shfl(value, rank >= delta ? rank - delta : rank);
  }
  AW_GROUP int any(int predicate) const { return __any_sync(mask_, predicate); }
  AW_GROUP int all(int predicate) const { return __all_sync(mask_, predicate); }
  AW_GROUP unsigned int ballot(int predicate) const {
    return detail::packed(__ballot_sync(mask_, predicate), mask_);
  }
  template <class T> AW_GROUP unsigned int match_any(T value) const {
    return detail::packed(__match_any_sync(mask_, value), mask_);
  }
  template <class T> AW_GROUP unsigned int match_all(T value, int& predicate) const {
    return detail::packed(__match_all_sync(mask_, value, &predicate), mask_);
  }

private:
  AW_GROUP coalesced_group(unsigned int mask, unsigned int metaRank, unsigned int metaSize)
      : thread_group(Lanes, mask), metaRank_(metaRank), metaSize_(metaSize) {}
  friend struct detail::Partition;

  template <class T> AW_GROUP T fromLane(const T& value, unsigned int lane) const {
    unsigned int mask = mask_;
    return detail::byWords(value, [=](unsigned int word) {
      return (unsigned int)__shfl_sync(mask, (int)word, (int)lane, 32);
    });
  }

  unsigned int metaRank_, metaSize_;
};

namespace detail {

// The functions of a tile that lies in a warp. It knows its size when it is compiled.
template <unsigned int Size> class NarrowTile : public thread_group {
public:
  AW_GROUP void sync() const { __syncwarp(mask_); }
  static AW_GROUP unsigned int thread_rank() { return threadInBlock() & (Size - 1); }

  template <class T> AW_GROUP T shfl(T value, int rank) const {
    unsigned int mask = mask_;
    return byWords(value, [=](unsigned int word) {
      return (unsigned int)__shfl_sync(mask, (int)word, rank, (int)Size);
    });
  }
  template <class T> AW_GROUP T shfl_down(T value, unsigned int delta) const {
    unsigned int mask = mask_;
    return byWords(value, [=](unsigned int word) {
      return (unsigned int)__shfl_down_sync(mask, (int)word, delta, (int)Size);
    });
  }
  template <class T> AW_GROUP T shfl_up(T value, unsigned int delta) const {
    unsigned int mask = mask_;
    return byWords(value, [=](unsigned int word) {
      return (unsigned int)__shfl_up_sync(mask, (int)word, delta, (int)Size);
    });
  }
  template <class T> AW_GROUP T shfl_xor(T value, unsigned int laneMask) const {
    unsigned int mask = mask_;
    return byWords(value, [=](unsigned int word) {
      return (unsigned int)__shfl_xor_sync(mask, (int)word, (int)laneMask, (int)Size);
    });
  }
  AW_GROUP int any(int predicate) const { return __any_sync(mask_, predicate); }
  AW_GROUP int all(int predicate) const { return __all_sync(mask_, predicate); }
  AW_GROUP unsigned int ballot(int predicate) const {
    return __ballot_sync(mask_, predicate) >> first();
  }
  template <class T> AW_GROUP unsigned int match_any(T value) const {
    return __match_any_sync(mask_, value) >> first();
  }
  template <class T> AW_GROUP unsigned int match_all(T value, int& predicate) const {
    return __match_all_sync(mask_, value, &predicate) >> first();
  }

protected:
  // Lanes behind the end of a block count as threads that have exited.
  template <class Parent>
  explicit AW_GROUP NarrowTile(const Parent&)
      : thread_group(Lanes, Size == 32 ? 0xffffffffu : ((1u << (Size & 31)) - 1) << first()) {}

private:
  static AW_GROUP unsigned int first() { return laneId() & ~(Size - 1) & 31u; }
};

template <unsigned int Size> class WideTile; // groups_wide_tile.h
template <unsigned int Size, bool Narrow = Size <= 32> struct TileKind;
template <unsigned int Size> struct TileKind<Size, true> {
  typedef NarrowTile<Size> Type;
};
template <unsigned int Size> struct TileKind<Size, false> {
  typedef WideTile<Size> Type;
};

} // namespace detail
} // namespace cooperative_groups
