// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Small questions and hints of the runtime API: preferences of a device, atomics, notices, the
// error log, ranges of memory, handles for other processes.
#include "fixture.h"

#include <cstdio>
#include <cstring>
#include <string>
#include <unistd.h>

namespace anywarp::test {
namespace {

using Queries = CudartTest;
constexpr auto kInvalid = cudaErrorInvalidValue;

TEST_F(Queries, preferences_of_a_device) {
  cudaFuncCache cache = cudaFuncCachePreferL1;
  EXPECT_OK(cudaDeviceGetCacheConfig(&cache));
  EXPECT_EQ(cache, cudaFuncCachePreferNone);
  EXPECT_OK(cudaDeviceSetCacheConfig(cudaFuncCachePreferEqual));
  EXPECT_OK(cudaDeviceGetCacheConfig(&cache));
  EXPECT_EQ(cache, cudaFuncCachePreferEqual);
  EXPECT_EQ(cudaDeviceSetCacheConfig(cudaFuncCache(4)), kInvalid);
  EXPECT_EQ(cudaDeviceGetCacheConfig(nullptr), kInvalid);
  cudaSharedMemConfig banks = cudaSharedMemBankSizeFourByte;
  EXPECT_OK(cudaDeviceSetSharedMemConfig(cudaSharedMemBankSizeEightByte));
  EXPECT_OK(cudaDeviceGetSharedMemConfig(&banks));
  EXPECT_EQ(cudaDeviceSetSharedMemConfig(cudaSharedMemConfig(3)), kInvalid);
  EXPECT_EQ(cudaDeviceGetSharedMemConfig(nullptr), kInvalid);
  EXPECT_OK(cudaDeviceReset()); // they were the context's
  EXPECT_OK(cudaDeviceGetCacheConfig(&cache));
  EXPECT_EQ(cache, cudaFuncCachePreferNone);
  EXPECT_OK(cudaCtxResetPersistingL2Cache());
  EXPECT_OK(cudaDeviceFlushGPUDirectRDMAWrites(cudaFlushGPUDirectRDMAWritesTargetCurrentDevice,
                                               cudaFlushGPUDirectRDMAWritesToOwner));
  EXPECT_EQ(cudaDeviceFlushGPUDirectRDMAWrites(cudaFlushGPUDirectRDMAWritesTarget(5),
                                               cudaFlushGPUDirectRDMAWritesToOwner),
            kInvalid);
  EXPECT_EQ(cudaDeviceFlushGPUDirectRDMAWrites(cudaFlushGPUDirectRDMAWritesTargetCurrentDevice,
                                               cudaFlushGPUDirectRDMAWritesScope(1)),
            kInvalid);
}

TEST_F(Queries, valid_devices_and_initialisation) {
  int list[] = {1, 0}, unknown[] = {7}, device = -1;
  EXPECT_OK(cudaSetValidDevices(list, 2));
  EXPECT_OK(cudaSetValidDevices(nullptr, 0)); // all, as before
  EXPECT_EQ(cudaSetValidDevices(nullptr, 1), kInvalid);
  EXPECT_EQ(cudaSetValidDevices(unknown, 1), cudaErrorInvalidDevice);
  EXPECT_OK(cudaInitDevice(1, 0, 0));
  EXPECT_OK(cudaGetDevice(&device));
  EXPECT_EQ(device, 0); // it does not become the current one
  EXPECT_EQ(cudaInitDevice(99, 0, 0), cudaErrorInvalidDevice);
  int value = -1;
  EXPECT_OK(cudaDeviceGetP2PAttribute(&value, cudaDevP2PAttrAccessSupported, 0, 1));
  EXPECT_EQ(value, 1);
  EXPECT_EQ(cudaDeviceGetP2PAttribute(nullptr, cudaDevP2PAttrAccessSupported, 0, 1), kInvalid);
  EXPECT_EQ(cudaDeviceGetP2PAttribute(&value, cudaDevP2PAttrAccessSupported, 0, 0),
            cudaErrorInvalidDevice);
  EXPECT_EQ(cudaDeviceGetP2PAttribute(&value, cudaDevP2PAttrAccessSupported, 0, 9),
            cudaErrorInvalidDevice);
  EXPECT_EQ(cudaDeviceGetP2PAttribute(&value, cudaDeviceP2PAttr(77), 0, 1), kInvalid);
}

TEST_F(Queries, atomics_reach_the_host_and_peers) {
  cudaAtomicOperation operations[] = {cudaAtomicOperationIntegerAdd, cudaAtomicOperationCAS};
  unsigned capabilities[2] = {};
  ASSERT_OK(cudaDeviceGetHostAtomicCapabilities(capabilities, operations, 2, 0));
  EXPECT_TRUE(capabilities[0] & cudaAtomicCapabilityScalar32);
  EXPECT_TRUE(capabilities[1] & cudaAtomicCapabilityScalar64);
  ASSERT_OK(cudaDeviceGetP2PAtomicCapabilities(capabilities, operations, 2, 0, 1));
  EXPECT_TRUE(capabilities[0] & cudaAtomicCapabilityScalar32);
  EXPECT_EQ(cudaDeviceGetHostAtomicCapabilities(nullptr, operations, 2, 0), kInvalid);
  EXPECT_EQ(cudaDeviceGetHostAtomicCapabilities(capabilities, nullptr, 2, 0), kInvalid);
  EXPECT_EQ(cudaDeviceGetHostAtomicCapabilities(capabilities, operations, 0, 0), kInvalid);
  EXPECT_EQ(cudaDeviceGetHostAtomicCapabilities(capabilities, operations, 2, 9),
            cudaErrorInvalidDevice);
  operations[0] = cudaAtomicOperation(99);
  EXPECT_EQ(cudaDeviceGetP2PAtomicCapabilities(capabilities, operations, 2, 0, 1), kInvalid);
  EXPECT_EQ(cudaDeviceGetP2PAtomicCapabilities(capabilities, operations, 2, 9, 1),
            cudaErrorInvalidDevice);
}

TEST_F(Queries, notices_are_registered) {
  cudaAsyncCallbackHandle_t handle = nullptr;
  auto callback = [](cudaAsyncNotificationInfo_t*, void*, cudaAsyncCallbackHandle_t) {};
  ASSERT_OK(cudaDeviceRegisterAsyncNotification(0, callback, nullptr, &handle));
  EXPECT_NE(handle, nullptr);
  EXPECT_NE(cudaDeviceUnregisterAsyncNotification(1, handle), cudaSuccess); // of device 0
  EXPECT_OK(cudaDeviceUnregisterAsyncNotification(0, handle));
  EXPECT_NE(cudaDeviceUnregisterAsyncNotification(0, handle), cudaSuccess); // is gone
  EXPECT_EQ(cudaDeviceRegisterAsyncNotification(0, nullptr, nullptr, &handle), kInvalid);
  EXPECT_EQ(cudaDeviceRegisterAsyncNotification(0, callback, nullptr, nullptr), kInvalid);
  EXPECT_EQ(cudaDeviceRegisterAsyncNotification(9, callback, nullptr, &handle),
            cudaErrorInvalidDevice);
}

TEST_F(Queries, error_log) {
  static int calls;
  calls = 0;
  cudaLogsCallbackHandle handle = nullptr;
  auto callback = [](void* data, cudaLogLevel, char*, size_t) { ++*static_cast<int*>(data); };
  ASSERT_OK(cudaLogsRegisterCallback(callback, &calls, &handle));
  cudaLogIterator start = 0;
  ASSERT_OK(cudaLogsCurrent(&start, 0));
  EXPECT_EQ(cudaSetDevice(77), cudaErrorInvalidDevice); // something to log
  EXPECT_GE(calls, 1);
  char buffer[25600];
  size_t size = sizeof buffer;
  cudaLogIterator at = start;
  ASSERT_OK(cudaLogsDumpToMemory(&at, buffer, &size, 0));
  EXPECT_NE(std::string(buffer).find("cudaSetDevice"), std::string::npos) << buffer;
  EXPECT_NE(at, start);
  std::string path = testing::TempDir() + "/anywarp_cudart_log_" + std::to_string(getpid());
  at = start;
  ASSERT_OK(cudaLogsDumpToFile(&at, path.c_str(), 0));
  FILE* file = fopen(path.c_str(), "r");
  ASSERT_NE(file, nullptr);
  EXPECT_GT(fread(buffer, 1, sizeof buffer, file), 0u);
  fclose(file);
  std::remove(path.c_str());
  EXPECT_OK(cudaLogsUnregisterCallback(handle));
  EXPECT_NE(cudaLogsUnregisterCallback(handle), cudaSuccess);
  EXPECT_EQ(cudaLogsRegisterCallback(nullptr, nullptr, &handle), kInvalid);
  EXPECT_EQ(cudaLogsCurrent(nullptr, 0), kInvalid);
  EXPECT_EQ(cudaLogsCurrent(&at, 1), kInvalid);
  EXPECT_EQ(cudaLogsDumpToMemory(&at, nullptr, &size, 0), kInvalid);
  EXPECT_EQ(cudaLogsDumpToMemory(&at, buffer, nullptr, 0), kInvalid);
  EXPECT_EQ(cudaLogsDumpToMemory(&at, buffer, &size, 1), kInvalid);
  EXPECT_EQ(cudaLogsDumpToFile(&at, nullptr, 0), kInvalid);
  EXPECT_EQ(cudaLogsDumpToFile(&at, path.c_str(), 1), kInvalid);
}

TEST_F(Queries, ranges_of_managed_memory) {
  void* memory = nullptr;
  ASSERT_OK(cudaMallocManaged(&memory, 1 << 16, cudaMemAttachGlobal));
  cudaStream_t stream = nullptr;
  ASSERT_OK(cudaStreamCreate(&stream));
  void* ranges[] = {memory};
  size_t sizes[] = {1 << 16}, first[] = {0};
  cudaMemLocation there = {cudaMemLocationTypeDevice, 0};
  EXPECT_OK(cudaMemPrefetchBatchAsync(ranges, sizes, 1, &there, first, 1, 0, stream));
  EXPECT_OK(cudaMemDiscardBatchAsync(ranges, sizes, 1, 0, stream));
  EXPECT_OK(cudaMemDiscardAndPrefetchBatchAsync(ranges, sizes, 1, &there, first, 1, 0, stream));
  EXPECT_OK(cudaStreamSynchronize(stream));
  EXPECT_EQ(cudaMemPrefetchBatchAsync(nullptr, sizes, 1, &there, first, 1, 0, stream), kInvalid);
  EXPECT_EQ(cudaMemPrefetchBatchAsync(ranges, sizes, 0, &there, first, 1, 0, stream), kInvalid);
  EXPECT_EQ(cudaMemPrefetchBatchAsync(ranges, sizes, 1, &there, first, 2, 0, stream), kInvalid);
  EXPECT_EQ(cudaMemPrefetchBatchAsync(ranges, sizes, 1, nullptr, first, 1, 0, stream), kInvalid);
  EXPECT_EQ(cudaMemPrefetchBatchAsync(ranges, sizes, 1, &there, first, 1, 1, stream), kInvalid);
  EXPECT_EQ(cudaMemDiscardBatchAsync(ranges, nullptr, 1, 0, stream), kInvalid);
  EXPECT_EQ(cudaMemDiscardBatchAsync(ranges, sizes, 1, 1, stream), kInvalid);
  EXPECT_EQ(cudaMemDiscardAndPrefetchBatchAsync(ranges, sizes, 1, &there, nullptr, 1, 0, stream),
            kInvalid);
  int readMostly = -1, last = -7;
  void* data[] = {&readMostly, &last};
  size_t dataSizes[] = {4, 4};
  cudaMemRangeAttribute attributes[] = {cudaMemRangeAttributeReadMostly,
                                        cudaMemRangeAttributeLastPrefetchLocation};
  EXPECT_OK(cudaMemRangeGetAttributes(data, dataSizes, attributes, 2, memory, 1 << 16));
  EXPECT_EQ(readMostly, 0);
  EXPECT_EQ(last, 0); // device 0
  EXPECT_EQ(cudaMemRangeGetAttributes(nullptr, dataSizes, attributes, 2, memory, 4), kInvalid);
  EXPECT_EQ(cudaMemRangeGetAttributes(data, dataSizes, attributes, 0, memory, 4), kInvalid);
  EXPECT_EQ(cudaMemRangeGetAttributes(data, dataSizes, nullptr, 2, memory, 4), kInvalid);
  EXPECT_OK(cudaStreamAttachMemAsync(stream, memory, 0, cudaMemAttachSingle));
  EXPECT_OK(cudaStreamSynchronize(stream));
  EXPECT_EQ(cudaStreamAttachMemAsync(stream, memory, 0, 99), kInvalid);
  EXPECT_EQ(cudaStreamAttachMemAsync(stream, nullptr, 0, cudaMemAttachSingle), kInvalid);
  int device = -1;
  EXPECT_OK(cudaStreamGetDevice(stream, &device));
  EXPECT_EQ(device, 0);
  EXPECT_EQ(cudaStreamGetDevice(stream, nullptr), kInvalid);
  cudaStream_t other = nullptr;
  ASSERT_OK(cudaStreamCreate(&other));
  cudaStreamAttrValue value = {};
  value.syncPolicy = cudaSyncPolicyYield;
  EXPECT_OK(cudaStreamSetAttribute(stream, cudaStreamAttributeSynchronizationPolicy, &value));
  EXPECT_OK(cudaStreamCopyAttributes(other, stream));
  value.syncPolicy = cudaSyncPolicyAuto;
  EXPECT_OK(cudaStreamGetAttribute(other, cudaStreamAttributeSynchronizationPolicy, &value));
  EXPECT_EQ(value.syncPolicy, cudaSyncPolicyYield);
  EXPECT_NE(cudaStreamCopyAttributes(other, reinterpret_cast<cudaStream_t>(this)), cudaSuccess);
  EXPECT_OK(cudaFree(memory));
}

TEST_F(Queries, handles_for_other_processes) {
  void* memory = nullptr;
  ASSERT_OK(cudaMalloc(&memory, 256));
  cudaIpcMemHandle_t handle;
  std::memset(&handle, 0, sizeof handle);
  EXPECT_EQ(cudaIpcGetMemHandle(nullptr, memory), kInvalid);
  EXPECT_EQ(cudaIpcGetMemHandle(&handle, this), kInvalid);
  void* opened = nullptr;
  EXPECT_NE(cudaIpcOpenMemHandle(&opened, handle, cudaIpcMemLazyEnablePeerAccess), cudaSuccess);
  EXPECT_EQ(cudaIpcOpenMemHandle(nullptr, handle, cudaIpcMemLazyEnablePeerAccess), kInvalid);
  EXPECT_EQ(cudaIpcCloseMemHandle(this), kInvalid);
  EXPECT_EQ(cudaIpcCloseMemHandle(memory), kInvalid); // was not opened
  cudaEvent_t event = nullptr, other = nullptr;
  ASSERT_OK(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
  cudaIpcEventHandle_t eventHandle;
  std::memset(&eventHandle, 0, sizeof eventHandle);
  EXPECT_NE(cudaIpcGetEventHandle(&eventHandle, event), cudaSuccess); // not made for it
  EXPECT_EQ(cudaIpcGetEventHandle(nullptr, event), kInvalid);
  EXPECT_EQ(cudaIpcGetEventHandle(&eventHandle, reinterpret_cast<cudaEvent_t>(this)),
            cudaErrorInvalidResourceHandle);
  EXPECT_NE(cudaIpcOpenEventHandle(&other, eventHandle), cudaSuccess);
  EXPECT_EQ(cudaIpcOpenEventHandle(nullptr, eventHandle), kInvalid);
  EXPECT_OK(cudaFree(memory));
}

TEST_F(Queries, occupancy) {
  FakeKernelSpec spec;
  spec.body = [](const LaunchConfig&) { return Result<void>(); };
  declareKernel("k", spec);
  Unit unit({"k"});
  size_t one = 0, two = 0;
  ASSERT_OK(cudaOccupancyAvailableDynamicSMemPerBlock(&one, unit.host("k"), 1, 128));
  ASSERT_OK(cudaOccupancyAvailableDynamicSMemPerBlock(&two, unit.host("k"), 2, 128));
  EXPECT_GE(one, two);
  EXPECT_EQ(cudaOccupancyAvailableDynamicSMemPerBlock(nullptr, unit.host("k"), 1, 128), kInvalid);
  EXPECT_EQ(cudaOccupancyAvailableDynamicSMemPerBlock(&one, unit.host("k"), 0, 128), kInvalid);
  EXPECT_EQ(cudaOccupancyAvailableDynamicSMemPerBlock(&one, this, 1, 128),
            cudaErrorInvalidDeviceFunction);
  cudaLaunchConfig_t config = {};
  config.gridDim = dim3(4), config.blockDim = dim3(32);
  cudaLaunchAttribute cluster = {};
  cluster.id = cudaLaunchAttributeClusterDimension;
  cluster.val.clusterDim.x = 2, cluster.val.clusterDim.y = cluster.val.clusterDim.z = 1;
  config.attrs = &cluster;
  config.numAttrs = 1;
  int size = 0, clusters = 0;
  EXPECT_OK(cudaOccupancyMaxPotentialClusterSize(&size, unit.host("k"), &config));
  EXPECT_GE(size, 1);
  EXPECT_LE(size, 16); // CUDA programming guide: 8, or 16 where a kernel opts in
  EXPECT_OK(cudaOccupancyMaxActiveClusters(&clusters, unit.host("k"), &config));
  EXPECT_GE(clusters, 1);
  EXPECT_EQ(cudaOccupancyMaxPotentialClusterSize(nullptr, unit.host("k"), &config), kInvalid);
  EXPECT_EQ(cudaOccupancyMaxPotentialClusterSize(&size, unit.host("k"), nullptr), kInvalid);
  EXPECT_EQ(cudaOccupancyMaxActiveClusters(nullptr, unit.host("k"), &config), kInvalid);
  EXPECT_EQ(cudaOccupancyMaxActiveClusters(&clusters, this, &config),
            cudaErrorInvalidDeviceFunction);
  EXPECT_OK(cudaFuncSetSharedMemConfig(unit.host("k"), cudaSharedMemBankSizeFourByte));
  EXPECT_EQ(cudaFuncSetSharedMemConfig(unit.host("k"), cudaSharedMemConfig(5)), kInvalid);
}

} // namespace
} // namespace anywarp::test
