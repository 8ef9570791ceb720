// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The C++ occupancy calculator: which block size keeps most threads of a multiprocessor busy.
// Not for direct use: runtime_templates.h includes it.
#pragma once

template <class F>
AW_API cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, F func, int blockSize,
                                                     size_t sharedMem) {
  return ::cudaOccupancyMaxActiveBlocksPerMultiprocessor(blocks, (const void*)func, blockSize,
                                                         sharedMem);
}
template <class F>
AW_API cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, F func, int blockSize,
                                                              size_t sharedMem,
                                                              unsigned int flags) {
  return ::cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(blocks, (const void*)func,
                                                                  blockSize, sharedMem, flags);
}
template <class F>
AW_API cudaOccupancyAvailableDynamicSMemPerBlock(size_t* size, F* func, int blocks, int blockSize) {
  return ::cudaOccupancyAvailableDynamicSMemPerBlock(size, (const void*)func, blocks, blockSize);
}

// Tries every multiple of the warp size, largest first, and keeps the first with most resident
// threads: among equals a larger block needs fewer of them.
template <class SharedMemOf, class F>
AW_API cudaOccupancyMaxPotentialBlockSizeVariableSMemWithFlags(int* minGridSize, int* blockSize,
                                                               F func, SharedMemOf sharedMemOf,
                                                               int blockSizeLimit = 0,
                                                               unsigned int flags = 0) {
  if (!minGridSize || !blockSize || !func)
    return cudaErrorInvalidValue;
  int device = 0, warp = 0, threadsPerProcessor = 0, processors = 0;
  cudaFuncAttributes attributes;
  cudaError_t error = cudaGetDevice(&device);
  if (!error)
    error = cudaDeviceGetAttribute(&warp, cudaDevAttrWarpSize, device);
  if (!error)
    error = cudaDeviceGetAttribute(&threadsPerProcessor, cudaDevAttrMaxThreadsPerMultiProcessor,
                                   device);
  if (!error)
    error = cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device);
  if (!error)
    error = cudaFuncGetAttributes(&attributes, (const void*)func);
  if (error)
    return error;

  int limit = attributes.maxThreadsPerBlock;
  if (blockSizeLimit > 0 && blockSizeLimit < limit)
    limit = blockSizeLimit;
  int bestThreads = 0, bestBlock = 0, bestBlocks = 0;
  // The first size is the limit itself, then whole warps below it.
  for (int size = limit; size > 0; size = (size - 1) / warp * warp) {
    int blocks = 0;
    error = ::cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
        &blocks, (const void*)func, size, sharedMemOf(size), flags);
    if (error)
      return error;
    if (size * blocks > bestThreads)
      bestThreads = size * blocks, bestBlock = size, bestBlocks = blocks;
    if (bestThreads >= threadsPerProcessor)
      break;
  }
  *minGridSize = bestBlocks * processors;
  *blockSize = bestBlock;
  return cudaSuccess;
}
template <class SharedMemOf, class F>
AW_API cudaOccupancyMaxPotentialBlockSizeVariableSMem(int* minGridSize, int* blockSize, F func,
                                                      SharedMemOf sharedMemOf,
                                                      int blockSizeLimit = 0) {
  return cudaOccupancyMaxPotentialBlockSizeVariableSMemWithFlags(
      minGridSize, blockSize, func, sharedMemOf, blockSizeLimit, cudaOccupancyDefault);
}
template <class F>
AW_API cudaOccupancyMaxPotentialBlockSizeWithFlags(int* minGridSize, int* blockSize, F func,
                                                   size_t sharedMem = 0, int blockSizeLimit = 0,
                                                   unsigned int flags = 0) {
  return cudaOccupancyMaxPotentialBlockSizeVariableSMemWithFlags(
      minGridSize, blockSize, func, [sharedMem](int) { return sharedMem; }, blockSizeLimit, flags);
}
template <class F>
AW_API cudaOccupancyMaxPotentialBlockSize(int* minGridSize, int* blockSize, F func,
                                          size_t sharedMem = 0, int blockSizeLimit = 0) {
  return cudaOccupancyMaxPotentialBlockSizeWithFlags(minGridSize, blockSize, func, sharedMem,
                                                     blockSizeLimit, cudaOccupancyDefault);
}
