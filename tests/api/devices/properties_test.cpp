// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every field of cudaDeviceProp against the attribute it stands for, in both APIs, for devices of
// unlike compute capabilities (CMakeLists.txt); and the numbers of the CUDA programming guide's
// table "Technical Specifications per Compute Capability". Built for each layout of the structure.
#include <cstring>
#include <cuda.h>
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>
#include <vector>

namespace {

constexpr int kDevices = 5;

int runtimeAttribute(int code, int device) {
  int value = -12345;
  EXPECT_EQ(cudaSuccess, cudaDeviceGetAttribute(&value, cudaDeviceAttr(code), device)) << code;
  return value;
}

int driverAttribute(int code, int device) {
  int value = -54321;
  EXPECT_EQ(CUDA_SUCCESS, cuDeviceGetAttribute(&value, CUdevice_attribute(code), device)) << code;
  return value;
}

// Remembers which bytes of the structure some field has covered.
class Checker {
public:
  Checker(const cudaDeviceProp& properties, int device)
      : properties_(properties), device_(device), seen_(sizeof properties) {}

  template <typename T> void cover(const T& field) {
    size_t at =
        size_t(reinterpret_cast<const char*>(&field) - reinterpret_cast<const char*>(&properties_));
    for (size_t i = 0; i < sizeof field; ++i)
      seen_[at + i] = true;
  }
  template <typename T> void equals(const char* name, const T& field, int code) {
    cover(field);
    EXPECT_EQ(static_cast<long long>(field), runtimeAttribute(code, device_))
        << name << " of device " << device_;
    EXPECT_EQ(runtimeAttribute(code, device_), driverAttribute(code, device_)) << name;
  }
  template <typename T, size_t N>
  void equals(const char* name, const T (&field)[N], const int (&codes)[N]) {
    for (size_t i = 0; i < N; ++i)
      equals(name, field[i], codes[i]);
  }
  // What is left are gaps in front of fields of eight bytes.
  void finish() {
    for (size_t i = 0, run = 0; i < seen_.size(); ++i) {
      run = seen_[i] ? 0 : run + 1;
      EXPECT_LE(run, 4u) << "no field at byte " << i;
    }
  }

private:
  const cudaDeviceProp& properties_;
  int device_;
  std::vector<bool> seen_;
};

#define FIELD(name, ...) c.equals(#name, p.name, __VA_ARGS__)
#define MAYBE(name, ...)                                                                           \
  if constexpr (requires { p.name; })                                                              \
  FIELD(name, __VA_ARGS__)

// A template, so that fields which a version lacks are passed over.
template <typename P> void checkFields(const P& p, int device) {
  Checker c(p, device);
  FIELD(sharedMemPerBlock, 8);
  FIELD(regsPerBlock, 12);
  FIELD(warpSize, 10);
  FIELD(memPitch, 11);
  FIELD(maxThreadsPerBlock, 1);
  FIELD(maxThreadsDim, {2, 3, 4});
  FIELD(maxGridSize, {5, 6, 7});
  MAYBE(clockRate, 13);
  FIELD(totalConstMem, 9);
  FIELD(major, 75);
  FIELD(minor, 76);
  FIELD(textureAlignment, 14);
  FIELD(texturePitchAlignment, 51);
  MAYBE(deviceOverlap, 15);
  FIELD(multiProcessorCount, 16);
  MAYBE(kernelExecTimeoutEnabled, 17);
  FIELD(integrated, 18);
  FIELD(canMapHostMemory, 19);
  MAYBE(computeMode, 20);
  FIELD(maxTexture1D, 21);
  FIELD(maxTexture1DMipmap, 77);
  MAYBE(maxTexture1DLinear, 69);
  FIELD(maxTexture2D, {22, 23});
  FIELD(maxTexture2DMipmap, {73, 74});
  FIELD(maxTexture2DLinear, {70, 71, 72});
  FIELD(maxTexture2DGather, {45, 46});
  FIELD(maxTexture3D, {24, 25, 26});
  FIELD(maxTexture3DAlt, {47, 48, 49});
  FIELD(maxTextureCubemap, 52);
  FIELD(maxTexture1DLayered, {42, 43});
  FIELD(maxTexture2DLayered, {27, 28, 29});
  FIELD(maxTextureCubemapLayered, {53, 54});
  FIELD(maxSurface1D, 55);
  FIELD(maxSurface2D, {56, 57});
  FIELD(maxSurface3D, {58, 59, 60});
  FIELD(maxSurface1DLayered, {61, 62});
  FIELD(maxSurface2DLayered, {63, 64, 65});
  FIELD(maxSurfaceCubemap, 66);
  FIELD(maxSurfaceCubemapLayered, {67, 68});
  FIELD(surfaceAlignment, 30);
  FIELD(concurrentKernels, 31);
  FIELD(ECCEnabled, 32);
  FIELD(pciBusID, 33);
  FIELD(pciDeviceID, 34);
  FIELD(pciDomainID, 50);
  FIELD(tccDriver, 35);
  FIELD(asyncEngineCount, 40);
  FIELD(unifiedAddressing, 41);
  MAYBE(memoryClockRate, 36);
  FIELD(memoryBusWidth, 37);
  FIELD(l2CacheSize, 38);
  FIELD(persistingL2CacheMaxSize, 108);
  FIELD(maxThreadsPerMultiProcessor, 39);
  FIELD(streamPrioritiesSupported, 78);
  FIELD(globalL1CacheSupported, 79);
  FIELD(localL1CacheSupported, 80);
  FIELD(sharedMemPerMultiprocessor, 81);
  FIELD(regsPerMultiprocessor, 82);
  FIELD(managedMemory, 83);
  FIELD(isMultiGpuBoard, 84);
  FIELD(multiGpuBoardGroupID, 85);
  FIELD(hostNativeAtomicSupported, 86);
  MAYBE(singleToDoublePrecisionPerfRatio, 87);
  FIELD(pageableMemoryAccess, 88);
  FIELD(concurrentManagedAccess, 89);
  FIELD(computePreemptionSupported, 90);
  FIELD(canUseHostPointerForRegisteredMem, 91);
  FIELD(cooperativeLaunch, 95);
  MAYBE(cooperativeMultiDeviceLaunch, 96);
  FIELD(sharedMemPerBlockOptin, 97);
  FIELD(pageableMemoryAccessUsesHostPageTables, 100);
  FIELD(directManagedMemAccessFromHost, 101);
  FIELD(maxBlocksPerMultiProcessor, 106);
  FIELD(accessPolicyMaxWindowSize, 109);
  FIELD(reservedSharedMemPerBlock, 111);
  MAYBE(hostRegisterSupported, 99);
  MAYBE(sparseCudaArraySupported, 112);
  MAYBE(hostRegisterReadOnlySupported, 113);
  MAYBE(timelineSemaphoreInteropSupported, 114);
  MAYBE(memoryPoolsSupported, 115);
  MAYBE(gpuDirectRDMASupported, 116);
  MAYBE(gpuDirectRDMAFlushWritesOptions, 117);
  MAYBE(gpuDirectRDMAWritesOrdering, 118);
  MAYBE(memoryPoolSupportedHandleTypes, 119);
  MAYBE(deferredMappingCudaArraySupported, 121);
  MAYBE(ipcEventSupported, 125);
  MAYBE(clusterLaunch, 120);
  MAYBE(unifiedFunctionPointers, 129);
  MAYBE(deviceNumaConfig, 130);
  MAYBE(deviceNumaId, 131);
  MAYBE(mpsEnabled, 133);
  MAYBE(hostNumaId, 134);
  MAYBE(gpuPciDeviceID, 139);
  MAYBE(gpuPciSubsystemID, 140);
  MAYBE(hostNumaMultinodeIpcSupported, 143);

  // Not attributes: what other functions say.
  char name[256] = {};
  EXPECT_EQ(CUDA_SUCCESS, cuDeviceGetName(name, sizeof name, device));
  EXPECT_STREQ(name, p.name);
  c.cover(p.name);
  CUuuid uuid;
  EXPECT_EQ(CUDA_SUCCESS, cuDeviceGetUuid_v2(&uuid, device));
  EXPECT_EQ(0, memcmp(uuid.bytes, p.uuid.bytes, sizeof uuid.bytes));
  c.cover(p.uuid);
  char luid[8];
  unsigned mask = 7;
  EXPECT_EQ(CUDA_SUCCESS, cuDeviceGetLuid(luid, &mask, device));
  EXPECT_EQ(0, memcmp(luid, p.luid, sizeof luid));
  EXPECT_EQ(mask, p.luidDeviceNodeMask);
  c.cover(p.luid);
  c.cover(p.luidDeviceNodeMask);
  size_t bytes = 0;
  EXPECT_EQ(CUDA_SUCCESS, cuDeviceTotalMem_v2(&bytes, device));
  EXPECT_EQ(bytes, p.totalGlobalMem);
  c.cover(p.totalGlobalMem);
  if constexpr (requires { p.reserved; })
    c.cover(p.reserved);
  if constexpr (requires { p.reserved1; })
    c.cover(p.reserved1);
  if constexpr (requires { p.reserved2; })
    c.cover(p.reserved2);
  c.finish();
}

class PropertiesTest : public ::testing::TestWithParam<int> {
protected:
  void SetUp() override {
    int count = 0;
    ASSERT_EQ(cudaSuccess, cudaGetDeviceCount(&count));
    ASSERT_EQ(kDevices, count);
    ASSERT_EQ(cudaSuccess, cudaGetDeviceProperties(&properties, GetParam()));
  }
  cudaDeviceProp properties;
};

TEST_P(PropertiesTest, every_field_is_its_attribute) {
  checkFields(properties, GetParam());
}

TEST_P(PropertiesTest, every_attribute_is_the_same_in_both_apis) {
  for (int code = 1; code <= 147; ++code)
    EXPECT_EQ(runtimeAttribute(code, GetParam()), driverAttribute(code, GetParam())) << code;
}

// Relations that the manual and the guide state.
TEST_P(PropertiesTest, values_fit_together) {
  const cudaDeviceProp& p = properties;
  EXPECT_EQ(32, p.warpSize);
  EXPECT_EQ(1024, p.maxThreadsPerBlock);
  EXPECT_GE(p.maxThreadsPerMultiProcessor, p.maxThreadsPerBlock);
  EXPECT_EQ(0, p.maxThreadsPerMultiProcessor % p.warpSize);
  EXPECT_LE(p.maxBlocksPerMultiProcessor, p.maxThreadsPerMultiProcessor / p.warpSize);
  EXPECT_LE(p.sharedMemPerBlock, p.sharedMemPerBlockOptin);
  EXPECT_LE(p.sharedMemPerBlockOptin + p.reservedSharedMemPerBlock, p.sharedMemPerMultiprocessor);
  EXPECT_LE(p.regsPerBlock, p.regsPerMultiprocessor);
  EXPECT_EQ(65536u, p.totalConstMem);
  EXPECT_GT(p.multiProcessorCount, 0);
  int device = GetParam();
  // Later attributes imply earlier ones.
  EXPECT_LE(driverAttribute(CU_DEVICE_ATTRIBUTE_CLUSTER_LAUNCH, device), p.cooperativeLaunch);
  EXPECT_EQ(p.major >= 9, driverAttribute(CU_DEVICE_ATTRIBUTE_CLUSTER_LAUNCH, device) == 1);
  EXPECT_EQ(p.major >= 9,
            driverAttribute(CU_DEVICE_ATTRIBUTE_TENSOR_MAP_ACCESS_SUPPORTED, device) == 1);
  EXPECT_EQ(p.pageableMemoryAccess >= p.pageableMemoryAccessUsesHostPageTables, true);
  int major = 0, minor = 0;
  EXPECT_EQ(CUDA_SUCCESS, cuDeviceComputeCapability(&major, &minor, device));
  EXPECT_EQ(p.major, major);
  EXPECT_EQ(p.minor, minor);
  CUdevprop old;
  EXPECT_EQ(CUDA_SUCCESS, cuDeviceGetProperties(&old, device));
  EXPECT_EQ(p.maxThreadsPerBlock, old.maxThreadsPerBlock);
  EXPECT_EQ(p.regsPerBlock, old.regsPerBlock);
  EXPECT_EQ(int(p.sharedMemPerBlock), old.sharedMemPerBlock);
}

INSTANTIATE_TEST_SUITE_P(All, PropertiesTest, ::testing::Range(0, kDevices));

// CUDA programming guide, "Technical Specifications per Compute Capability".
TEST(TechnicalSpecifications, by_capability) {
  struct {
    int major, minor, threads, blocks;
    size_t sharedPerMultiprocessor, sharedOptin, reserved;
    int texture1D, surface3D;
  } const rows[kDevices] = {
      {9, 0, 2048, 32, 228 << 10, 227 << 10, 1024, 131072, 16384},
      {5, 2, 2048, 32, 96 << 10, 48 << 10, 0, 65536, 4096},
      {7, 5, 1024, 16, 64 << 10, 64 << 10, 0, 131072, 16384},
      {8, 6, 1536, 16, 100 << 10, 99 << 10, 1024, 131072, 16384},
      {12, 0, 1536, 24, 100 << 10, 99 << 10, 1024, 131072, 16384},
  };
  for (int device = 0; device < kDevices; ++device) {
    cudaDeviceProp p;
    ASSERT_EQ(cudaSuccess, cudaGetDeviceProperties(&p, device));
    const auto& row = rows[device];
    EXPECT_EQ(row.major, p.major) << device;
    EXPECT_EQ(row.minor, p.minor) << device;
    EXPECT_EQ(row.threads, p.maxThreadsPerMultiProcessor) << device;
    EXPECT_EQ(row.blocks, p.maxBlocksPerMultiProcessor) << device;
    EXPECT_EQ(row.sharedPerMultiprocessor, p.sharedMemPerMultiprocessor) << device;
    EXPECT_EQ(row.sharedOptin, p.sharedMemPerBlockOptin) << device;
    EXPECT_EQ(row.reserved, p.reservedSharedMemPerBlock) << device;
    EXPECT_EQ(row.texture1D, p.maxTexture1D) << device;
    EXPECT_EQ(row.surface3D, p.maxSurface3D[0]) << device;
    EXPECT_EQ(65536, p.regsPerMultiprocessor) << device;
  }
}

} // namespace
