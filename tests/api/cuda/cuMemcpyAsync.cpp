// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies and fills in stream order, of two and three dimensions and between contexts; peers.
#include "fixture.h"

#include <cstring>
#include <numeric>

namespace {

constexpr auto kInvalid = CUDA_ERROR_INVALID_VALUE;

class cuMemcpyAsyncTest : public WithContext {
protected:
  void SetUp() override {
    WithContext::SetUp();
    ASSERT_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  }
  void TearDown() override {
    EXPECT_CU(cuStreamDestroy(stream));
    WithContext::TearDown();
  }
  static std::vector<int> numbers(int count) {
    std::vector<int> list(count);
    std::iota(list.begin(), list.end(), 1);
    return list;
  }
  void sync() { EXPECT_CU(cuStreamSynchronize(stream)); }
  CUstream dead() { return reinterpret_cast<CUstream>(this); }
  CUstream stream = nullptr;
};

TEST_F(cuMemcpyAsyncTest, linear) {
  std::vector<int> in = numbers(8), out(8);
  CUdeviceptr a = upload(std::vector<int>(8)), b = upload(std::vector<int>(8)),
              c = upload(std::vector<int>(8));
  EXPECT_CU(cuMemcpyHtoDAsync(a, in.data(), 32, stream));
  EXPECT_CU(cuMemcpyDtoDAsync(b, a, 32, stream));
  EXPECT_CU(cuMemcpyAsync(c, b + 16, 16, stream)); // finds out what the addresses are
  EXPECT_CU(cuMemcpyDtoHAsync(out.data(), c, 16, stream));
  sync();
  EXPECT_EQ(out, (std::vector<int>{5, 6, 7, 8, 0, 0, 0, 0}));
  EXPECT_CU(cuMemcpyAsync(CUdeviceptr(uintptr_t(out.data())), b, 32, stream)); // to the host
  sync();
  EXPECT_EQ(out, in);
  EXPECT_CU(cuMemcpyHtoDAsync(a, in.data(), 0, stream)); // nothing
  EXPECT_EQ(kInvalid, cuMemcpyHtoDAsync(a, nullptr, 4, stream));
  EXPECT_EQ(kInvalid, cuMemcpyHtoDAsync(0, in.data(), 4, stream));
  EXPECT_EQ(kInvalid, cuMemcpyHtoDAsync(a, in.data(), size_t(1) << 40, stream));
  EXPECT_EQ(kInvalid, cuMemcpyDtoDAsync(a, 0, 4, stream));
  EXPECT_EQ(kInvalid, cuMemcpyDtoDAsync(a, b, size_t(1) << 40, stream));
  EXPECT_EQ(kInvalid, cuMemcpyAsync(0, a, 4, stream));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuMemcpyHtoDAsync(a, in.data(), 4, dead()));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuMemcpyDtoDAsync(a, b, 4, dead()));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuMemcpyAsync(a, b, 4, dead()));
  CUcontext popped = nullptr;
  EXPECT_CU(cuCtxPopCurrent(&popped));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuMemcpyAsync(a, b, 4, nullptr));
  EXPECT_CU(cuCtxPushCurrent(popped));
}

TEST_F(cuMemcpyAsyncTest, arrays) {
  CUDA_ARRAY_DESCRIPTOR desc = {8, 0, CU_AD_FORMAT_SIGNED_INT32, 1};
  CUarray array = nullptr;
  ASSERT_CU(cuArrayCreate(&array, &desc));
  std::vector<int> in = numbers(8), out(8);
  EXPECT_CU(cuMemcpyHtoAAsync(array, 0, in.data(), 32, stream));
  EXPECT_CU(cuMemcpyAtoHAsync(out.data(), array, 8, 24, stream)); // from the third on
  sync();
  EXPECT_EQ(out, (std::vector<int>{3, 4, 5, 6, 7, 8, 0, 0}));
  EXPECT_EQ(kInvalid, cuMemcpyHtoAAsync(array, 0, in.data(), 36, stream));
  EXPECT_EQ(kInvalid, cuMemcpyHtoAAsync(array, 0, nullptr, 4, stream));
  EXPECT_EQ(kInvalid, cuMemcpyAtoHAsync(nullptr, array, 0, 4, stream));
  EXPECT_EQ(kInvalid, cuMemcpyAtoHAsync(out.data(), array, 32, 4, stream));
  EXPECT_NE(CUDA_SUCCESS, cuMemcpyHtoAAsync(nullptr, 0, in.data(), 4, stream));
  EXPECT_NE(CUDA_SUCCESS, cuMemcpyAtoHAsync(out.data(), nullptr, 0, 4, stream));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuMemcpyHtoAAsync(array, 0, in.data(), 4, dead()));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuMemcpyAtoHAsync(out.data(), array, 0, 4, dead()));
  EXPECT_CU(cuArrayDestroy(array));
}

