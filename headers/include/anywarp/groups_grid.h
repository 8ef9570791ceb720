// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Groups of several blocks: grid_group of a cooperative launch, cluster_group (sm_90), and
// multi_grid_group before CUDA 13. Not for direct use: cooperative_groups.h includes it.
#pragma once

#include "../cuda_device_runtime_api.h"
#include "groups_wide_tile.h"

namespace cooperative_groups {

namespace detail {

// What the driver gives a cooperative grid: a word for itself, then the barrier of the grid.
AW_GROUP unsigned int* gridBarrier() {
  unsigned int high, low;
  asm("mov.u32 %0, %%envreg1;" : "=r"(high));
  asm("mov.u32 %0, %%envreg2;" : "=r"(low));
  unsigned long long workspace = (unsigned long long)high << 32 | low;
  return workspace ? reinterpret_cast<unsigned int*>(workspace) + 1 : nullptr;
}

// Each block adds 1, and block 0 what makes all of them 2^31 together: the top bit changes when
// the last has come, and the word is ready for the next phase.
AW_GROUP unsigned int arriveAtGrid(unsigned int* barrier) {
  unsigned int others = (unsigned int)blocksOfGrid() - 1, old;
  unsigned int add = blockInGrid() == 0 ? 0x80000000u - others : 1u;
  asm volatile("atom.add.release.gpu.u32 %0, [%1], %2;"
               : "=r"(old)
               : "l"(barrier), "r"(add)
               : "memory");
  return old;
}
AW_GROUP void waitForGrid(unsigned int* barrier, unsigned int old) {
  unsigned int now;
  do
    asm volatile("ld.acquire.gpu.u32 %0, [%1];" : "=r"(now) : "l"(barrier) : "memory");
  while (!((now ^ old) & 0x80000000u));
}

AW_GROUP dim3 clusterSize() {
  unsigned int x, y, z;
  asm("mov.u32 %0, %%cluster_nctaid.x;" : "=r"(x));
  asm("mov.u32 %0, %%cluster_nctaid.y;" : "=r"(y));
  asm("mov.u32 %0, %%cluster_nctaid.z;" : "=r"(z));
  return dim3(x, y, z);
}

} // namespace detail

class grid_group : public thread_group {
public:
  struct arrival_token {
    unsigned int old_;
  };

  // False where the grid was not launched cooperatively; its threads cannot meet.
  AW_GROUP bool is_valid() const { return detail::gridBarrier() != nullptr; }
  AW_GROUP void sync() const { barrier_wait(barrier_arrive()); }
  AW_GROUP arrival_token barrier_arrive() const {
    arrival_token token = {0};
    __syncthreads();
    if (!is_valid())
      __trap();
    if (detail::threadInBlock() == 0)
      token.old_ = detail::arriveAtGrid(detail::gridBarrier());
    return token;
  }
  AW_GROUP void barrier_wait(arrival_token&& token) const {
    if (detail::threadInBlock() == 0)
      detail::waitForGrid(detail::gridBarrier(), token.old_);
    __syncthreads();
  }

  static AW_GROUP unsigned long long size() {
    return detail::blocksOfGrid() * detail::threadsOfBlock();
  }
  static AW_GROUP unsigned long long num_threads() { return size(); }
  static AW_GROUP unsigned long long thread_rank() {
    return detail::blockInGrid() * detail::threadsOfBlock() + detail::threadInBlock();
  }
  static AW_GROUP dim3 group_dim() { return dim_blocks(); }
  static AW_GROUP dim3 dim_blocks() { return dim3(gridDim.x, gridDim.y, gridDim.z); }
  static AW_GROUP dim3 block_index() { return dim3(blockIdx.x, blockIdx.y, blockIdx.z); }
  static AW_GROUP unsigned long long num_blocks() { return detail::blocksOfGrid(); }
  static AW_GROUP unsigned long long block_rank() { return detail::blockInGrid(); }

  // Of clusters: sm_90 and later.
  static AW_GROUP dim3 dim_clusters() {
    unsigned int x, y, z;
    asm("mov.u32 %0, %%nclusterid.x;" : "=r"(x));
    asm("mov.u32 %0, %%nclusterid.y;" : "=r"(y));
    asm("mov.u32 %0, %%nclusterid.z;" : "=r"(z));
    return dim3(x, y, z);
  }
  static AW_GROUP dim3 cluster_index() {
    unsigned int x, y, z;
    asm("mov.u32 %0, %%clusterid.x;" : "=r"(x));
    asm("mov.u32 %0, %%clusterid.y;" : "=r"(y));
    asm("mov.u32 %0, %%clusterid.z;" : "=r"(z));
    return dim3(x, y, z);
  }
  static AW_GROUP unsigned long long num_clusters() {
    dim3 n = dim_clusters();
    return (unsigned long long)n.x * n.y * n.z;
  }
  static AW_GROUP unsigned long long cluster_rank() {
    dim3 n = dim_clusters(), i = cluster_index();
    return ((unsigned long long)i.z * n.y + i.y) * n.x + i.x;
  }

private:
  AW_GROUP grid_group() : thread_group(Grid) {}
  friend AW_GROUP grid_group this_grid();
};

AW_GROUP grid_group this_grid() {
  return grid_group();
}

// The blocks of a cluster: sm_90 and later. A grid launched without has clusters of one block.
class cluster_group : public thread_group {
public:
  struct arrival_token {};

