// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "occupancy" in {

def cudaOccupancyAvailableDynamicSMemPerBlock : Full<"Gives the shared memory left for a number of blocks.",
    [Version<"", 11000, "out size_t* dynamicSmemSize, const void* func, int numBlocks, int blockSize">]>;
def cudaOccupancyMaxActiveBlocksPerMultiprocessor : Full<"Gives the blocks of a kernel that fit a multiprocessor.",
    [Version<"", 11000, "out int* numBlocks, const void* func, int blockSize, size_t dynamicSMemSize">]>;
def cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags : Full<"Gives the blocks of a kernel that fit a multiprocessor, with flags.",
    [Version<"", 11000, "out int* numBlocks, const void* func, int blockSize, size_t dynamicSMemSize, unsigned int flags">]>;
def cudaOccupancyMaxActiveClusters : Full<"Gives the clusters of a kernel that fit the device.",
    [Version<"", 11000, "out int* numClusters, const void* func, const cudaLaunchConfig_t* launchConfig">]>;
def cudaOccupancyMaxPotentialClusterSize : Full<"Gives the largest cluster of a kernel.",
    [Version<"", 11000, "out int* clusterSize, const void* func, const cudaLaunchConfig_t* launchConfig">]>;

} // Object