TEST_F(cuMemcpyAsyncTest, three_dimensions) {
  // A box of 2 x 2 x 2 at (1, 1, 0) of one of 4 x 3 x 2.
  std::vector<int> in = numbers(24), out(8);
  CUdeviceptr device = upload(in);
  CUDA_MEMCPY3D p = {};
  p.srcMemoryType = CU_MEMORYTYPE_DEVICE, p.dstMemoryType = CU_MEMORYTYPE_HOST;
  p.srcDevice = device, p.dstHost = out.data();
  p.srcPitch = 16, p.srcHeight = 3, p.srcXInBytes = 4, p.srcY = 1;
  p.dstPitch = 8, p.dstHeight = 2;
  p.WidthInBytes = 8, p.Height = 2, p.Depth = 2;
  EXPECT_CU(cuMemcpy3DAsync(&p, stream));
  sync();
  EXPECT_EQ(out, (std::vector<int>{6, 7, 10, 11, 18, 19, 22, 23}));
  EXPECT_EQ(kInvalid, cuMemcpy3DAsync(nullptr, stream));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuMemcpy3DAsync(&p, dead()));
  auto bad = p;
  bad.srcPitch = 8; // less than where a row ends
  EXPECT_EQ(kInvalid, cuMemcpy3DAsync(&bad, stream));
  bad = p;
  bad.srcMemoryType = CUmemorytype(9);
  EXPECT_EQ(kInvalid, cuMemcpy3DAsync(&bad, stream));
  bad = p;
  bad.Depth = 100; // beyond the allocation
  EXPECT_EQ(kInvalid, cuMemcpy3DAsync(&bad, stream));
}

TEST_F(cuMemcpyAsyncTest, between_contexts) {
  CUdeviceptr here = upload(numbers(8));
  CUcontext other = nullptr;
  ASSERT_CU(cuCtxCreate(&other, nullptr, 0, device));
  CUdeviceptr there = upload(std::vector<int>(8));
  ASSERT_CU(cuCtxPopCurrent(nullptr));
  EXPECT_CU(cuMemcpyPeerAsync(there, other, here, context, 16, stream));
  sync();
  EXPECT_EQ(download<int>(there, 8), (std::vector<int>{1, 2, 3, 4, 0, 0, 0, 0}));
  CUDA_MEMCPY3D_PEER p = {};
  p.srcMemoryType = p.dstMemoryType = CU_MEMORYTYPE_DEVICE;
  p.srcContext = context, p.dstContext = other;
  p.srcDevice = here, p.dstDevice = there;
  p.srcPitch = p.dstPitch = 16, p.srcHeight = p.dstHeight = 2;
  p.WidthInBytes = 8, p.Height = 2, p.Depth = 1;
  p.srcXInBytes = 8;
  EXPECT_CU(cuMemcpy3DPeerAsync(&p, stream));
  sync();
  EXPECT_EQ(download<int>(there, 8), (std::vector<int>{3, 4, 3, 4, 7, 8, 0, 0}));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT,
            cuMemcpyPeerAsync(there, nullptr, here, context, 16, stream));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT,
            cuMemcpyPeerAsync(there, other, here, reinterpret_cast<CUcontext>(this), 16, stream));
  EXPECT_EQ(kInvalid, cuMemcpyPeerAsync(0, other, here, context, 16, stream));
  EXPECT_EQ(kInvalid, cuMemcpy3DPeerAsync(nullptr, stream));
  p.srcContext = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuMemcpy3DPeerAsync(&p, stream));
  p.srcContext = context;
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuMemcpy3DPeerAsync(&p, dead()));

  // Contexts of one device are no peers of each other; what is wrong comes first.
  EXPECT_EQ(CUDA_ERROR_PEER_ACCESS_UNSUPPORTED, cuCtxEnablePeerAccess(other, 0));
  EXPECT_EQ(kInvalid, cuCtxEnablePeerAccess(other, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxEnablePeerAccess(nullptr, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxEnablePeerAccess(context, 0));
  EXPECT_EQ(CUDA_ERROR_PEER_ACCESS_NOT_ENABLED, cuCtxDisablePeerAccess(other));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxDisablePeerAccess(nullptr));
  int can = 7;
  EXPECT_CU(cuDeviceCanAccessPeer(&can, 0, 0));
  EXPECT_EQ(0, can);
  EXPECT_EQ(kInvalid, cuDeviceCanAccessPeer(nullptr, 0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuDeviceCanAccessPeer(&can, 0, 999));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuDeviceCanAccessPeer(&can, -1, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE,
            cuDeviceGetP2PAttribute(&can, CU_DEVICE_P2P_ATTRIBUTE_ACCESS_SUPPORTED, 0, 999));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE,
            cuDeviceGetP2PAttribute(&can, CU_DEVICE_P2P_ATTRIBUTE_ACCESS_SUPPORTED, 0, 0));
  EXPECT_EQ(kInvalid,
            cuDeviceGetP2PAttribute(nullptr, CU_DEVICE_P2P_ATTRIBUTE_ACCESS_SUPPORTED, 0, 0));
  EXPECT_CU(cuCtxDestroy(other));
}

