/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The occupancy calculator that needs no driver: how many blocks of a kernel fit on a
   multiprocessor of a described device. Granularities and limits are those of the CUDA C++
   Programming Guide's table of compute capabilities. For C and C++. */
#pragma once

#include <limits.h>
#include <stddef.h>

typedef enum cudaOccError_enum {
  CUDA_OCC_SUCCESS = 0,
  CUDA_OCC_ERROR_INVALID_INPUT = 1,
  CUDA_OCC_ERROR_UNKNOWN_DEVICE = 2,
} cudaOccError;

typedef struct cudaOccDeviceProp {
  int computeMajor;
  int computeMinor;
  int maxThreadsPerBlock;
  int maxThreadsPerMultiprocessor;
  int regsPerBlock;
  int regsPerMultiprocessor;
  int warpSize;
  size_t sharedMemPerBlock;
  size_t sharedMemPerMultiprocessor;
  int numSms;
  size_t sharedMemPerBlockOptin;
  size_t reservedSharedMemPerBlock;
#ifdef __cplusplus
  cudaOccDeviceProp() = default;
  template <class Properties>
  cudaOccDeviceProp(const Properties& p)
      : computeMajor(p.major), computeMinor(p.minor), maxThreadsPerBlock(p.maxThreadsPerBlock),
        maxThreadsPerMultiprocessor(p.maxThreadsPerMultiProcessor), regsPerBlock(p.regsPerBlock),
        regsPerMultiprocessor(p.regsPerMultiprocessor), warpSize(p.warpSize),
        sharedMemPerBlock(p.sharedMemPerBlock),
        sharedMemPerMultiprocessor(p.sharedMemPerMultiprocessor), numSms(p.multiProcessorCount),
        sharedMemPerBlockOptin(p.sharedMemPerBlockOptin),
        reservedSharedMemPerBlock(p.reservedSharedMemPerBlock) {}
#endif
} cudaOccDeviceProp;

typedef enum cudaOccPartitionedGCConfig_enum {
  PARTITIONED_GC_OFF,
  PARTITIONED_GC_ON,
  PARTITIONED_GC_ON_STRICT,
} cudaOccPartitionedGCConfig;
typedef enum cudaOccFuncShmemConfig_enum {
  FUNC_SHMEM_LIMIT_DEFAULT,
  FUNC_SHMEM_LIMIT_OPTIN,
} cudaOccFuncShmemConfig;

typedef struct cudaOccFuncAttributes {
  int maxThreadsPerBlock;
  int numRegs;
  size_t sharedSizeBytes;
  cudaOccPartitionedGCConfig partitionedGCConfig;
  cudaOccFuncShmemConfig shmemLimitConfig;
  size_t maxDynamicSharedSizeBytes;
  int numBlockBarriers;
#ifdef __cplusplus
  cudaOccFuncAttributes() = default;
  template <class Attributes>
  cudaOccFuncAttributes(const Attributes& a)
      : maxThreadsPerBlock(a.maxThreadsPerBlock), numRegs(a.numRegs),
        sharedSizeBytes(a.sharedSizeBytes), partitionedGCConfig(PARTITIONED_GC_OFF),
        shmemLimitConfig(FUNC_SHMEM_LIMIT_OPTIN),
        maxDynamicSharedSizeBytes(a.maxDynamicSharedSizeBytes), numBlockBarriers(1) {}
#endif
} cudaOccFuncAttributes;

typedef enum cudaOccCacheConfig_enum {
  CACHE_PREFER_NONE = 0,
  CACHE_PREFER_SHARED = 1,
  CACHE_PREFER_L1 = 2,
  CACHE_PREFER_EQUAL = 3,
} cudaOccCacheConfig;
typedef enum cudaOccCarveoutConfig_enum {
  SHAREDMEM_CARVEOUT_DEFAULT = -1,
  SHAREDMEM_CARVEOUT_MAX_L1 = 0,
  SHAREDMEM_CARVEOUT_HALF = 50,
  SHAREDMEM_CARVEOUT_MAX_SHARED = 100,
} cudaOccCarveoutConfig;
typedef struct cudaOccDeviceState {
  cudaOccCacheConfig cacheConfig;
  int carveoutConfig;
#ifdef __cplusplus
  cudaOccDeviceState()
      : cacheConfig(CACHE_PREFER_NONE), carveoutConfig(SHAREDMEM_CARVEOUT_DEFAULT) {}
#endif
} cudaOccDeviceState;

