// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a compute capability promises: the CUDA programming guide's tables "Technical
// Specifications per Compute Capability" as numbers. Pure.
#pragma once

#include <cstdint>

namespace anywarp {

struct ComputeLimits {
  int capability; // 10 * major + minor
  uint32_t threadsPerMultiprocessor;
  uint32_t blocksPerMultiprocessor;
  uint32_t sharedPerMultiprocessor; // KiB
  uint32_t sharedPerBlockOptin;     // KiB
  uint32_t reservedSharedPerBlock;  // bytes
  uint32_t registersPerBlock;
  int coresPerMultiprocessor; // lanes of single precision ("Arithmetic Instructions")
};

// The row of this capability; of the nearest older one where the guide has none.
const ComputeLimits& computeLimits(int major, int minor);

// Of a cluster (CUDA programming guide, "Thread Block Clusters"): 1 where there are no clusters.
uint32_t portableClusterBlocks(int major);
uint32_t largestClusterBlocks(int major);

} // namespace anywarp