TEST_F(cuMemcpyAsyncTest, fills_of_two_dimensions) {
  constexpr size_t kPitch = 16; // bytes
  CUdeviceptr memory = upload(std::vector<int>(16));
  EXPECT_CU(cuMemsetD2D32(memory, kPitch, 0x01020304, 2, 3));
  EXPECT_EQ(download<int>(memory, 16),
            (std::vector<int>{0x01020304, 0x01020304, 0, 0, 0x01020304, 0x01020304, 0, 0,
                              0x01020304, 0x01020304, 0, 0, 0, 0, 0, 0}));
  EXPECT_CU(cuMemsetD2D16(memory, kPitch, 0x5566, 3, 1));
  EXPECT_EQ(download<int>(memory, 2), (std::vector<int>{0x55665566, 0x01025566}));
  EXPECT_CU(cuMemsetD2D32Async(memory, kPitch, 9, 4, 4, stream));
  EXPECT_CU(cuMemsetD2D16Async(memory + 4, kPitch, 0x0708, 1, 2, stream));
  EXPECT_CU(cuMemsetD2D8Async(memory + 8, kPitch, 0xff, 5, 1, stream));
  sync();
  EXPECT_EQ(download<int>(memory, 8), (std::vector<int>{9, 0x0708, -1, 0xff, 9, 0x0708, 9, 9}));
  EXPECT_CU(cuMemsetD2D32(memory, kPitch, 1, 0, 4)); // nothing
  EXPECT_EQ(kInvalid, cuMemsetD2D32(0, kPitch, 1, 1, 1));
  EXPECT_EQ(kInvalid, cuMemsetD2D32(memory + 2, kPitch, 1, 1, 1)); // not aligned
  EXPECT_EQ(kInvalid, cuMemsetD2D16(memory + 1, kPitch, 1, 1, 1));
  EXPECT_EQ(kInvalid, cuMemsetD2D16(memory, kPitch, 1, 1, 100));       // beyond the allocation
  EXPECT_EQ(kInvalid, cuMemsetD2D32Async(memory, 8, 1, 4, 2, stream)); // rows overlap
  EXPECT_EQ(kInvalid, cuMemsetD2D16Async(0, kPitch, 1, 1, 1, stream));
  EXPECT_EQ(kInvalid, cuMemsetD2D8Async(memory, 2, 1, 4, 2, stream));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuMemsetD2D8Async(memory, kPitch, 1, 1, 1, dead()));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuMemsetD2D16Async(memory, kPitch, 1, 1, 1, dead()));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuMemsetD2D32Async(memory, kPitch, 1, 1, 1, dead()));
}