typedef enum cudaOccLimitingFactor_enum {
  OCC_LIMIT_WARPS = 0x01,
  OCC_LIMIT_REGISTERS = 0x02,
  OCC_LIMIT_SHARED_MEMORY = 0x04,
  OCC_LIMIT_BLOCKS = 0x08,
  OCC_LIMIT_BARRIERS = 0x10,
} cudaOccLimitingFactor;
typedef struct cudaOccResult {
  int activeBlocksPerMultiprocessor;
  unsigned int limitingFactors;
  int blockLimitRegs;
  int blockLimitSharedMem;
  int blockLimitWarps;
  int blockLimitBlocks;
  int blockLimitBarriers;
  int allocatedRegistersPerBlock;
  size_t allocatedSharedMemPerBlock;
  cudaOccPartitionedGCConfig partitionedGCConfig;
} cudaOccResult;

#define AW_OCC __attribute__((unused)) static inline

/* Resident blocks of a multiprocessor; 0: a capability nobody knows. */
AW_OCC int aw_occBlocks(const cudaOccDeviceProp* p) {
  switch (p->computeMajor) {
  case 3:
    return 16;
  case 5:
  case 6:
    return 32;
  case 7:
    return p->computeMinor == 5 ? 16 : 32;
  case 8:
    return p->computeMinor == 0 ? 32 : p->computeMinor == 9 ? 24 : 16;
  case 9:
  case 10:
    return 32;
  case 11:
  case 12:
    return 24;
  default:
    return 0;
  }
}
AW_OCC size_t aw_occRound(size_t value, size_t unit) {
  return (value + unit - 1) / unit * unit;
}
AW_OCC int aw_occSmaller(int a, int b) {
  return a < b ? a : b;
}
AW_OCC cudaOccError aw_occCheck(const cudaOccDeviceProp* p, const cudaOccFuncAttributes* a,
                                const cudaOccDeviceState* s, int blockSize) {
  if (!p || !a || !s || blockSize <= 0 || p->warpSize <= 0 || p->maxThreadsPerBlock <= 0 ||
      p->maxThreadsPerMultiprocessor <= 0 || a->maxThreadsPerBlock <= 0 || a->numRegs < 0 ||
      s->carveoutConfig < SHAREDMEM_CARVEOUT_DEFAULT ||
      s->carveoutConfig > SHAREDMEM_CARVEOUT_MAX_SHARED)
    return CUDA_OCC_ERROR_INVALID_INPUT;
  return aw_occBlocks(p) ? CUDA_OCC_SUCCESS : CUDA_OCC_ERROR_UNKNOWN_DEVICE;
}

/* Shared memory of a block as it is allocated, the system's part with it. */
AW_OCC size_t aw_occSharedUnit(const cudaOccDeviceProp* p) {
  return p->computeMajor >= 8 ? 128 : 256;
}
/* Of a multiprocessor, as the carveout leaves it: at least one block always gets its own. */
AW_OCC size_t aw_occSharedMemory(const cudaOccDeviceProp* p, const cudaOccDeviceState* s,
                                 size_t block) {
  size_t preferred;
  if (p->computeMajor < 7 || s->carveoutConfig == SHAREDMEM_CARVEOUT_DEFAULT)
    return p->sharedMemPerMultiprocessor;
  preferred = p->sharedMemPerMultiprocessor * (size_t)s->carveoutConfig / 100;
  return preferred > block ? preferred : block;
}

