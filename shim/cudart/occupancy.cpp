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

namespace {

core::LaunchRequest requestOf(const cudaLaunchConfig_t& config) {
  core::LaunchRequest request;
  request.block[0] = config.blockDim.x;
  request.block[1] = config.blockDim.y;
  request.block[2] = config.blockDim.z;
  request.dynamicShared = uint32_t(config.dynamicSmemBytes);
  for (unsigned i = 0; config.attrs && i < config.numAttrs; ++i)
    if (config.attrs[i].id == cudaLaunchAttributeClusterDimension) {
      auto& cluster = config.attrs[i].val.clusterDim;
      request.cluster[0] = cluster.x;
      request.cluster[1] = cluster.y;
      request.cluster[2] = cluster.z;
    }
  return request;
}

} // namespace

Result<void> occupancyMaxPotentialClusterSize(int* clusterSize, const void* func,
                                              const cudaLaunchConfig_t* launchConfig) {
  AW_ARG(clusterSize && launchConfig, "null argument");
  AW_LET(function, resolve(func));
  AW_LET(size, core::occupancyMaxPotentialClusterSize(*function, requestOf(*launchConfig)));
  *clusterSize = size;
  return {};
}

Result<void> occupancyMaxActiveClusters(int* numClusters, const void* func,
                                        const cudaLaunchConfig_t* launchConfig) {
  AW_ARG(numClusters && launchConfig, "null argument");
  AW_LET(function, resolve(func));
  AW_LET(clusters, core::occupancyMaxActiveClusters(*function, requestOf(*launchConfig)));
  *numClusters = clusters;
  return {};
}

} // namespace anywarp::cudart