TEST_F(cuMemcpyAsyncTest, small_questions) {
  CUdevice of = -1;
  EXPECT_CU(cuStreamGetDevice(stream, &of));
  EXPECT_EQ(device, of);
  EXPECT_EQ(kInvalid, cuStreamGetDevice(stream, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuStreamGetDevice(dead(), &of));
  int supported = 7;
  EXPECT_CU(cuDeviceGetExecAffinitySupport(&supported, CU_EXEC_AFFINITY_TYPE_SM_COUNT, 0));
  EXPECT_TRUE(supported == 0 || supported == 1);
  EXPECT_EQ(kInvalid, cuDeviceGetExecAffinitySupport(nullptr, CU_EXEC_AFFINITY_TYPE_SM_COUNT, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE,
            cuDeviceGetExecAffinitySupport(&supported, CU_EXEC_AFFINITY_TYPE_SM_COUNT, 999));
  CUdeviceptr memory = upload(std::vector<int>(4));
  unsigned one = 1, now = 0;
  EXPECT_CU(cuPointerSetAttribute(&one, CU_POINTER_ATTRIBUTE_SYNC_MEMOPS, memory));
  EXPECT_CU(cuPointerGetAttribute(&now, CU_POINTER_ATTRIBUTE_SYNC_MEMOPS, memory));
  EXPECT_EQ(1u, now);
  EXPECT_EQ(kInvalid, cuPointerSetAttribute(nullptr, CU_POINTER_ATTRIBUTE_SYNC_MEMOPS, memory));
  EXPECT_EQ(kInvalid, cuPointerSetAttribute(&one, CU_POINTER_ATTRIBUTE_CONTEXT, memory));
  EXPECT_EQ(kInvalid, cuPointerSetAttribute(&one, CU_POINTER_ATTRIBUTE_SYNC_MEMOPS,
                                            CUdeviceptr(uintptr_t(this))));
  constexpr auto kTarget = CU_FLUSH_GPU_DIRECT_RDMA_WRITES_TARGET_CURRENT_CTX;
  constexpr auto kScope = CU_FLUSH_GPU_DIRECT_RDMA_WRITES_TO_ALL_DEVICES;
  EXPECT_CU(cuFlushGPUDirectRDMAWrites(kTarget, kScope));
  EXPECT_EQ(kInvalid, cuFlushGPUDirectRDMAWrites(CUflushGPUDirectRDMAWritesTarget(3), kScope));
  EXPECT_EQ(kInvalid, cuFlushGPUDirectRDMAWrites(kTarget, CUflushGPUDirectRDMAWritesScope(3)));
  CUDA_ARRAY3D_DESCRIPTOR desc = {8, 8, 0, CU_AD_FORMAT_FLOAT, 1, 0};
  CUmipmappedArray mipmap = nullptr;
  ASSERT_CU(cuMipmappedArrayCreate(&mipmap, &desc, 2));
  CUDA_ARRAY_SPARSE_PROPERTIES sparse = {};
  EXPECT_EQ(kInvalid, cuMipmappedArrayGetSparseProperties(&sparse, mipmap)); // it is not
  EXPECT_EQ(kInvalid, cuMipmappedArrayGetSparseProperties(nullptr, mipmap));
  EXPECT_NE(CUDA_SUCCESS, cuMipmappedArrayGetSparseProperties(&sparse, nullptr));
  CUmipmappedArray none = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuGraphicsResourceGetMappedMipmappedArray(&none, nullptr));
  EXPECT_EQ(kInvalid, cuGraphicsResourceGetMappedMipmappedArray(nullptr, nullptr));
  EXPECT_CU(cuMipmappedArrayDestroy(mipmap));
  EXPECT_CU(cuProfilerStart());
  EXPECT_CU(cuProfilerStart()); // "has no effect" when it is on
  EXPECT_CU(cuProfilerStop());
  EXPECT_CU(cuProfilerStop());
  CUcontext popped = nullptr;
  EXPECT_CU(cuCtxPopCurrent(&popped));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuProfilerStart());
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuProfilerStop());
  EXPECT_CU(cuCtxPushCurrent(popped));
}

} // namespace
