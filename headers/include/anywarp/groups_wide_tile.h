// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// thread_block_tile of 64 to 1024 threads: its warps meet at a counter in the block's
// block_tile_memory and exchange through a slot for each warp.
// Not for direct use: cooperative_groups.h includes it.
#pragma once

#include "groups_lanes.h"

namespace cooperative_groups {
namespace detail {

// All of `size` threads, which are whole warps, meet at `counter`: it only ever grows, so a phase
// is over when it has passed the next multiple of the number of warps.
AW_GROUP void meetAt(unsigned int* counter, unsigned int size) {
  __syncwarp();
  if (laneId() == 0) {
    unsigned int warps = size / 32;
    __threadfence_block();
    unsigned int goal = (atomicAdd(counter, 1u) / warps + 1) * warps;
    while ((int)(*(volatile unsigned int*)counter - goal) < 0) {
    }
    __threadfence_block();
  }
  __syncwarp();
}
AW_GROUP unsigned int counterOf(unsigned int size) {
  return 1024 / size - 1 + threadInBlock() / size;
}

template <unsigned int Size> class WideTile : public thread_group {
public:
  AW_GROUP void sync() const { meetAt(counter(), Size); }
  static AW_GROUP unsigned int thread_rank() { return threadInBlock() & (Size - 1); }

  // All threads give the same rank.
  template <class T> AW_GROUP T shfl(T value, unsigned int rank) const {
    Exchange<T> exchange(*this, value, thread_rank() == rank);
    return exchange.of(rank / 32);
  }
  AW_GROUP int any(int predicate) const {
    return overWarps(__any_sync(~0u, predicate), [](int a, int b) { return a | b; });
  }
  AW_GROUP int all(int predicate) const {
    return overWarps(__all_sync(~0u, predicate), [](int a, int b) { return a & b; });
  }

  // Combines the values of the tile's warps (each the same in all lanes), in order.
  template <class T, class Operator> AW_GROUP T overWarps(const T& ofWarp, Operator combine) const {
    Exchange<T> exchange(*this, ofWarp, laneId() == 0);
    return exchange.upTo(Size / 32, combine);
  }
  // Combines `own` with what the tile's warps before this one gave as `ofWarp` in their last lanes,
  // in order.
  template <class T, class Operator>
  AW_GROUP T afterWarps(const T& ofWarp, const T& own, bool ownIsEmpty, Operator combine) const {
    Exchange<T> exchange(*this, ofWarp, laneId() == 31);
    unsigned int warp = thread_rank() / 32;
    if (warp == 0)
      return own;
    T before = exchange.upTo(warp, combine);
    return ownIsEmpty ? before : combine(before, own);
  }

protected:
  template <class Parent>
  explicit AW_GROUP WideTile(const Parent& parent)
      : thread_group(thread_group::WideTile, 0, Size, Access::memory(parent)) {}

private:
  AW_GROUP unsigned int* counter() const { return &memory_->arrived[counterOf(Size)]; }

  // One thread of a warp gives its value, the tile meets, and all see the values of all warps. The
  // slots of a phase are written again two phases later, when everybody has read them.
  template <class T> class Exchange {
    static_assert(sizeof(T) <= TileMemory::kSlotBytes,
                  "tiles of more than a warp exchange values of up to 32 bytes");

  public:
    AW_GROUP Exchange(const WideTile& tile, const T& value, bool gives)
        : memory_(tile.memory_), phase_(*(volatile unsigned int*)tile.counter() / (Size / 32)) {
      if (gives)
        memcpy(memory_->slot(threadInBlock() / 32, phase_), &value, sizeof(T));
      tile.sync();
    }
    AW_GROUP T of(unsigned int warp) const {
      T value;
      memcpy(&value, memory_->slot(threadInBlock() / Size * (Size / 32) + warp, phase_), sizeof(T));
      return value;
    }
    template <class Operator> AW_GROUP T upTo(unsigned int warps, Operator combine) const {
      T result = of(0);
#pragma unroll 1
      for (unsigned int warp = 1; warp < warps; ++warp)
        result = combine(result, of(warp));
      return result;
    }

  private:
    TileMemory* memory_;
    unsigned int phase_; // cannot end before this thread's warp has arrived
  };
};

} // namespace detail

// Size neighbouring threads of a block, a power of two. More than 32 need a block with memory
// (this_thread_block(block_tile_memory&)).
template <unsigned int Size, class Parent = void>
class thread_block_tile : public detail::TileKind<Size>::Type {
  static_assert(Size > 0 && Size <= 1024 && (Size & (Size - 1)) == 0,
                "the size of a tile is a power of two of up to 1024");
  typedef typename detail::TileKind<Size>::Type Base;

public:
  static AW_GROUP constexpr unsigned int size() { return Size; }
  static AW_GROUP constexpr unsigned int num_threads() { return Size; }
  static AW_GROUP unsigned int meta_group_rank() { return Meta<Parent>::rank(); }
  static AW_GROUP unsigned int meta_group_size() { return Meta<Parent>::size(); }

  // Of any parent, where that does not matter.
  AW_GROUP operator thread_block_tile<Size, void>() const {
    return thread_block_tile<Size, void>(static_cast<const thread_group&>(*this));
  }

private:
  template <class P> struct Meta {
    static AW_GROUP unsigned int rank() { return detail::threadInBlock() / Size; }
    static AW_GROUP unsigned int size() { return (detail::threadsOfBlock() + Size - 1) / Size; }
  };
  template <unsigned int ParentSize, class P> struct Meta<thread_block_tile<ParentSize, P>> {
    static AW_GROUP unsigned int rank() {
      return (detail::threadInBlock() & (ParentSize - 1)) / Size;
    }
    static AW_GROUP unsigned int size() { return ParentSize / Size; }
  };

  template <class P> explicit AW_GROUP thread_block_tile(const P& parent) : Base(parent) {}
  template <unsigned int S, class P> friend class thread_block_tile;
  friend struct detail::Partition;
};

} // namespace cooperative_groups