AW_OCC cudaOccError cudaOccMaxActiveBlocksPerMultiprocessor(cudaOccResult* result,
                                                            const cudaOccDeviceProp* properties,
                                                            const cudaOccFuncAttributes* attributes,
                                                            const cudaOccDeviceState* state,
                                                            int blockSize, size_t dynamicSmemSize) {
  /* Registers are handed out to warps in units of 256, to the four schedulers in turn. */
  const int kRegisterUnit = 256, kSchedulers = 4, kBarriers = 16;
  cudaOccError error = aw_occCheck(properties, attributes, state, blockSize);
  int warps, perWarp, blocks;
  size_t limit, shared, available;
  if (error != CUDA_OCC_SUCCESS)
    return error;
  if (!result)
    return CUDA_OCC_ERROR_INVALID_INPUT;
  warps = (blockSize + properties->warpSize - 1) / properties->warpSize;

  result->blockLimitWarps =
      blockSize > aw_occSmaller(properties->maxThreadsPerBlock, attributes->maxThreadsPerBlock)
          ? 0
          : properties->maxThreadsPerMultiprocessor / properties->warpSize / warps;
  result->blockLimitBlocks = aw_occBlocks(properties);
  /* A block has sixteen barriers; the multiprocessor has one for each block it may hold. */
  result->blockLimitBarriers =
      attributes->numBlockBarriers <= 1
          ? INT_MAX
          : result->blockLimitBlocks * kBarriers / attributes->numBlockBarriers;

  perWarp =
      (int)aw_occRound((size_t)(attributes->numRegs * properties->warpSize), (size_t)kRegisterUnit);
  result->allocatedRegistersPerBlock =
      perWarp * (int)aw_occRound((size_t)warps, (size_t)kSchedulers);
  if (perWarp == 0)
    result->blockLimitRegs = INT_MAX;
  else if (result->allocatedRegistersPerBlock > properties->regsPerBlock)
    result->blockLimitRegs = 0;
  else
    result->blockLimitRegs =
        properties->regsPerMultiprocessor / kSchedulers / perWarp * kSchedulers / warps;

  shared = aw_occRound(attributes->sharedSizeBytes + dynamicSmemSize +
                           properties->reservedSharedMemPerBlock,
                       aw_occSharedUnit(properties));
  limit = attributes->shmemLimitConfig == FUNC_SHMEM_LIMIT_OPTIN &&
                  attributes->maxDynamicSharedSizeBytes + attributes->sharedSizeBytes >
                      properties->sharedMemPerBlock
              ? properties->sharedMemPerBlockOptin
              : properties->sharedMemPerBlock;
  available = aw_occSharedMemory(properties, state, shared);
  result->allocatedSharedMemPerBlock = shared;
  if (attributes->sharedSizeBytes + dynamicSmemSize > limit)
    result->blockLimitSharedMem = 0;
  else
    result->blockLimitSharedMem = shared ? (int)(available / shared) : INT_MAX;
  result->partitionedGCConfig = PARTITIONED_GC_OFF;

  blocks = aw_occSmaller(aw_occSmaller(result->blockLimitWarps, result->blockLimitBlocks),
                         aw_occSmaller(result->blockLimitRegs, result->blockLimitSharedMem));
  blocks = aw_occSmaller(blocks, result->blockLimitBarriers);
  result->activeBlocksPerMultiprocessor = blocks;
  result->limitingFactors = (result->blockLimitWarps == blocks ? OCC_LIMIT_WARPS : 0u) |
                            (result->blockLimitRegs == blocks ? OCC_LIMIT_REGISTERS : 0u) |
                            (result->blockLimitSharedMem == blocks ? OCC_LIMIT_SHARED_MEMORY : 0u) |
                            (result->blockLimitBlocks == blocks ? OCC_LIMIT_BLOCKS : 0u) |
                            (result->blockLimitBarriers == blocks ? OCC_LIMIT_BARRIERS : 0u);
  return CUDA_OCC_SUCCESS;
}

/* Of the block sizes in whole warps, largest first, the first with most resident threads. Shared
   memory is the function's of the size, or the fixed amount when there is none. */
