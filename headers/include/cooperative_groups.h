// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cooperative groups: thread_block, thread_block_tile<N>, coalesced_group, the type-erased
// thread_group and grid_group. Groups are small values; every member must be called by all threads
// of the group. Cluster groups are not there yet.
#pragma once

#include "cuda_runtime.h"

#if defined(__cplusplus) && defined(__CUDACC__)

namespace cooperative_groups {

#define AW_GROUP __device__ __inline__ __attribute__((always_inline))

namespace detail {

AW_GROUP unsigned int laneId() {
  return __nvvm_read_ptx_sreg_laneid();
}
AW_GROUP unsigned int lanesBelow() {
  return __nvvm_read_ptx_sreg_lanemask_lt();
}
AW_GROUP unsigned int threadInBlock() {
  return (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
}
AW_GROUP unsigned int threadsOfBlock() {
  return blockDim.x * blockDim.y * blockDim.z;
}

// Any trivially copyable value goes through a 32-bit shuffle word by word.
template <class T, class Shuffle> AW_GROUP T byWords(const T& value, Shuffle shuffle) {
  constexpr unsigned kWords = (sizeof(T) + 3) / 4;
  unsigned int words[kWords] = {};
  memcpy(words, &value, sizeof(T));
  for (unsigned i = 0; i < kWords; ++i)
    words[i] = shuffle(words[i]);
  T result;
  memcpy(&result, words, sizeof(T));
  return result;
}

} // namespace detail

class coalesced_group;

// A group of unknown kind: a whole block, or the lanes of one warp in `mask`.
class thread_group {
public:
  AW_GROUP void sync() const {
    if (isBlock_)
      __syncthreads();
    else
      __syncwarp(mask_);
  }
  AW_GROUP unsigned int size() const { return isBlock_ ? detail::threadsOfBlock() : __popc(mask_); }
  AW_GROUP unsigned int num_threads() const { return size(); }
  AW_GROUP unsigned int thread_rank() const {
    return isBlock_ ? detail::threadInBlock() : __popc(mask_ & detail::lanesBelow());
  }
  AW_GROUP bool is_valid() const { return true; }

protected:
  AW_GROUP thread_group(bool isBlock, unsigned int mask) : isBlock_(isBlock), mask_(mask) {}
  friend AW_GROUP thread_group tiled_partition(const thread_group&, unsigned int);
  friend AW_GROUP coalesced_group binary_partition(const thread_group&, bool);
  template <class T> friend AW_GROUP coalesced_group labeled_partition(const thread_group&, T);

  bool isBlock_;
  unsigned int mask_;
};

class thread_block : public thread_group {
public:
  static AW_GROUP void sync() { __syncthreads(); }
  static AW_GROUP unsigned int size() { return detail::threadsOfBlock(); }
  static AW_GROUP unsigned int num_threads() { return size(); }
  static AW_GROUP unsigned int thread_rank() { return detail::threadInBlock(); }
  static AW_GROUP dim3 group_index() { return dim3(blockIdx.x, blockIdx.y, blockIdx.z); }
  static AW_GROUP dim3 thread_index() { return dim3(threadIdx.x, threadIdx.y, threadIdx.z); }
  static AW_GROUP dim3 dim_threads() { return dim3(blockDim.x, blockDim.y, blockDim.z); }
  static AW_GROUP dim3 group_dim() { return dim_threads(); }

private:
  AW_GROUP thread_block() : thread_group(true, 0) {}
  friend AW_GROUP thread_block this_thread_block();
};

AW_GROUP thread_block this_thread_block() {
  return thread_block();
}

// The lanes that are active together. Ranks count the set lanes of the mask.
class coalesced_group : public thread_group {
public:
  template <class T> AW_GROUP T shfl(T value, unsigned int rank) const {
    // The lane of the rank-th thread; a rank beyond the group gives the own value.
    unsigned int lane = __fns(mask_, 0, rank + 1);
    return detail::byWords(value, [=, this](unsigned int word) {
      return (unsigned int)__shfl_sync(mask_, (int)word, lane < 32 ? lane : detail::laneId(), 32);
    });
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
    return packed(__ballot_sync(mask_, predicate));
  }
  template <class T> AW_GROUP unsigned int match_any(T value) const {
    return packed(__match_any_sync(mask_, value));
  }
  AW_GROUP unsigned int meta_group_rank() const { return 0; }
  AW_GROUP unsigned int meta_group_size() const { return 1; }

private:
  AW_GROUP explicit coalesced_group(unsigned int mask) : thread_group(false, mask) {}
  friend AW_GROUP coalesced_group coalesced_threads();
  friend AW_GROUP coalesced_group binary_partition(const thread_group&, bool);
  template <class T> friend AW_GROUP coalesced_group labeled_partition(const thread_group&, T);

