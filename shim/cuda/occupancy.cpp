// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Occupancy: how many blocks fit.
#include "core/launch.h"
#include "cuda/support.h"

namespace anywarp::cuda {

Result<void> occupancyMaxActiveBlocksPerMultiprocessor(int* blocks, CUfunction handle,
                                                       int blockSize, size_t dynamicShared) {
  AW_ARG(blocks, "numBlocks is null");
  AW_LET(function, findFunction(handle));
  AW_LET(answer, core::occupancyMaxActiveBlocks(*function, blockSize, dynamicShared));
  *blocks = answer;
  return {};
}

Result<void> occupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, CUfunction handle,
                                                                int blockSize, size_t dynamicShared,
                                                                unsigned int flags) {
  AW_ARG(flags <= CU_OCCUPANCY_DISABLE_CACHING_OVERRIDE, "unknown flags");
  return occupancyMaxActiveBlocksPerMultiprocessor(blocks, handle, blockSize, dynamicShared);
}

Result<void> occupancyMaxPotentialBlockSize(int* minGrid, int* block, CUfunction handle,
                                            CUoccupancyB2DSize sharedForBlock, size_t dynamicShared,
                                            int limit) {
  AW_ARG(minGrid && block, "null pointer");
  AW_LET(function, findFunction(handle));
  AW_LET(answer,
         core::occupancyMaxPotentialBlockSize(*function, sharedForBlock, dynamicShared, limit));
  *minGrid = answer.minGrid;
  *block = answer.block;
  return {};
}

Result<void> occupancyMaxPotentialBlockSizeWithFlags(int* minGrid, int* block, CUfunction handle,
                                                     CUoccupancyB2DSize sharedForBlock,
                                                     size_t dynamicShared, int limit,
                                                     unsigned int flags) {
  AW_ARG(flags <= CU_OCCUPANCY_DISABLE_CACHING_OVERRIDE, "unknown flags");
  return occupancyMaxPotentialBlockSize(minGrid, block, handle, sharedForBlock, dynamicShared,
                                        limit);
}

Result<void> occupancyAvailableDynamicSMemPerBlock(size_t* bytes, CUfunction handle, int blocks,
                                                   int blockSize) {
  AW_ARG(bytes, "dynamicSmemSize is null");
  AW_LET(function, findFunction(handle));
  AW_LET(answer, core::occupancyAvailableDynamicShared(*function, blocks, blockSize));
  *bytes = answer;
  return {};
}

namespace {

core::LaunchRequest requestOf(const CUlaunchConfig& config) {
  core::LaunchRequest request;
  request.block[0] = config.blockDimX;
  request.block[1] = config.blockDimY;
  request.block[2] = config.blockDimZ;
  request.dynamicShared = config.sharedMemBytes;
  for (unsigned i = 0; config.attrs && i < config.numAttrs; ++i)
    if (config.attrs[i].id == CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION) {
      auto& cluster = config.attrs[i].value.clusterDim;
      request.cluster[0] = cluster.x;
      request.cluster[1] = cluster.y;
      request.cluster[2] = cluster.z;
    }
  return request;
}

} // namespace

Result<void> occupancyMaxPotentialClusterSize(int* clusterSize, CUfunction handle,
                                              const CUlaunchConfig* config) {
  AW_ARG(clusterSize && config, "null pointer");
  AW_LET(function, findFunction(handle));
  AW_LET(size, core::occupancyMaxPotentialClusterSize(*function, requestOf(*config)));
  *clusterSize = size;
  return {};
}

Result<void> occupancyMaxActiveClusters(int* numClusters, CUfunction handle,
                                        const CUlaunchConfig* config) {
  AW_ARG(numClusters && config, "null pointer");
  AW_LET(function, findFunction(handle));
  AW_LET(clusters, core::occupancyMaxActiveClusters(*function, requestOf(*config)));
  *numClusters = clusters;
  return {};
}

} // namespace anywarp::cuda
