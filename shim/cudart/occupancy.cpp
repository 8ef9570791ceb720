// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How many blocks of a kernel run at once.
#include "api/cudart/impl.h"
#include "common/call.h"
#include "core/launch.h"
#include "cudart/current.h"
#include "cudart/registry.h"

namespace anywarp::cudart {
namespace {

Result<core::FunctionRef> resolve(const void* func) {
  AW_LET(context, currentContext());
  return Registry::get().function(func, *context);
}

} // namespace

Result<void> occupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* numBlocks, const void* func,
                                                                int blockSize,
                                                                size_t dynamicSMemSize,
                                                                unsigned int flags) {
  AW_ARG(numBlocks, "numBlocks is null");
  AW_ARG(flags <= cudaOccupancyDisableCachingOverride, "unknown occupancy flags");
  AW_LET(function, resolve(func));
  AW_LET(blocks, core::occupancyMaxActiveBlocks(*function, blockSize, dynamicSMemSize));
  *numBlocks = blocks;
  return {};
}

Result<void> occupancyMaxActiveBlocksPerMultiprocessor(int* numBlocks, const void* func,
                                                       int blockSize, size_t dynamicSMemSize) {
  return occupancyMaxActiveBlocksPerMultiprocessorWithFlags(numBlocks, func, blockSize,
                                                            dynamicSMemSize, cudaOccupancyDefault);
}

Result<void> occupancyAvailableDynamicSMemPerBlock(size_t* dynamicSmemSize, const void* func,
                                                   int numBlocks, int blockSize) {
  AW_ARG(dynamicSmemSize, "dynamicSmemSize is null");
  AW_LET(function, resolve(func));
  AW_LET(bytes, core::occupancyAvailableDynamicShared(*function, numBlocks, blockSize));
  *dynamicSmemSize = bytes;
  return {};
}

Result<void> occupancyMaxPotentialClusterSize(int* clusterSize, const void* func,
                                              const cudaLaunchConfig_t* launchConfig) {
  AW_ARG(clusterSize && launchConfig, "null argument");
  AW_TRY(resolve(func));
  *clusterSize = 1;
  return {};
}

Result<void> occupancyMaxActiveClusters(int* numClusters, const void* func,
                                        const cudaLaunchConfig_t* launchConfig) {
  AW_ARG(numClusters && launchConfig, "null argument");
  AW_LET(function, resolve(func));
  const dim3& block = launchConfig->blockDim;
  AW_LET(blocks, core::occupancyMaxActiveBlocks(*function, int(block.x * block.y * block.z),
                                                launchConfig->dynamicSmemBytes));
  *numClusters = blocks * function->device().info().multiprocessors;
  return {};
}

} // namespace anywarp::cudart
