// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies and fills in stream order that have a test nowhere else; pools by location; kernels of
// libraries; what is asked about arrays and resources of graphics APIs.
#include "fixture.h"

#include <numeric>

namespace anywarp::test {
namespace {

constexpr auto kInvalid = cudaErrorInvalidValue;

class AsyncCopies : public CudartTest {
protected:
  void SetUp() override {
    CudartTest::SetUp();
    ASSERT_OK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    ASSERT_OK(cudaMalloc(&memory, 256));
    ASSERT_OK(cudaMemset(memory, 0, 256));
  }
  std::vector<int> contents(int count) {
    std::vector<int> list(count);
    EXPECT_OK(cudaStreamSynchronize(stream));
    EXPECT_OK(cudaMemcpy(list.data(), memory, count * 4, cudaMemcpyDeviceToHost));
    return list;
  }
  cudaStream_t dead() { return reinterpret_cast<cudaStream_t>(this); }
  cudaStream_t stream = nullptr;
  void* memory = nullptr; // 64 ints
};

TEST_F(AsyncCopies, rows) {
  int in[6] = {1, 2, 3, 4, 5, 6};
  EXPECT_OK(cudaMemcpy2DAsync(memory, 16, in, 12, 8, 2, cudaMemcpyHostToDevice, stream));
  EXPECT_EQ(contents(8), (std::vector<int>{1, 2, 0, 0, 4, 5, 0, 0}));
  EXPECT_EQ(cudaMemcpy2DAsync(memory, 4, in, 12, 8, 2, cudaMemcpyHostToDevice, stream),
            cudaErrorInvalidPitchValue);
  EXPECT_EQ(cudaMemcpy2DAsync(nullptr, 16, in, 12, 8, 2, cudaMemcpyHostToDevice, stream), kInvalid);
  EXPECT_EQ(cudaMemcpy2DAsync(memory, 16, in, 12, 8, 2, cudaMemcpyKind(9), stream),
            cudaErrorInvalidMemcpyDirection);
  EXPECT_EQ(cudaMemcpy2DAsync(memory, 16, in, 12, 8, 2, cudaMemcpyHostToDevice, dead()),
            cudaErrorInvalidResourceHandle);
}

TEST_F(AsyncCopies, fills) {
  EXPECT_OK(cudaMemset2DAsync(memory, 16, 1, 8, 2, stream));
  constexpr int kOnes = 0x01010101;
  EXPECT_EQ(contents(8), (std::vector<int>{kOnes, kOnes, 0, 0, kOnes, kOnes, 0, 0}));
  EXPECT_OK(cudaMemset3DAsync({memory, 16, 16, 2}, 2, {4, 1, 2}, stream));
  EXPECT_EQ(contents(12),
            (std::vector<int>{2 * kOnes, kOnes, 0, 0, kOnes, kOnes, 0, 0, 2 * kOnes, 0, 0, 0}));
  EXPECT_EQ(cudaMemset2DAsync(nullptr, 16, 1, 8, 2, stream), kInvalid);
  EXPECT_EQ(cudaMemset2DAsync(memory, 4, 1, 8, 2, stream), kInvalid);
  EXPECT_EQ(cudaMemset2DAsync(memory, 16, 1, 8, 2, dead()), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaMemset3DAsync({nullptr, 16, 16, 2}, 2, {4, 1, 2}, stream), kInvalid);
  EXPECT_EQ(cudaMemset3DAsync({memory, 16, 16, 2}, 2, {4, 3, 2}, stream), kInvalid);
  EXPECT_EQ(cudaMemset3DAsync({memory, 16, 16, 2}, 2, {4, 1, 2}, dead()),
            cudaErrorInvalidResourceHandle);
}

TEST_F(AsyncCopies, between_devices) {
  ASSERT_OK(cudaSetDevice(1));
  void* there = nullptr;
  ASSERT_OK(cudaMalloc(&there, 256));
  ASSERT_OK(cudaMemset(there, 3, 256));
  ASSERT_OK(cudaSetDevice(0));
  EXPECT_OK(cudaMemcpyPeerAsync(memory, 0, there, 1, 8, stream));
  EXPECT_EQ(contents(3), (std::vector<int>{0x03030303, 0x03030303, 0}));
  cudaMemcpy3DPeerParms p = {};
  p.srcDevice = 1, p.dstDevice = 0;
  p.srcPtr = {there, 16, 16, 2}, p.dstPtr = {memory, 16, 16, 2};
  p.dstPos = {12, 0, 0};
  p.extent = {4, 2, 1};
  EXPECT_OK(cudaMemcpy3DPeerAsync(&p, stream));
  EXPECT_EQ(contents(8),
            (std::vector<int>{0x03030303, 0x03030303, 0, 0x03030303, 0, 0, 0, 0x03030303}));
  EXPECT_EQ(cudaMemcpyPeerAsync(memory, 0, there, 9, 8, stream), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaMemcpyPeerAsync(memory, -1, there, 1, 8, stream), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaMemcpyPeerAsync(nullptr, 0, there, 1, 8, stream), kInvalid);
  EXPECT_EQ(cudaMemcpyPeerAsync(memory, 0, there, 1, 8, dead()), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaMemcpy3DPeerAsync(nullptr, stream), kInvalid);
  EXPECT_EQ(cudaMemcpy3DPeerAsync(&p, dead()), cudaErrorInvalidResourceHandle);
  EXPECT_OK(cudaFree(there));
}

TEST_F(AsyncCopies, pools_of_a_location) {
  cudaMemLocation here = {cudaMemLocationTypeDevice, 0}, nowhere = {cudaMemLocationTypeDevice, 9};
  cudaMemPool_t builtIn = nullptr, ofDevice = nullptr, now = nullptr, own = nullptr;
  ASSERT_OK(cudaMemGetDefaultMemPool(&builtIn, &here, cudaMemAllocationTypePinned));
  ASSERT_OK(cudaDeviceGetDefaultMemPool(&ofDevice, 0));
  EXPECT_EQ(builtIn, ofDevice);
  cudaMemPoolProps props = {};
  props.allocType = cudaMemAllocationTypePinned;
  props.location = here;
  ASSERT_OK(cudaMemPoolCreate(&own, &props));
  ASSERT_OK(cudaMemSetMemPool(&here, cudaMemAllocationTypePinned, own));
  ASSERT_OK(cudaMemGetMemPool(&now, &here, cudaMemAllocationTypePinned));
  EXPECT_EQ(now, own);
  ASSERT_OK(cudaMemSetMemPool(&here, cudaMemAllocationTypePinned, builtIn));
  ASSERT_OK(cudaMemGetMemPool(&now, &here, cudaMemAllocationTypePinned));
  EXPECT_EQ(now, builtIn);
  EXPECT_EQ(cudaMemGetDefaultMemPool(nullptr, &here, cudaMemAllocationTypePinned), kInvalid);
  EXPECT_EQ(cudaMemGetDefaultMemPool(&now, nullptr, cudaMemAllocationTypePinned), kInvalid);
  EXPECT_NE(cudaMemGetDefaultMemPool(&now, &nowhere, cudaMemAllocationTypePinned), cudaSuccess);
  EXPECT_EQ(cudaMemGetDefaultMemPool(&now, &here, cudaMemAllocationType(99)), kInvalid);
  EXPECT_EQ(cudaMemGetMemPool(nullptr, &here, cudaMemAllocationTypePinned), kInvalid);
  EXPECT_EQ(cudaMemGetMemPool(&now, nullptr, cudaMemAllocationTypePinned), kInvalid);
  EXPECT_EQ(cudaMemSetMemPool(nullptr, cudaMemAllocationTypePinned, own), kInvalid);
  EXPECT_NE(cudaMemSetMemPool(&here, cudaMemAllocationTypePinned, nullptr), cudaSuccess);
  EXPECT_OK(cudaMemPoolDestroy(own));
}

TEST_F(AsyncCopies, sparse_and_compressed_arrays) {
  cudaChannelFormatDesc desc = cudaCreateChannelDesc(32, 0, 0, 0, cudaChannelFormatKindSigned);
  cudaArray_t array = nullptr;
  cudaMipmappedArray_t mipmap = nullptr;
  cudaArraySparseProperties sparse = {};
  cudaArrayMemoryRequirements needs = {};
  ASSERT_OK(cudaMallocArray(&array, &desc, 100, 100, cudaArraySparse));
  EXPECT_OK(cudaArrayGetSparseProperties(&sparse, array));
  EXPECT_EQ(4u * sparse.tileExtent.width * sparse.tileExtent.height * sparse.tileExtent.depth,
            65536u);
  EXPECT_EQ(cudaArrayGetMemoryRequirements(&needs, array, 0), kInvalid);
  EXPECT_OK(cudaFreeArray(array));
  ASSERT_OK(cudaMallocMipmappedArray(&mipmap, &desc, {256, 256, 6}, 9,
                                     cudaArraySparse | cudaArrayLayered));
  EXPECT_OK(cudaMipmappedArrayGetSparseProperties(&sparse, mipmap));
  EXPECT_EQ(sparse.flags, unsigned(cudaArraySparsePropertiesSingleMipTail));
  EXPECT_GT(sparse.miptailFirstLevel, 0u);
  EXPECT_LT(sparse.miptailFirstLevel, 9u);
  EXPECT_GT(sparse.miptailSize, 0u);
  EXPECT_OK(cudaFreeMipmappedArray(mipmap));
  // 10 x 6 texels are 3 x 2 blocks of 8 bytes.
  desc = cudaCreateChannelDesc(8, 8, 8, 8, cudaChannelFormatKindUnsignedBlockCompressed1);
  ASSERT_OK(cudaMallocArray(&array, &desc, 10, 6));
  std::vector<uint64_t> blocks = {1, 2, 3, 4, 5, 6}, back(6);
  EXPECT_OK(cudaMemcpy2DToArray(array, 0, 0, blocks.data(), 24, 24, 2, cudaMemcpyHostToDevice));
  EXPECT_OK(cudaMemcpy2DFromArray(back.data(), 24, array, 0, 0, 24, 2, cudaMemcpyDeviceToHost));
  EXPECT_EQ(back, blocks);
  cudaChannelFormatDesc read = {};
  cudaExtent extent = {};
  EXPECT_OK(cudaArrayGetInfo(&read, &extent, nullptr, array));
  EXPECT_EQ(read.f, cudaChannelFormatKindUnsignedBlockCompressed1);
  EXPECT_EQ(extent.width, 10u);
  EXPECT_OK(cudaFreeArray(array));
}

TEST_F(AsyncCopies, arrays_without_tiles) {
  cudaChannelFormatDesc desc = cudaCreateChannelDesc(32, 0, 0, 0, cudaChannelFormatKindSigned);
  cudaArray_t array = nullptr, plane = nullptr;
  cudaMipmappedArray_t mipmap = nullptr;
  ASSERT_OK(cudaMallocArray(&array, &desc, 8, 8));
  ASSERT_OK(cudaMallocMipmappedArray(&mipmap, &desc, {8, 8, 0}, 2));
  cudaArraySparseProperties sparse = {};
  cudaArrayMemoryRequirements needs = {};
  // Neither is sparse, mapped later, or of several planes.
  EXPECT_EQ(cudaArrayGetSparseProperties(&sparse, array), kInvalid);
  EXPECT_EQ(cudaMipmappedArrayGetSparseProperties(&sparse, mipmap), kInvalid);
  EXPECT_EQ(cudaArrayGetMemoryRequirements(&needs, array, 0), kInvalid);
  EXPECT_EQ(cudaMipmappedArrayGetMemoryRequirements(&needs, mipmap, 0), kInvalid);
  EXPECT_EQ(cudaArrayGetMemoryRequirements(&needs, array, 9), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaMipmappedArrayGetMemoryRequirements(&needs, mipmap, 9), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaArrayGetSparseProperties(nullptr, array), kInvalid);
  EXPECT_EQ(cudaMipmappedArrayGetSparseProperties(nullptr, mipmap), kInvalid);
  EXPECT_EQ(cudaArrayGetMemoryRequirements(nullptr, array, 0), kInvalid);
  EXPECT_EQ(cudaArrayGetPlane(&plane, array, 0), kInvalid);
  EXPECT_EQ(cudaArrayGetPlane(nullptr, array, 0), kInvalid);
  EXPECT_OK(cudaFreeArray(array));
  EXPECT_OK(cudaFreeMipmappedArray(mipmap));
  cudaArray_t later = nullptr;
  ASSERT_OK(cudaMallocArray(&later, &desc, 64, 64, cudaArrayDeferredMapping));
  ASSERT_OK(cudaArrayGetMemoryRequirements(&needs, later, 0));
  EXPECT_GE(needs.size, 64u * 64 * 4);
  EXPECT_GT(needs.alignment, 0u);
  EXPECT_OK(cudaFreeArray(later));
}

TEST_F(AsyncCopies, graphics_resources_are_never_there) {
  auto none = reinterpret_cast<cudaGraphicsResource_t>(this);
  void* pointer = nullptr;
  size_t size = 0;
  cudaArray_t array = nullptr;
  cudaMipmappedArray_t mipmap = nullptr;
  constexpr auto kNoHandle = cudaErrorInvalidResourceHandle;
  EXPECT_EQ(cudaGraphicsMapResources(1, &none, stream), kNoHandle);
  EXPECT_EQ(cudaGraphicsUnmapResources(1, &none, stream), kNoHandle);
  EXPECT_EQ(cudaGraphicsResourceGetMappedPointer(&pointer, &size, none), kNoHandle);
  EXPECT_EQ(cudaGraphicsResourceGetMappedMipmappedArray(&mipmap, none), kNoHandle);
  EXPECT_EQ(cudaGraphicsSubResourceGetMappedArray(&array, none, 0, 0), kNoHandle);
  EXPECT_EQ(cudaGraphicsResourceSetMapFlags(none, 0), kNoHandle);
  EXPECT_EQ(cudaGraphicsUnregisterResource(none), kNoHandle);
  EXPECT_EQ(cudaGraphicsMapResources(-1, &none, stream), kInvalid);
  EXPECT_EQ(cudaGraphicsMapResources(1, nullptr, stream), kInvalid);
  EXPECT_EQ(cudaGraphicsResourceGetMappedPointer(nullptr, &size, none), kInvalid);
  EXPECT_EQ(cudaGraphicsResourceSetMapFlags(none, 9), kInvalid);
  EXPECT_EQ(cudaGraphicsSubResourceGetMappedArray(nullptr, none, 0, 0), kInvalid);
}

TEST_F(AsyncCopies, dependencies_of_a_captured_stream) {
  cudaGraph_t graph = nullptr;
  cudaGraphNode_t empty = nullptr;
  ASSERT_OK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed));
  cudaStreamCaptureStatus status;
  ASSERT_OK(cudaStreamGetCaptureInfo(stream, &status, nullptr, &graph, nullptr, nullptr, nullptr));
  ASSERT_OK(cudaGraphAddEmptyNode(&empty, graph, nullptr, 0));
  EXPECT_OK(cudaStreamUpdateCaptureDependencies(stream, &empty, nullptr, 1,
                                                cudaStreamSetCaptureDependencies));
  EXPECT_OK(cudaMemsetAsync(memory, 1, 4, stream));
  EXPECT_EQ(cudaStreamUpdateCaptureDependencies(stream, nullptr, nullptr, 1, 0), kInvalid);
  EXPECT_EQ(cudaStreamUpdateCaptureDependencies(stream, &empty, nullptr, 1, 7), kInvalid);
  ASSERT_OK(cudaStreamEndCapture(stream, &graph));
  size_t edges = 0;
  EXPECT_OK(cudaGraphGetEdges(graph, nullptr, nullptr, nullptr, &edges));
  EXPECT_EQ(edges, 1u); // from the empty node to the fill
  EXPECT_EQ(cudaStreamUpdateCaptureDependencies(stream, &empty, nullptr, 1, 0),
            cudaErrorIllegalState); // no capture
}

} // namespace
} // namespace anywarp::test