AW_OCC cudaOccError cudaOccMaxPotentialOccupancyBlockSize(int* minGridSize, int* blockSize,
                                                          const cudaOccDeviceProp* properties,
                                                          const cudaOccFuncAttributes* attributes,
                                                          const cudaOccDeviceState* state,
                                                          size_t (*blockSizeToDynamicSMemSize)(int),
                                                          size_t dynamicSMemSize) {
  cudaOccError error = aw_occCheck(properties, attributes, state, 1);
  cudaOccResult result;
  int size, best = 0;
  if (error != CUDA_OCC_SUCCESS)
    return error;
  if (!minGridSize || !blockSize)
    return CUDA_OCC_ERROR_INVALID_INPUT;
  *minGridSize = *blockSize = 0;
  size = aw_occSmaller(properties->maxThreadsPerBlock, attributes->maxThreadsPerBlock);
  for (; size > 0; size = (size - 1) / properties->warpSize * properties->warpSize) {
    error = cudaOccMaxActiveBlocksPerMultiprocessor(
        &result, properties, attributes, state, size,
        blockSizeToDynamicSMemSize ? blockSizeToDynamicSMemSize(size) : dynamicSMemSize);
    if (error != CUDA_OCC_SUCCESS)
      return error;
    if (size * result.activeBlocksPerMultiprocessor > best) {
      best = size * result.activeBlocksPerMultiprocessor;
      *blockSize = size;
      *minGridSize = result.activeBlocksPerMultiprocessor * properties->numSms;
    }
  }
  return CUDA_OCC_SUCCESS;
}

/* Dynamic shared memory that each of so many blocks on a multiprocessor may have. */
AW_OCC cudaOccError cudaOccAvailableDynamicSMemPerBlock(size_t* bytesAvailable,
                                                        const cudaOccDeviceProp* properties,
                                                        const cudaOccFuncAttributes* attributes,
                                                        const cudaOccDeviceState* state,
                                                        int numBlocks, int blockSize) {
  const cudaOccError error = aw_occCheck(properties, attributes, state, blockSize);
  cudaOccResult result;
  size_t unit, share, taken, limit;
  if (error != CUDA_OCC_SUCCESS)
    return error;
  if (!bytesAvailable || numBlocks <= 0)
    return CUDA_OCC_ERROR_INVALID_INPUT;
  *bytesAvailable = 0;
  cudaOccMaxActiveBlocksPerMultiprocessor(&result, properties, attributes, state, blockSize, 0);
  if (result.activeBlocksPerMultiprocessor < numBlocks)
    return CUDA_OCC_ERROR_INVALID_INPUT;
  unit = aw_occSharedUnit(properties);
  share = aw_occSharedMemory(properties, state, 0) / (size_t)numBlocks / unit * unit;
  taken = attributes->sharedSizeBytes + properties->reservedSharedMemPerBlock;
  limit = attributes->shmemLimitConfig == FUNC_SHMEM_LIMIT_OPTIN
              ? properties->sharedMemPerBlockOptin
              : properties->sharedMemPerBlock;
  share = share > taken ? share - taken : 0;
  limit = limit > attributes->sharedSizeBytes ? limit - attributes->sharedSizeBytes : 0;
  *bytesAvailable = share < limit ? share : limit;
  return CUDA_OCC_SUCCESS;
}

#ifdef __cplusplus
template <class SharedMemOf>
static inline cudaOccError cudaOccMaxPotentialOccupancyBlockSizeVariableSMem(
    int* minGridSize, int* blockSize, const cudaOccDeviceProp* properties,
    const cudaOccFuncAttributes* attributes, const cudaOccDeviceState* state,
    SharedMemOf sharedMemOf) {
  // The callback has no place for a context: a thread's call in progress.
  static thread_local const SharedMemOf* current;
  current = &sharedMemOf;
  return cudaOccMaxPotentialOccupancyBlockSize(
      minGridSize, blockSize, properties, attributes, state,
      [](int size) { return (size_t)(*current)(size); }, 0);
}
#endif
#undef AW_OCC
