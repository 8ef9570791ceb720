// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cooperative groups (CUDA C++ Programming Guide, "Cooperative Groups"): blocks, tiles, coalesced
// lanes, grids, clusters, partitions. reduce, scan and memcpy_async have headers of their own.
// Groups are small values; a collective function is called by all threads of its group.
#pragma once
#define _COOPERATIVE_GROUPS_H_ // programs test for it

#include "cuda_runtime.h"

#if defined(__cplusplus) && defined(__CUDACC__)
#include "anywarp/groups_partition.h"
#endif
