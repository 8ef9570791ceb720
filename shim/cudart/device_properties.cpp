// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cudaDeviceProp in its three layouts, filled from the same attributes that
// cudaDeviceGetAttribute gives, so that the two never disagree.
#include "api/cudart/impl.h"
#include "common/call.h"
#include "cudart/current.h"

#include <cstring>
#include <fmt/core.h>

namespace anywarp::cudart {
namespace {

// One reader for a device: attribute numbers are those of cudaDeviceAttr.
class Attributes {
public:
  explicit Attributes(core::Device& device) : device_(device) {}
  int operator[](int code) const {
    auto value = device_.attribute(code);
    return value ? *value : 0;
  }
  template <typename T> void read(T& field, int code) const { field = T((*this)[code]); }
  template <typename T, size_t N> void read(T (&field)[N], std::initializer_list<int> codes) const {
    size_t i = 0;
    for (int code : codes)
      field[i++] = T((*this)[code]);
  }

private:
  core::Device& device_;
};

template <typename P> void fillLimits(P& p, const Attributes& a) {
  a.read(p.sharedMemPerBlock, cudaDevAttrMaxSharedMemoryPerBlock);
  a.read(p.regsPerBlock, cudaDevAttrMaxRegistersPerBlock);
  a.read(p.warpSize, cudaDevAttrWarpSize);
  a.read(p.memPitch, cudaDevAttrMaxPitch);
  a.read(p.maxThreadsPerBlock, cudaDevAttrMaxThreadsPerBlock);
  a.read(p.maxThreadsDim,
         {cudaDevAttrMaxBlockDimX, cudaDevAttrMaxBlockDimY, cudaDevAttrMaxBlockDimZ});
  a.read(p.maxGridSize, {cudaDevAttrMaxGridDimX, cudaDevAttrMaxGridDimY, cudaDevAttrMaxGridDimZ});
  a.read(p.totalConstMem, cudaDevAttrTotalConstantMemory);
  a.read(p.major, cudaDevAttrComputeCapabilityMajor);
  a.read(p.minor, cudaDevAttrComputeCapabilityMinor);
  a.read(p.multiProcessorCount, cudaDevAttrMultiProcessorCount);
  a.read(p.maxThreadsPerMultiProcessor, cudaDevAttrMaxThreadsPerMultiProcessor);
  a.read(p.sharedMemPerMultiprocessor, cudaDevAttrMaxSharedMemoryPerMultiprocessor);
  a.read(p.regsPerMultiprocessor, cudaDevAttrMaxRegistersPerMultiprocessor);
  a.read(p.sharedMemPerBlockOptin, cudaDevAttrMaxSharedMemoryPerBlockOptin);
  a.read(p.maxBlocksPerMultiProcessor, 106);
  a.read(p.reservedSharedMemPerBlock, cudaDevAttrReservedSharedMemoryPerBlock);
  a.read(p.memoryBusWidth, cudaDevAttrGlobalMemoryBusWidth);
  a.read(p.l2CacheSize, cudaDevAttrL2CacheSize);
  a.read(p.persistingL2CacheMaxSize, 108);
  a.read(p.accessPolicyMaxWindowSize, 109);
}

template <typename P> void fillTextures(P& p, const Attributes& a) {
  a.read(p.textureAlignment, cudaDevAttrTextureAlignment);
  a.read(p.texturePitchAlignment, cudaDevAttrTexturePitchAlignment);
  a.read(p.maxTexture1D, cudaDevAttrMaxTexture1DWidth);
  a.read(p.maxTexture1DMipmap, cudaDevAttrMaxTexture1DMipmappedWidth);
  a.read(p.maxTexture2D, {cudaDevAttrMaxTexture2DWidth, cudaDevAttrMaxTexture2DHeight});
  a.read(p.maxTexture2DMipmap,
         {cudaDevAttrMaxTexture2DMipmappedWidth, cudaDevAttrMaxTexture2DMipmappedHeight});
  a.read(p.maxTexture2DLinear,
         {cudaDevAttrMaxTexture2DLinearWidth, cudaDevAttrMaxTexture2DLinearHeight,
          cudaDevAttrMaxTexture2DLinearPitch});
  a.read(p.maxTexture2DGather,
         {cudaDevAttrMaxTexture2DGatherWidth, cudaDevAttrMaxTexture2DGatherHeight});
  a.read(p.maxTexture3D, {cudaDevAttrMaxTexture3DWidth, cudaDevAttrMaxTexture3DHeight,
                          cudaDevAttrMaxTexture3DDepth});
  a.read(p.maxTexture3DAlt, {cudaDevAttrMaxTexture3DWidthAlt, cudaDevAttrMaxTexture3DHeightAlt,
                             cudaDevAttrMaxTexture3DDepthAlt});
  a.read(p.maxTextureCubemap, cudaDevAttrMaxTextureCubemapWidth);
  a.read(p.maxTexture1DLayered,
         {cudaDevAttrMaxTexture1DLayeredWidth, cudaDevAttrMaxTexture1DLayeredLayers});
  a.read(p.maxTexture2DLayered,
         {cudaDevAttrMaxTexture2DLayeredWidth, cudaDevAttrMaxTexture2DLayeredHeight,
          cudaDevAttrMaxTexture2DLayeredLayers});
  a.read(p.maxTextureCubemapLayered,
         {cudaDevAttrMaxTextureCubemapLayeredWidth, cudaDevAttrMaxTextureCubemapLayeredLayers});
  a.read(p.maxSurface1D, cudaDevAttrMaxSurface1DWidth);
  a.read(p.maxSurface2D, {cudaDevAttrMaxSurface2DWidth, cudaDevAttrMaxSurface2DHeight});
  a.read(p.maxSurface3D, {cudaDevAttrMaxSurface3DWidth, cudaDevAttrMaxSurface3DHeight,
                          cudaDevAttrMaxSurface3DDepth});
  a.read(p.maxSurface1DLayered,
         {cudaDevAttrMaxSurface1DLayeredWidth, cudaDevAttrMaxSurface1DLayeredLayers});
  a.read(p.maxSurface2DLayered,
         {cudaDevAttrMaxSurface2DLayeredWidth, cudaDevAttrMaxSurface2DLayeredHeight,
          cudaDevAttrMaxSurface2DLayeredLayers});
  a.read(p.maxSurfaceCubemap, cudaDevAttrMaxSurfaceCubemapWidth);
  a.read(p.maxSurfaceCubemapLayered,
         {cudaDevAttrMaxSurfaceCubemapLayeredWidth, cudaDevAttrMaxSurfaceCubemapLayeredLayers});
  a.read(p.surfaceAlignment, cudaDevAttrSurfaceAlignment);
}

template <typename P> void fillFeatures(P& p, const Attributes& a) {
  a.read(p.integrated, cudaDevAttrIntegrated);
  a.read(p.canMapHostMemory, cudaDevAttrCanMapHostMemory);
  a.read(p.concurrentKernels, cudaDevAttrConcurrentKernels);
  a.read(p.ECCEnabled, cudaDevAttrEccEnabled);
  a.read(p.pciBusID, cudaDevAttrPciBusId);
  a.read(p.pciDeviceID, cudaDevAttrPciDeviceId);
  a.read(p.pciDomainID, cudaDevAttrPciDomainId);
  a.read(p.tccDriver, cudaDevAttrTccDriver);
  a.read(p.asyncEngineCount, cudaDevAttrAsyncEngineCount);
  a.read(p.unifiedAddressing, cudaDevAttrUnifiedAddressing);
  a.read(p.streamPrioritiesSupported, cudaDevAttrStreamPrioritiesSupported);
  a.read(p.globalL1CacheSupported, cudaDevAttrGlobalL1CacheSupported);
  a.read(p.localL1CacheSupported, cudaDevAttrLocalL1CacheSupported);
  a.read(p.managedMemory, cudaDevAttrManagedMemory);
  a.read(p.isMultiGpuBoard, cudaDevAttrIsMultiGpuBoard);
  a.read(p.multiGpuBoardGroupID, cudaDevAttrMultiGpuBoardGroupID);
  a.read(p.hostNativeAtomicSupported, cudaDevAttrHostNativeAtomicSupported);
  a.read(p.pageableMemoryAccess, cudaDevAttrPageableMemoryAccess);
  a.read(p.concurrentManagedAccess, cudaDevAttrConcurrentManagedAccess);
  a.read(p.computePreemptionSupported, cudaDevAttrComputePreemptionSupported);
  a.read(p.canUseHostPointerForRegisteredMem, cudaDevAttrCanUseHostPointerForRegisteredMem);
  a.read(p.cooperativeLaunch, cudaDevAttrCooperativeLaunch);
  a.read(p.pageableMemoryAccessUsesHostPageTables,
         cudaDevAttrPageableMemoryAccessUsesHostPageTables);
  a.read(p.directManagedMemAccessFromHost, cudaDevAttrDirectManagedMemAccessFromHost);
}

// Fields that came with CUDA 12 or 13, or went with 13; numbers where a header lacks the name.
template <typename P> void fillByVersion(P& p, const Attributes& a) {
  if constexpr (requires { p.clockRate; }) {
    a.read(p.clockRate, cudaDevAttrClockRate);
    a.read(p.deviceOverlap, cudaDevAttrGpuOverlap);
    a.read(p.kernelExecTimeoutEnabled, cudaDevAttrKernelExecTimeout);
    a.read(p.computeMode, cudaDevAttrComputeMode);
    a.read(p.maxTexture1DLinear, cudaDevAttrMaxTexture1DLinearWidth);
    a.read(p.memoryClockRate, cudaDevAttrMemoryClockRate);
    a.read(p.singleToDoublePrecisionPerfRatio, cudaDevAttrSingleToDoublePrecisionPerfRatio);
    a.read(p.cooperativeMultiDeviceLaunch, 96);
  }
  if constexpr (requires { p.hostRegisterSupported; }) {
    a.read(p.hostRegisterSupported, cudaDevAttrHostRegisterSupported);
    a.read(p.sparseCudaArraySupported, 112);
    a.read(p.hostRegisterReadOnlySupported, 113);
    a.read(p.timelineSemaphoreInteropSupported, 114);
    a.read(p.memoryPoolsSupported, 115);
    a.read(p.gpuDirectRDMASupported, 116);
    a.read(p.gpuDirectRDMAFlushWritesOptions, 117);
    a.read(p.gpuDirectRDMAWritesOrdering, 118);
    a.read(p.memoryPoolSupportedHandleTypes, 119);
    a.read(p.clusterLaunch, 120);
    a.read(p.deferredMappingCudaArraySupported, 121);
    a.read(p.ipcEventSupported, 125);
    a.read(p.unifiedFunctionPointers, 129);
  }
  if constexpr (requires { p.deviceNumaConfig; }) {
    a.read(p.deviceNumaConfig, 130);
    a.read(p.deviceNumaId, 131);
    a.read(p.mpsEnabled, 133);
    a.read(p.hostNumaId, 134);
    a.read(p.gpuPciDeviceID, 139);
    a.read(p.gpuPciSubsystemID, 140);
    a.read(p.hostNumaMultinodeIpcSupported, 143);
  }
}

template <typename P> Result<void> fill(P* p, int ordinal) {
  AW_ARG(p, "prop is null");
  AW_LET(device, deviceAt(ordinal));
  *p = {};
  const DeviceInfo& info = device->info();
  strncpy(p->name, info.name.c_str(), sizeof p->name - 1);
  static_assert(sizeof p->uuid.bytes == sizeof info.uuid);
  ::memcpy(p->uuid.bytes, info.uuid, sizeof info.uuid);
  p->totalGlobalMem = info.totalMemory;
  Attributes attributes(*device);
  fillLimits(*p, attributes);
  fillTextures(*p, attributes);
  fillFeatures(*p, attributes);
  fillByVersion(*p, attributes);
  return {};
}

} // namespace

#if CUDART_VERSION >= 12000
Result<void> getDeviceProperties(cudaDeviceProp* prop, int device) {
  return fill(prop, device);
}
#endif
#if CUDART_VERSION < 13000
Result<void> getDeviceProperties_v1(cudaDevicePropV1* prop, int device) {
  return fill(prop, device);
}
#endif

// The best match: as many wanted fields met as possible; ties go to the lower ordinal. A field that
// is 0 (or -1 for the capability, as cudaDevicePropDontCare has it) asks for nothing.
Result<void> chooseDevice(int* device, const cudaDeviceProp* prop) {
  AW_ARG(device && prop, "null argument");
  int best = -1, bestScore = -1;
  for (int ordinal = 0;; ++ordinal) {
    auto candidate = deviceAt(ordinal);
    if (!candidate) {
      if (ordinal == 0)
        return candidate.error();
      break;
    }
    cudaDeviceProp have;
    AW_TRY(fill(&have, ordinal));
    auto meets = [](auto wanted, auto got) { return wanted <= 0 ? 0 : got >= wanted ? 1 : 0; };
    int score = meets(prop->major * 10 + prop->minor, have.major * 10 + have.minor) * 4;
    score += prop->totalGlobalMem && have.totalGlobalMem >= prop->totalGlobalMem ? 2 : 0;
    score += meets(prop->multiProcessorCount, have.multiProcessorCount);
    score += meets(prop->maxThreadsPerBlock, have.maxThreadsPerBlock);
    score += prop->name[0] && strcmp(prop->name, have.name) == 0 ? 4 : 0;
    if (score > bestScore) {
      best = ordinal;
      bestScore = score;
    }
  }
  *device = best;
  return {};
}

} // namespace anywarp::cudart
