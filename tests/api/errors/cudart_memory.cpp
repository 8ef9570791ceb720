// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory, arrays, copies and variables.
#include "runtime_errors.h"

namespace {

constexpr cudaChannelFormatDesc kFloat4 = {32, 32, 32, 32, cudaChannelFormatKindFloat};
constexpr cudaChannelFormatDesc kInt = {32, 0, 0, 0, cudaChannelFormatKindSigned};

class RuntimeMemoryErrors : public RuntimeErrors {
protected:
  void SetUp() override {
    RuntimeErrors::SetUp();
    ASSERT_OK(cudaMallocArray(&array, &kInt, 16, 16));
    ASSERT_OK(cudaMallocArray(&other, &kInt, 16, 16));
  }
  cudaArray_t array = nullptr, other = nullptr; // 16 rows of 64 bytes
};

TEST_F(RuntimeMemoryErrors, more_than_there_is) {
  void* p = nullptr;
  size_t pitch = 0;
  cudaPitchedPtr pitched = {};
  cudaArray_t a = nullptr;
  cudaMipmappedArray_t m = nullptr;
  cudaExtent box = {size_t(1) << 30, size_t(1) << 20, 4}, texels = {16384, 16384, 16384};
  FAILS(MemoryAllocation, cudaMalloc(&p, kTooMuch));
  FAILS(MemoryAllocation, cudaMallocHost(&p, kTooMuch));
  FAILS(MemoryAllocation, cudaHostAlloc(&p, kTooMuch, 0));
  FAILS(MemoryAllocation, cudaMallocManaged(&p, kTooMuch));
  FAILS(MemoryAllocation, cudaMallocPitch(&p, &pitch, box.width, box.height));
  FAILS(MemoryAllocation, cudaMalloc3D(&pitched, box));
  FAILS(MemoryAllocation, cudaMallocAsync(&p, kTooMuch, stream));
  FAILS(MemoryAllocation, cudaMalloc3DArray(&a, &kFloat4, texels));
  FAILS(MemoryAllocation, cudaMallocMipmappedArray(&m, &kFloat4, texels, 3));
  FAILS(MemoryAllocation, cudaDeviceSetLimit(cudaLimitMallocHeapSize, size_t(1) << 60));
  cudaError_t result = cudaSuccess; // 128 GiB each
  for (int i = 0; i < 1000 && result == cudaSuccess; ++i)
    result = cudaMallocArray(&a, &kFloat4, 131072, 65536);
  FAILS(MemoryAllocation, result);
}

TEST_F(RuntimeMemoryErrors, the_heap_after_its_first_use) {
  EXPECT_OK(cudaLaunchKernel(program.take(), 1, 1, nullptr, 0, stream));
  EXPECT_OK(cudaStreamSynchronize(stream));
  FAILS(InvalidValue, cudaDeviceSetLimit(cudaLimitMallocHeapSize, 64 << 20));
}

TEST_F(RuntimeMemoryErrors, what_is_none) {
  auto noArray = cudaArray_t(host);
  auto noMipmap = cudaMipmappedArray_t(host);
  cudaExtent extent;
  FAILS(InvalidValue, cudaFreeArray(noArray));
  FAILS(InvalidValue, cudaFreeMipmappedArray(noMipmap));
  FAILS(InvalidValue, cudaArrayGetInfo(nullptr, &extent, nullptr, noArray));
  FAILS(InvalidValue, cudaFreeHost(host));
  FAILS(InvalidValue, cudaFree(host));
  FAILS(InvalidValue, cudaHostRegister(nullptr, 64, 0));
  FAILS(HostMemoryNotRegistered, cudaHostUnregister(host));
  cudaResourceDesc resource = {};
  resource.resType = cudaResourceTypeArray;
  resource.res.array.array = noArray;
  cudaSurfaceObject_t surface = 0;
  FAILS(InvalidResourceHandle, cudaCreateSurfaceObject(&surface, &resource));
}

TEST_F(RuntimeMemoryErrors, arrays) {
  cudaArray_t planar = nullptr, plane = nullptr;
  cudaChannelFormatDesc nv12 = {8, 8, 8, 0, cudaChannelFormatKindNV12};
  ASSERT_OK(cudaMallocArray(&planar, &nv12, 16, 16));
  EXPECT_OK(cudaArrayGetPlane(&plane, planar, 1));
  FAILS(InvalidValue, cudaArrayGetPlane(&plane, planar, 2));
  FAILS(InvalidResourceHandle, cudaArrayGetPlane(&plane, cudaArray_t(host), 0));
  cudaMipmappedArray_t deferred = nullptr;
  cudaArrayMemoryRequirements needs = {};
  ASSERT_OK(cudaMallocMipmappedArray(&deferred, &kInt, {64, 64, 0}, 2, cudaArrayDeferredMapping));
  EXPECT_OK(cudaMipmappedArrayGetMemoryRequirements(&needs, deferred, 0));
  EXPECT_GE(needs.size, 64u * 64 * 4);
  FAILS(InvalidValue, cudaMipmappedArrayGetMemoryRequirements(nullptr, deferred, 0));
  // A view of a texture object is told as it was given.
  cudaResourceDesc resource = {};
  resource.resType = cudaResourceTypeArray;
  resource.res.array.array = array;
  cudaTextureDesc sampling = {};
  cudaResourceViewDesc view = {}, back = {};
  view.format = cudaResViewFormatFloat1;
  view.width = view.height = 16;
  cudaTextureObject_t texture = 0;
  ASSERT_OK(cudaCreateTextureObject(&texture, &resource, &sampling, &view));
  EXPECT_OK(cudaGetTextureObjectResourceViewDesc(&back, texture));
  EXPECT_EQ(cudaResViewFormatFloat1, back.format);
  EXPECT_EQ(16u, back.width);
}

TEST_F(RuntimeMemoryErrors, copies_with_arrays) {
  constexpr auto kTo = cudaMemcpyHostToDevice, kFrom = cudaMemcpyDeviceToHost;
  // Rows longer than the pitch; behind the last row.
  FAILS(InvalidPitchValue, cudaMemcpy2DFromArray(host, 32, array, 0, 0, 64, 2, kFrom));
  FAILS(InvalidPitchValue, cudaMemcpy2DFromArrayAsync(host, 32, array, 0, 0, 64, 2, kFrom, stream));
  FAILS(InvalidPitchValue, cudaMemcpy2DToArrayAsync(array, 0, 0, host, 32, 64, 2, kTo, stream));
  FAILS(InvalidValue, cudaMemcpy2DFromArray(host, 64, array, 0, 15, 64, 2, kFrom));
  FAILS(InvalidValue, cudaMemcpy2DFromArrayAsync(host, 64, array, 0, 15, 64, 2, kFrom, stream));
  FAILS(InvalidValue, cudaMemcpy2DToArrayAsync(array, 0, 15, host, 64, 64, 2, kTo, stream));
  FAILS(InvalidValue, cudaMemcpy2DArrayToArray(array, 0, 15, other, 0, 0, 64, 2));
  FAILS(InvalidValue, cudaMemcpyArrayToArray(array, 0, 15, other, 0, 0, 128));
  FAILS(InvalidValue, cudaMemcpyFromArray(host, array, 0, 15, 128, kFrom));
  FAILS(InvalidValue, cudaMemcpyFromArrayAsync(host, array, 0, 15, 128, kFrom, stream));
  FAILS(InvalidValue, cudaMemcpyToArrayAsync(array, 0, 15, host, 128, kTo, stream));
}

TEST_F(RuntimeMemoryErrors, copies_of_boxes) {
  cudaMemcpy3DParms box = {};
  box.srcPtr = cudaPitchedPtr{host, 16, 16, 1};
  box.dstPtr = cudaPitchedPtr{memory, 16, 16, 1};
  box.extent = {64, 1, 1};
  box.kind = cudaMemcpyHostToDevice;
  FAILS(InvalidPitchValue, cudaMemcpy3DAsync(&box, stream));
  box.kind = cudaMemcpyKind(9);
  FAILS(InvalidMemcpyDirection, cudaMemcpy3DAsync(&box, stream));
  cudaMemcpy3DPeerParms peer = {};
  peer.srcPtr = cudaPitchedPtr{memory + 512, 16, 16, 1};
  peer.dstPtr = cudaPitchedPtr{memory, 16, 16, 1};
  peer.extent = {64, 1, 1};
  FAILS(InvalidPitchValue, cudaMemcpy3DPeer(&peer));
  FAILS(InvalidPitchValue, cudaMemcpy3DPeerAsync(&peer, stream));
  peer.srcDevice = 2;
  FAILS(InvalidDevice, cudaMemcpy3DPeer(&peer));
  FAILS(InvalidDevice, cudaMemcpy3DPeerAsync(&peer, stream));
  FAILS(InvalidValue, cudaMemset3D(cudaPitchedPtr{nullptr, 64, 64, 1}, 0, {64, 1, 1}));
}

TEST_F(RuntimeMemoryErrors, variables) {
  Program machineCode("SASS", true);
  void* address = nullptr;
  size_t bytes = 0;
  auto all = [&](char* variable, size_t offset) {
    return std::vector<ErrorCase>{
        {"cudaMemcpyToSymbol",
         [=, this] { return cudaMemcpyToSymbol(variable, host, 8, offset, cudaMemcpyDefault); }},
        {"cudaMemcpyFromSymbol",
         [=, this] { return cudaMemcpyFromSymbol(host, variable, 8, offset, cudaMemcpyDefault); }},
        {"cudaMemcpyToSymbolAsync",
         [=, this] {
           return cudaMemcpyToSymbolAsync(variable, host, 8, offset, cudaMemcpyDefault, stream);
         }},
        {"cudaMemcpyFromSymbolAsync", [=, this] {
           return cudaMemcpyFromSymbolAsync(host, variable, 8, offset, cudaMemcpyDefault, stream);
         }}};
  };
  expectAll(cudaSuccess, all(program.variable, 8));
  expectAll(cudaErrorInvalidValue, all(program.variable, 12));
  expectAll(cudaErrorInvalidSymbol, all(reinterpret_cast<char*>(host), 0));
  expectAll(cudaErrorNoKernelImageForDevice, all(machineCode.variable, 0));
  FAILS(InvalidSymbol, cudaGetSymbolAddress(&address, host));
  FAILS(InvalidSymbol, cudaGetSymbolSize(&bytes, host));
  FAILS(NoKernelImageForDevice, cudaGetSymbolAddress(&address, machineCode.variable));
  FAILS(NoKernelImageForDevice, cudaGetSymbolSize(&bytes, machineCode.variable));
}

TEST_F(RuntimeMemoryErrors, other_processes) {
  using anywarp::test::Peer;
  Peer peer = Peer::start("RuntimeMemoryErrors.DISABLED_shares");
  cudaIpcMemHandle_t memoryHandle;
  cudaIpcEventHandle_t eventHandle;
  peer.receive(memoryHandle);
  peer.receive(eventHandle);
  ASSERT_TRUE(peer.good());
  void* theirs = nullptr;
  cudaEvent_t opened = nullptr;
  EXPECT_OK(cudaIpcOpenMemHandle(&theirs, memoryHandle, cudaIpcMemLazyEnablePeerAccess));
  EXPECT_OK(cudaMemcpy(host, theirs, 4, cudaMemcpyDeviceToHost));
  EXPECT_EQ(0x05050505, host[0]);
  EXPECT_OK(cudaIpcCloseMemHandle(theirs));
  FAILS(InvalidValue, cudaIpcCloseMemHandle(theirs));
  EXPECT_OK(cudaIpcOpenEventHandle(&opened, eventHandle));
  EXPECT_OK(cudaEventSynchronize(opened));
  EXPECT_OK(cudaEventDestroy(opened));
  EXPECT_TRUE(peer.send(1));
  EXPECT_EQ(0, peer.finish());
  FAILS(InvalidResourceHandle,
        cudaIpcOpenMemHandle(&theirs, memoryHandle, cudaIpcMemLazyEnablePeerAccess));
}

TEST_F(RuntimeMemoryErrors, DISABLED_shares) {
  auto peer = anywarp::test::Peer::other();
  cudaIpcMemHandle_t memoryHandle;
  cudaIpcEventHandle_t eventHandle;
  cudaEvent_t shared = nullptr;
  int done = 0;
  ASSERT_OK(cudaMemset(memory, 5, 64));
  ASSERT_OK(cudaEventCreateWithFlags(&shared, cudaEventInterprocess | cudaEventDisableTiming));
  ASSERT_OK(cudaEventRecord(shared, stream));
  ASSERT_OK(cudaIpcGetMemHandle(&memoryHandle, memory));
  ASSERT_OK(cudaIpcGetEventHandle(&eventHandle, shared));
  EXPECT_TRUE(peer.send(memoryHandle) && peer.send(eventHandle));
  peer.receive(done);
}

} // namespace
