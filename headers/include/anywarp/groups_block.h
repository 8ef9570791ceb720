// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// thread_group (any kind of group), thread_block, and the memory in which tiles of more than a warp
// meet. Not for direct use: cooperative_groups.h includes it.
#pragma once

#include "groups_base.h"

namespace cooperative_groups {

template <unsigned int Size, class Parent> class thread_block_tile;

namespace detail {

// Where the tiles of a block with more than 32 threads meet and exchange: a counter for each tile
// of each size from 64 to 1024 (1 + 2 + 4 + 8 + 16), then a slot for each warp.
struct TileMemory {
  static constexpr unsigned int kCounters = 32, kSlotBytes = 32;
  unsigned int arrived[kCounters];

  AW_GROUP unsigned char* slot(unsigned int warp, unsigned int phase) {
    return reinterpret_cast<unsigned char*>(this + 1) + (warp * 2 + phase % 2) * kSlotBytes;
  }
};

struct Access; // to the members of any group

} // namespace detail

// Shared memory for tiles of more than 32 threads in blocks of up to MaxBlockSize threads.
template <unsigned int MaxBlockSize = 1024> struct block_tile_memory {
  detail::TileMemory memory_;
  __attribute__((aligned(
      16))) unsigned char slots_[(MaxBlockSize + 31) / 32 * 2 * detail::TileMemory::kSlotBytes];
};

// A group of unknown kind.
class thread_group {
public:
  AW_GROUP void sync() const;
  AW_GROUP unsigned long long size() const;
  AW_GROUP unsigned long long num_threads() const { return size(); }
  AW_GROUP unsigned long long thread_rank() const;
  AW_GROUP bool is_valid() const;

protected:
  enum Kind : unsigned int { Lanes, Block, WideTile, Grid, MultiGrid, Cluster };

  AW_GROUP explicit thread_group(Kind kind, unsigned int mask = 0, unsigned int size = 0,
                                 detail::TileMemory* memory = nullptr)
      : kind_(kind), mask_(mask), size_(size), memory_(memory) {}
  friend struct detail::Access;

  Kind kind_;
  unsigned int mask_;          // Lanes: the warp's lanes in the group
  unsigned int size_;          // WideTile: its threads
  detail::TileMemory* memory_; // Block and WideTile: where given
};

namespace detail {
struct Access {
  static AW_GROUP TileMemory* memory(const thread_group& group) { return group.memory_; }
  static AW_GROUP unsigned int mask(const thread_group& group) { return group.mask_; }
  static AW_GROUP unsigned int tileSize(const thread_group& group) { return group.size_; }
  static AW_GROUP bool isLanes(const thread_group& group) {
    return group.kind_ == thread_group::Lanes;
  }
  static AW_GROUP thread_group lanes(unsigned int mask) {
    return thread_group(thread_group::Lanes, mask);
  }
  static AW_GROUP thread_group wideTile(unsigned int size, TileMemory* memory) {
    return thread_group(thread_group::WideTile, 0, size, memory);
  }
};
} // namespace detail

class thread_block : public thread_group {
public:
  struct arrival_token {};

  static AW_GROUP void sync() { __syncthreads(); }
  // The hardware barrier cannot be entered in two steps: waiting is where a thread arrives.
  static AW_GROUP arrival_token barrier_arrive() { return arrival_token(); }
  static AW_GROUP void barrier_wait(arrival_token&&) { __syncthreads(); }
  static AW_GROUP unsigned int size() { return detail::threadsOfBlock(); }
  static AW_GROUP unsigned int num_threads() { return size(); }
  static AW_GROUP unsigned int thread_rank() { return detail::threadInBlock(); }
  static AW_GROUP dim3 group_index() { return dim3(blockIdx.x, blockIdx.y, blockIdx.z); }
  static AW_GROUP dim3 thread_index() { return dim3(threadIdx.x, threadIdx.y, threadIdx.z); }
  static AW_GROUP dim3 dim_threads() { return dim3(blockDim.x, blockDim.y, blockDim.z); }
  static AW_GROUP dim3 group_dim() { return dim_threads(); }

private:
  AW_GROUP explicit thread_block(detail::TileMemory* memory) : thread_group(Block, 0, 0, memory) {}
  friend AW_GROUP thread_block this_thread_block();
  template <unsigned int MaxBlockSize>
  friend AW_GROUP thread_block this_thread_block(block_tile_memory<MaxBlockSize>&);
};

AW_GROUP thread_block this_thread_block() {
  return thread_block(nullptr);
}

// For tiles of more than 32 threads. All threads of the block call it; the memory is shared, and no
// longer used by tiles of an earlier call.
template <unsigned int MaxBlockSize>
AW_GROUP thread_block this_thread_block(block_tile_memory<MaxBlockSize>& shared) {
  unsigned int thread = detail::threadInBlock();
  if (thread < detail::TileMemory::kCounters)
    shared.memory_.arrived[thread] = 0;
  if (thread == 0) // a block of fewer threads than counters
    for (unsigned int i = detail::threadsOfBlock(); i < detail::TileMemory::kCounters; ++i)
      shared.memory_.arrived[i] = 0;
  __syncthreads();
  return thread_block(&shared.memory_);
}

} // namespace cooperative_groups
