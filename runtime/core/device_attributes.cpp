// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The table is in the order of the CUDA driver API manual, "CUdevice_attribute". Texture and
// surface limits are those of the CUDA programming guide's table "Technical Specifications" for the
// device's compute capability; features that Anywarp lacks say 0.
#include "core/device_attributes.h"

#include "core/decompress.h"

#include <climits>

namespace anywarp::core {
// clang-format off: one line for each code
std::optional<int> deviceAttribute(const DeviceInfo& d, int code) {
  const bool old = d.computeMajor < 6; // Maxwell
  switch (code) {
  case 1: return int(d.maxThreadsPerBlock); // MAX_THREADS_PER_BLOCK
  case 2: return 1024;                      // MAX_BLOCK_DIM_X
  case 3: return 1024;                      // MAX_BLOCK_DIM_Y
  case 4: return 64;                        // MAX_BLOCK_DIM_Z
  case 5: return INT_MAX;                   // MAX_GRID_DIM_X
  case 6: return 65535;                     // MAX_GRID_DIM_Y
  case 7: return 65535;                     // MAX_GRID_DIM_Z
  case 8: return int(d.maxSharedPerBlock);  // MAX_SHARED_MEMORY_PER_BLOCK
  case 9: return 65536;                     // TOTAL_CONSTANT_MEMORY
  case 10: return 32;                       // WARP_SIZE
  case 11: return INT_MAX;                  // MAX_PITCH
  case 12: return int(d.registersPerBlock); // MAX_REGISTERS_PER_BLOCK
  case 13: return d.clockKHz;               // CLOCK_RATE
  case 14: return 512;                      // TEXTURE_ALIGNMENT
  case 15: return 1;                        // GPU_OVERLAP
  case 16: return d.multiprocessors;        // MULTIPROCESSOR_COUNT
  case 17: return 0;                        // KERNEL_EXEC_TIMEOUT
  case 18: return 0;                        // INTEGRATED: programs take 1 as a sign of a slow device
  case 19: return 1;                        // CAN_MAP_HOST_MEMORY
  case 20: return 0;                        // COMPUTE_MODE: default
  case 21: return old ? 65536 : 131072;     // MAXIMUM_TEXTURE1D_WIDTH
  case 22: return old ? 65536 : 131072;     // MAXIMUM_TEXTURE2D_WIDTH
  case 23: return 65536;                    // MAXIMUM_TEXTURE2D_HEIGHT
  case 24: return old ? 4096 : 16384;       // MAXIMUM_TEXTURE3D_WIDTH
  case 25: return old ? 4096 : 16384;       // MAXIMUM_TEXTURE3D_HEIGHT
  case 26: return old ? 4096 : 16384;       // MAXIMUM_TEXTURE3D_DEPTH
  case 27: return old ? 16384 : 32768;      // MAXIMUM_TEXTURE2D_LAYERED_WIDTH
  case 28: return old ? 16384 : 32768;      // MAXIMUM_TEXTURE2D_LAYERED_HEIGHT
  case 29: return 2048;                     // MAXIMUM_TEXTURE2D_LAYERED_LAYERS
  case 30: return 512;                      // SURFACE_ALIGNMENT
  case 31: return 1;                        // CONCURRENT_KERNELS
  case 32: return 0;                        // ECC_ENABLED
  case 33: return d.pciBus;                 // PCI_BUS_ID
  case 34: return d.pciDevice;              // PCI_DEVICE_ID
  case 35: return 0;                        // TCC_DRIVER
  case 36: return d.memoryClockKHz;         // MEMORY_CLOCK_RATE
  case 37: return d.memoryBusBits;          // GLOBAL_MEMORY_BUS_WIDTH
  case 38: return d.l2CacheBytes;           // L2_CACHE_SIZE
  case 39: return int(d.maxThreadsPerMultiprocessor); // MAX_THREADS_PER_MULTIPROCESSOR
  case 40: return 2;                        // ASYNC_ENGINE_COUNT
  case 41: return 1;                        // UNIFIED_ADDRESSING
  case 42: return old ? 16384 : 32768;      // MAXIMUM_TEXTURE1D_LAYERED_WIDTH
  case 43: return 2048;                     // MAXIMUM_TEXTURE1D_LAYERED_LAYERS
  case 44: return 1;                        // CAN_TEX2D_GATHER (deprecated)
  case 45: return old ? 16384 : 32768;      // MAXIMUM_TEXTURE2D_GATHER_WIDTH
  case 46: return old ? 16384 : 32768;      // MAXIMUM_TEXTURE2D_GATHER_HEIGHT
  case 47: return old ? 2048 : 8192;        // MAXIMUM_TEXTURE3D_WIDTH_ALTERNATE
  case 48: return old ? 2048 : 8192;        // MAXIMUM_TEXTURE3D_HEIGHT_ALTERNATE
  case 49: return old ? 16384 : 32768;      // MAXIMUM_TEXTURE3D_DEPTH_ALTERNATE
  case 50: return d.pciDomain;              // PCI_DOMAIN_ID
  case 51: return 32;                       // TEXTURE_PITCH_ALIGNMENT
  case 52: return old ? 16384 : 32768;      // MAXIMUM_TEXTURECUBEMAP_WIDTH
  case 53: return old ? 16384 : 32768;      // MAXIMUM_TEXTURECUBEMAP_LAYERED_WIDTH
  case 54: return 2046;                     // MAXIMUM_TEXTURECUBEMAP_LAYERED_LAYERS
  case 55: return old ? 16384 : 32768;      // MAXIMUM_SURFACE1D_WIDTH
  case 56: return old ? 65536 : 131072;     // MAXIMUM_SURFACE2D_WIDTH
  case 57: return 65536;                    // MAXIMUM_SURFACE2D_HEIGHT
  case 58: return old ? 4096 : 16384;       // MAXIMUM_SURFACE3D_WIDTH
  case 59: return old ? 4096 : 16384;       // MAXIMUM_SURFACE3D_HEIGHT
  case 60: return old ? 4096 : 16384;       // MAXIMUM_SURFACE3D_DEPTH
  case 61: return old ? 16384 : 32768;      // MAXIMUM_SURFACE1D_LAYERED_WIDTH
  case 62: return 2048;                     // MAXIMUM_SURFACE1D_LAYERED_LAYERS
  case 63: return old ? 16384 : 32768;      // MAXIMUM_SURFACE2D_LAYERED_WIDTH
  case 64: return old ? 16384 : 32768;      // MAXIMUM_SURFACE2D_LAYERED_HEIGHT
  case 65: return 2048;                     // MAXIMUM_SURFACE2D_LAYERED_LAYERS
  case 66: return old ? 16384 : 32768;      // MAXIMUM_SURFACECUBEMAP_WIDTH
  case 67: return old ? 16384 : 32768;      // MAXIMUM_SURFACECUBEMAP_LAYERED_WIDTH
  case 68: return 2046;                     // MAXIMUM_SURFACECUBEMAP_LAYERED_LAYERS
  case 69: return old ? 134217728 : 268435456; // MAXIMUM_TEXTURE1D_LINEAR_WIDTH
  case 70: return old ? 65536 : 131072;     // MAXIMUM_TEXTURE2D_LINEAR_WIDTH
  case 71: return old ? 65536 : 65000;      // MAXIMUM_TEXTURE2D_LINEAR_HEIGHT
  case 72: return old ? 1048544 : 2097120;  // MAXIMUM_TEXTURE2D_LINEAR_PITCH
  case 73: return old ? 16384 : 32768;      // MAXIMUM_TEXTURE2D_MIPMAPPED_WIDTH
  case 74: return old ? 16384 : 32768;      // MAXIMUM_TEXTURE2D_MIPMAPPED_HEIGHT
  case 75: return d.computeMajor;           // COMPUTE_CAPABILITY_MAJOR
  case 76: return d.computeMinor;           // COMPUTE_CAPABILITY_MINOR
  case 77: return old ? 16384 : 32768;      // MAXIMUM_TEXTURE1D_MIPMAPPED_WIDTH
  case 78: return 1;                        // STREAM_PRIORITIES_SUPPORTED
  case 79: return 1;                        // GLOBAL_L1_CACHE_SUPPORTED
  case 80: return 1;                        // LOCAL_L1_CACHE_SUPPORTED
  case 81: return int(d.maxSharedPerMultiprocessor); // MAX_SHARED_MEMORY_PER_MULTIPROCESSOR
  case 82: return 65536;                    // MAX_REGISTERS_PER_MULTIPROCESSOR
  case 83: return 1;                        // MANAGED_MEMORY
  case 84: return 0;                        // MULTI_GPU_BOARD
  case 85: return 0;                        // MULTI_GPU_BOARD_GROUP_ID
  case 86: return 1;                        // HOST_NATIVE_ATOMIC_SUPPORTED
  case 87: return 2;                        // SINGLE_TO_DOUBLE_PRECISION_PERF_RATIO
  case 88: return 1;                        // PAGEABLE_MEMORY_ACCESS
  case 89: return 1;                        // CONCURRENT_MANAGED_ACCESS
  case 90: return 1;                        // COMPUTE_PREEMPTION_SUPPORTED
  case 91: return 1;                        // CAN_USE_HOST_POINTER_FOR_REGISTERED_MEM
  case 92: return 1;                        // CAN_USE_STREAM_MEM_OPS_V1
  case 93: return 1;                        // CAN_USE_64_BIT_STREAM_MEM_OPS_V1
  case 94: return 1;                        // CAN_USE_STREAM_WAIT_VALUE_NOR_V1
  case 95: return 1;                        // COOPERATIVE_LAUNCH
  case 96: return 1;                        // COOPERATIVE_MULTI_DEVICE_LAUNCH
  case 97: return int(d.maxSharedPerBlockOptin); // MAX_SHARED_MEMORY_PER_BLOCK_OPTIN
  case 98: return 1;                        // CAN_FLUSH_REMOTE_WRITES
  case 99: return 1;                        // HOST_REGISTER_SUPPORTED
  case 100: return 1;                       // PAGEABLE_MEMORY_ACCESS_USES_HOST_PAGE_TABLES
  case 101: return 1;                       // DIRECT_MANAGED_MEM_ACCESS_FROM_HOST
  case 102: return 1;                       // VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED
  case 103: return 1;                       // HANDLE_TYPE_POSIX_FILE_DESCRIPTOR_SUPPORTED
  case 104: return 0;                       // HANDLE_TYPE_WIN32_HANDLE_SUPPORTED
  case 105: return 0;                       // HANDLE_TYPE_WIN32_KMT_HANDLE_SUPPORTED
  case 106: return int(d.maxBlocksPerMultiprocessor); // MAX_BLOCKS_PER_MULTIPROCESSOR
  case 107: return 0;                       // GENERIC_COMPRESSION_SUPPORTED
  case 108: return 0;                       // MAX_PERSISTING_L2_CACHE_SIZE
  case 109: return 0;                       // MAX_ACCESS_POLICY_WINDOW_SIZE
  case 110: return 0;                       // GPU_DIRECT_RDMA_WITH_CUDA_VMM_SUPPORTED
  case 111: return int(d.reservedSharedPerBlock); // RESERVED_SHARED_MEMORY_PER_BLOCK
  case 112: return 1;                       // SPARSE_CUDA_ARRAY_SUPPORTED
  case 113: return 1;                       // READ_ONLY_HOST_REGISTER_SUPPORTED
  case 114: return 1;                       // TIMELINE_SEMAPHORE_INTEROP_SUPPORTED
  case 115: return 1;                       // MEMORY_POOLS_SUPPORTED
  case 116: return 0;                       // GPU_DIRECT_RDMA_SUPPORTED
  case 117: return 0;                       // GPU_DIRECT_RDMA_FLUSH_WRITES_OPTIONS
  case 118: return 0;                       // GPU_DIRECT_RDMA_WRITES_ORDERING
  case 119: return 1;                       // MEMPOOL_SUPPORTED_HANDLE_TYPES: POSIX file descriptors
  case 120: return d.computeMajor >= 9;     // CLUSTER_LAUNCH
  case 121: return 1;                       // DEFERRED_MAPPING_CUDA_ARRAY_SUPPORTED
  case 122: return 1;                       // CAN_USE_64_BIT_STREAM_MEM_OPS
  case 123: return 1;                       // CAN_USE_STREAM_WAIT_VALUE_NOR
  case 124: return 0;                       // DMA_BUF_SUPPORTED
  case 125: return 1;                       // IPC_EVENT_SUPPORTED
  case 126: return 1;                       // MEM_SYNC_DOMAIN_COUNT
  case 127: return d.computeMajor >= 9;     // TENSOR_MAP_ACCESS_SUPPORTED
  case 128: return 0;                       // HANDLE_TYPE_FABRIC_SUPPORTED
  case 129: return 0;                       // UNIFIED_FUNCTION_POINTERS
  case 130: return 0;                       // NUMA_CONFIG: none
  case 131: return -1;                      // NUMA_ID
  case 132: return 1;                       // MULTICAST_SUPPORTED
  case 133: return 0;                       // MPS_ENABLED
  case 134: return -1;                      // HOST_NUMA_ID: no NUMA support
  case 135: return 0;                       // D3D12_CIG_SUPPORTED
  case 136: return kDecompressAlgorithms;   // MEM_DECOMPRESS_ALGORITHM_MASK
  case 137: return int(kDecompressMaxBytes); // MEM_DECOMPRESS_MAXIMUM_LENGTH
  case 138: return 0;                       // VULKAN_CIG_SUPPORTED
  case 139: return 0;                       // GPU_PCI_DEVICE_ID
  case 140: return 0;                       // GPU_PCI_SUBSYSTEM_ID
  case 141: return 1;                       // HOST_NUMA_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED
  case 142: return 1;                       // HOST_NUMA_MEMORY_POOLS_SUPPORTED
  case 143: return 0;                       // HOST_NUMA_MULTINODE_IPC_SUPPORTED
  case 144: return 1;                       // HOST_MEMORY_POOLS_SUPPORTED
  case 145: return 1;                       // HOST_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED
  case 146: return 0;                       // HOST_ALLOC_DMA_BUF_SUPPORTED
  case 147: return 0;                       // ONLY_PARTIAL_HOST_NATIVE_ATOMIC_SUPPORTED
  default: return std::nullopt;
  }
}
// clang-format on

} // namespace anywarp::core
