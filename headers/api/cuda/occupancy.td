// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "occupancy" in {

def cuOccupancyMaxActiveBlocksPerMultiprocessor : Full<"Gives the blocks that fit on a multiprocessor.", 
    [Version<"", 6050, "out int* numBlocks, CUfunction func, int blockSize, size_t dynamicSMemSize">]>;
def cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags : Full<"Gives the blocks that fit on a multiprocessor.", 
    [Version<"", 7000, "out int* numBlocks, CUfunction func, int blockSize, size_t dynamicSMemSize, unsigned int flags">]>;
def cuOccupancyMaxPotentialBlockSize : Full<"Suggests a block size.", 
    [Version<"", 6050, "out int* minGridSize, out int* blockSize, CUfunction func, CUoccupancyB2DSize blockSizeToDynamicSMemSize, size_t dynamicSMemSize, int blockSizeLimit">]>;
def cuOccupancyMaxPotentialBlockSizeWithFlags : Full<"Suggests a block size.", 
    [Version<"", 7000, "out int* minGridSize, out int* blockSize, CUfunction func, CUoccupancyB2DSize blockSizeToDynamicSMemSize, size_t dynamicSMemSize, int blockSizeLimit, unsigned int flags">]>;
def cuOccupancyAvailableDynamicSMemPerBlock : Full<"Gives the shared memory left for a number of blocks.", 
    [Version<"", 10020, "out size_t* dynamicSmemSize, CUfunction func, int numBlocks, int blockSize">]>;
def cuOccupancyMaxPotentialClusterSize : Full<"Suggests a cluster size.", 
    [Version<"", 11070, "out int* clusterSize, CUfunction func, const CUlaunchConfig* config">]>;
def cuOccupancyMaxActiveClusters : Full<"Gives the clusters that fit on the device.", 
    [Version<"", 11070, "out int* numClusters, CUfunction func, const CUlaunchConfig* config">]>;

} // Object
