// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The group of all threads of a grid. sync() is for grids that were launched cooperatively
// (is_valid()). Not for direct use: cooperative_groups.h includes it.
#pragma once

#include "../cuda_device_runtime_api.h"

namespace cooperative_groups {

#define AW_GROUP __device__ __inline__ __attribute__((always_inline))

class grid_group {
public:
  AW_GROUP bool is_valid() const { return handle_ != 0; }
  AW_GROUP void sync() const {
    if (!is_valid())
      __trap(); // CUDA leaves it undefined
    cudaCGSynchronizeGrid(handle_, 0);
  }
  static AW_GROUP dim3 group_dim() { return dim3(gridDim.x, gridDim.y, gridDim.z); }
  static AW_GROUP dim3 dim_blocks() { return group_dim(); }
  static AW_GROUP dim3 block_index() { return dim3(blockIdx.x, blockIdx.y, blockIdx.z); }
  static AW_GROUP unsigned long long num_blocks() {
    return (unsigned long long)gridDim.x * gridDim.y * gridDim.z;
  }
  static AW_GROUP unsigned long long block_rank() {
    return ((unsigned long long)blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
  }
  static AW_GROUP unsigned long long num_threads() {
    return num_blocks() * detail::threadsOfBlock();
  }
  static AW_GROUP unsigned long long size() { return num_threads(); }
  static AW_GROUP unsigned long long thread_rank() {
    return block_rank() * detail::threadsOfBlock() + detail::threadInBlock();
  }

private:
  static constexpr unsigned kScopeGrid = 1; // cudaCGScopeGrid
  AW_GROUP grid_group() : handle_(cudaCGGetIntrinsicHandle(kScopeGrid)) {}
  friend AW_GROUP grid_group this_grid();

  unsigned long long handle_;
};

AW_GROUP grid_group this_grid() {
  return grid_group();
}

#undef AW_GROUP

} // namespace cooperative_groups