  // Bits of lanes to bits of ranks.
  AW_GROUP unsigned int packed(unsigned int lanes) const {
    unsigned int result = 0, rank = 0;
    for (unsigned int left = mask_; left; left &= left - 1, ++rank)
      result |= (lanes & left & (0u - left)) ? 1u << rank : 0;
    return result;
  }
};

AW_GROUP coalesced_group coalesced_threads() {
  return coalesced_group(__activemask());
}

// Those of a tile or a coalesced group that have the same predicate.
AW_GROUP coalesced_group binary_partition(const thread_group& parent, bool predicate) {
  unsigned int with = __ballot_sync(parent.mask_, predicate);
  return coalesced_group(predicate ? with : parent.mask_ & ~with);
}
// Those that have the same label.
template <class T> AW_GROUP coalesced_group labeled_partition(const thread_group& parent, T label) {
  return coalesced_group(__match_any_sync(parent.mask_, label));
}

// Size neighbouring threads, a power of two up to the warp.
template <unsigned int Size, class Parent = void> class thread_block_tile : public thread_group {
  static_assert(Size > 0 && Size <= 32 && (Size & (Size - 1)) == 0,
                "tiles of more than a warp are not supported");

public:
  // A tile whose parent is named becomes one whose parent is not.
  template <class Other>
  AW_GROUP thread_block_tile(const thread_block_tile<Size, Other>& tile) : thread_group(tile) {}
  AW_GROUP void sync() const { __syncwarp(mask_); }
  static AW_GROUP constexpr unsigned int size() { return Size; }
  static AW_GROUP constexpr unsigned int num_threads() { return Size; }
  static AW_GROUP unsigned int thread_rank() { return detail::threadInBlock() & (Size - 1); }
  static AW_GROUP unsigned int meta_group_rank() { return detail::threadInBlock() / Size; }
  static AW_GROUP unsigned int meta_group_size() {
    return (detail::threadsOfBlock() + Size - 1) / Size;
  }

  template <class T> AW_GROUP T shfl(T value, int rank) const {
    return detail::byWords(value, [=, this](unsigned int word) {
      return (unsigned int)__shfl_sync(mask_, (int)word, rank, (int)Size);
    });
  }
  template <class T> AW_GROUP T shfl_down(T value, unsigned int delta) const {
    return detail::byWords(value, [=, this](unsigned int word) {
      return (unsigned int)__shfl_down_sync(mask_, (int)word, delta, (int)Size);
    });
  }
  template <class T> AW_GROUP T shfl_up(T value, unsigned int delta) const {
    return detail::byWords(value, [=, this](unsigned int word) {
      return (unsigned int)__shfl_up_sync(mask_, (int)word, delta, (int)Size);
    });
  }
  template <class T> AW_GROUP T shfl_xor(T value, unsigned int laneMask) const {
    return detail::byWords(value, [=, this](unsigned int word) {
      return (unsigned int)__shfl_xor_sync(mask_, (int)word, (int)laneMask, (int)Size);
    });
  }
  AW_GROUP int any(int predicate) const { return __any_sync(mask_, predicate); }
  AW_GROUP int all(int predicate) const { return __all_sync(mask_, predicate); }
  AW_GROUP unsigned int ballot(int predicate) const {
    return __ballot_sync(mask_, predicate) >> shift();
  }
  template <class T> AW_GROUP unsigned int match_any(T value) const {
    return __match_any_sync(mask_, value) >> shift();
  }
  template <class T> AW_GROUP unsigned int match_all(T value, int& predicate) const {
    return __match_all_sync(mask_, value, &predicate) >> shift();
  }

private:
  static AW_GROUP unsigned int shift() { return detail::laneId() & ~(Size - 1); }
  // The last tile of a block may be cut off by its end.
  static AW_GROUP unsigned int lanes() {
    unsigned int full = Size == 32 ? 0xffffffffu : ((1u << (Size & 31)) - 1) << shift();
    unsigned int threads = detail::threadsOfBlock(), warp = detail::threadInBlock() & ~31u;
    return threads - warp < 32 ? full & ((1u << (threads - warp)) - 1) : full;
  }
  AW_GROUP thread_block_tile() : thread_group(false, lanes()) {}
  template <unsigned int S, class P>
  friend AW_GROUP thread_block_tile<S, P> tiled_partition(const P&);
};

template <unsigned int Size, class Parent>
AW_GROUP thread_block_tile<Size, Parent> tiled_partition(const Parent&) {
  return thread_block_tile<Size, Parent>();
}

// The size known at run time only: a power of two up to the warp.
AW_GROUP thread_group tiled_partition(const thread_group& parent, unsigned int size) {
  unsigned int first = detail::laneId() & ~(size - 1);
  unsigned int mask = size >= 32 ? 0xffffffffu : ((1u << size) - 1) << first;
  return thread_group(false, parent.isBlock_ ? mask & __activemask() : mask & parent.mask_);
}

template <class Group> AW_GROUP void sync(const Group& group) {
  group.sync();
}
template <class Group> AW_GROUP unsigned int thread_rank(const Group& group) {
  return group.thread_rank();
}
template <class Group> AW_GROUP unsigned int group_size(const Group& group) {
  return group.size();
}

} // namespace cooperative_groups

#undef AW_GROUP
#include "cooperative_groups/grid.h"
#endif