  static AW_GROUP void sync() { barrier_wait(barrier_arrive()); }
  static AW_GROUP arrival_token barrier_arrive() {
    asm volatile("barrier.cluster.arrive.aligned;" ::: "memory");
    return arrival_token();
  }
  static AW_GROUP void barrier_wait() {
    asm volatile("barrier.cluster.wait.aligned;" ::: "memory");
  }
  static AW_GROUP void barrier_wait(arrival_token&&) { barrier_wait(); }

  static AW_GROUP unsigned int size() { return num_threads(); }
  static AW_GROUP unsigned int num_threads() { return num_blocks() * detail::threadsOfBlock(); }
  static AW_GROUP unsigned int thread_rank() {
    return block_rank() * detail::threadsOfBlock() + detail::threadInBlock();
  }
  static AW_GROUP unsigned int num_blocks() {
    unsigned int n;
    asm("mov.u32 %0, %%cluster_nctarank;" : "=r"(n));
    return n;
  }
  static AW_GROUP unsigned int block_rank() {
    unsigned int rank;
    asm("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
    return rank;
  }
  static AW_GROUP dim3 dim_blocks() { return detail::clusterSize(); }
  static AW_GROUP dim3 dim_threads() {
    dim3 n = detail::clusterSize();
    return dim3(n.x * blockDim.x, n.y * blockDim.y, n.z * blockDim.z);
  }
  static AW_GROUP dim3 block_index() {
    unsigned int x, y, z;
    asm("mov.u32 %0, %%cluster_ctaid.x;" : "=r"(x));
    asm("mov.u32 %0, %%cluster_ctaid.y;" : "=r"(y));
    asm("mov.u32 %0, %%cluster_ctaid.z;" : "=r"(z));
    return dim3(x, y, z);
  }
  static AW_GROUP dim3 thread_index() {
    dim3 i = block_index();
    return dim3(i.x * blockDim.x + threadIdx.x, i.y * blockDim.y + threadIdx.y,
                i.z * blockDim.z + threadIdx.z);
  }

  // The block whose shared memory holds the address.
  static AW_GROUP unsigned int query_shared_rank(const void* address) {
    unsigned int rank;
    asm("getctarank.u64 %0, %1;" : "=r"(rank) : "l"(address));
    return rank;
  }
  // The address of the same shared variable in another block of the cluster.
  template <class T> static AW_GROUP T* map_shared_rank(T* address, int rank) {
    unsigned long long mapped;
    asm("mapa.u64 %0, %1, %2;" : "=l"(mapped) : "l"(address), "r"(rank));
    return reinterpret_cast<T*>(mapped);
  }

private:
  AW_GROUP cluster_group() : thread_group(Cluster) {}
  friend AW_GROUP cluster_group this_cluster();
};

AW_GROUP cluster_group this_cluster() {
  return cluster_group();
}

#if CUDART_VERSION < 13000
// The grids of one cooperative launch on several devices, which meet through the device runtime.
class multi_grid_group : public thread_group {
public:
  AW_GROUP bool is_valid() const { return handle_ != 0; }
  AW_GROUP void sync() const {
    if (!is_valid() || cudaCGSynchronize(handle_, 0) != cudaSuccess)
      __trap();
  }
  AW_GROUP unsigned int size() const {
    unsigned int threads = 0;
    cudaCGGetSize(&threads, nullptr, handle_);
    return threads;
  }
  AW_GROUP unsigned int num_threads() const { return size(); }
  AW_GROUP unsigned int num_grids() const {
    unsigned int grids = 0;
    cudaCGGetSize(nullptr, &grids, handle_);
    return grids;
  }
  AW_GROUP unsigned int thread_rank() const {
    unsigned int thread = 0;
    cudaCGGetRank(&thread, nullptr, handle_);
    return thread;
  }
  AW_GROUP unsigned int grid_rank() const {
    unsigned int grid = 0;
    cudaCGGetRank(nullptr, &grid, handle_);
    return grid;
  }

private:
  AW_GROUP multi_grid_group()
      : thread_group(MultiGrid), handle_(cudaCGGetIntrinsicHandle(cudaCGScopeMultiGrid)) {}
  friend AW_GROUP multi_grid_group this_multi_grid();

  unsigned long long handle_;
};

AW_GROUP multi_grid_group this_multi_grid() {
  return multi_grid_group();
}
#endif

// Any kind of group.
AW_GROUP void thread_group::sync() const {
  switch (kind_) {
  case Lanes:
    return __syncwarp(mask_);
  case Block:
    return __syncthreads();
  case WideTile:
    return detail::meetAt(&memory_->arrived[detail::counterOf(size_)], size_);
  case Grid:
    return this_grid().sync();
  case Cluster:
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 900
    return cluster_group::sync();
#endif
  default:
    __trap();
  }
}
AW_GROUP unsigned long long thread_group::size() const {
  switch (kind_) {
  case Lanes:
    return __popc(mask_);
  case Block:
    return detail::threadsOfBlock();
  case WideTile:
    return size_;
  case Grid:
    return grid_group::size();
  case Cluster:
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 900
    return cluster_group::size();
#endif
  default:
    __trap();
  }
  return 0;
}
AW_GROUP unsigned long long thread_group::thread_rank() const {
  switch (kind_) {
  case Lanes:
    return __popc(mask_ & detail::lanesBelow());
  case Block:
    return detail::threadInBlock();
  case WideTile:
    return detail::threadInBlock() & (size_ - 1);
  case Grid:
    return grid_group::thread_rank();
  case Cluster:
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 900
    return cluster_group::thread_rank();
#endif
  default:
    __trap();
  }
  return 0;
}
AW_GROUP bool thread_group::is_valid() const {
  return kind_ != Grid || detail::gridBarrier();
}

} // namespace cooperative_groups
