// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cuStreamWaitValue32/64, cuStreamWriteValue32/64, cuStreamBatchMemOp in both versions. What holds
// when is arithmetic of the manual's formulas.
#include "fixture.h"

#include <atomic>
#include <chrono>
#include <thread>

extern "C" {
CUresult cuStreamWaitValue32_v2(CUstream, CUdeviceptr, cuuint32_t, unsigned);
CUresult cuStreamWriteValue32_v2(CUstream, CUdeviceptr, cuuint32_t, unsigned);
CUresult cuStreamBatchMemOp_v2(CUstream, unsigned, CUstreamBatchMemOpParams*, unsigned);
}
#undef cuStreamWriteValue32
#undef cuStreamBatchMemOp
extern "C" {
CUresult cuStreamWriteValue32(CUstream, CUdeviceptr, cuuint32_t, unsigned);
CUresult cuStreamBatchMemOp(CUstream, unsigned, CUstreamBatchMemOpParams*, unsigned);
}

namespace {

class cuStreamMemOp : public WithContext {
protected:
  void SetUp() override {
    WithContext::SetUp();
    ASSERT_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
    ASSERT_CU(cuMemHostAlloc(&host, 64, CU_MEMHOSTALLOC_DEVICEMAP));
    std::fill_n(static_cast<uint64_t*>(host), 8, 0);
    ASSERT_CU(cuMemHostGetDevicePointer(&word, host, 0));
  }
  void TearDown() override {
    EXPECT_CU(cuStreamDestroy(stream));
    EXPECT_CU(cuMemFreeHost(host));
    WithContext::TearDown();
  }
  void set(uint64_t value) { std::atomic_ref(*static_cast<uint64_t*>(host)).store(value); }
  uint32_t low() { return std::atomic_ref(*static_cast<uint32_t*>(host)).load(); }
  // Whether the stream gets past what it waits for, in a time that a poll surely takes.
  bool passes() {
    auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(30);
    while (cuStreamQuery(stream) == CUDA_ERROR_NOT_READY)
      if (std::chrono::steady_clock::now() > end)
        return false;
    return true;
  }
  static CUstreamBatchMemOpParams wait32(CUdeviceptr address, uint32_t value, unsigned flags) {
    CUstreamBatchMemOpParams op = {};
    op.operation = CU_STREAM_MEM_OP_WAIT_VALUE_32;
    op.waitValue.address = address;
    op.waitValue.value = value;
    op.waitValue.flags = flags;
    return op;
  }
  static CUstreamBatchMemOpParams write64(CUdeviceptr address, uint64_t value) {
    CUstreamBatchMemOpParams op = {};
    op.operation = CU_STREAM_MEM_OP_WRITE_VALUE_64;
    op.writeValue.address = address;
    op.writeValue.value64 = value;
    return op;
  }

  CUstream stream = nullptr;
  void* host = nullptr;
  CUdeviceptr word = 0;
};

TEST_F(cuStreamMemOp, attributes_promise_all_operations) {
  for (CUdevice_attribute code :
       {CU_DEVICE_ATTRIBUTE_CAN_USE_64_BIT_STREAM_MEM_OPS,
        CU_DEVICE_ATTRIBUTE_CAN_USE_STREAM_WAIT_VALUE_NOR,
        CU_DEVICE_ATTRIBUTE_CAN_FLUSH_REMOTE_WRITES, CU_DEVICE_ATTRIBUTE_CAN_USE_STREAM_MEM_OPS_V1,
        CU_DEVICE_ATTRIBUTE_CAN_USE_64_BIT_STREAM_MEM_OPS_V1,
        CU_DEVICE_ATTRIBUTE_CAN_USE_STREAM_WAIT_VALUE_NOR_V1}) {
    int value = 0;
    EXPECT_CU(cuDeviceGetAttribute(&value, code, device));
    EXPECT_EQ(1, value) << code;
  }
}

TEST_F(cuStreamMemOp, waits_until_the_condition_holds) {
  struct Case {
    unsigned flags;
    uint64_t value, no, yes;
    bool wide;
  };
  const Case cases[] = {
      {CU_STREAM_WAIT_VALUE_GEQ, 5, 4, 5, false},
      {CU_STREAM_WAIT_VALUE_GEQ, 5, 4, 1000, false},
      // Cyclic: 0xffffffff is one before 0; 3 is four after it.
      {CU_STREAM_WAIT_VALUE_GEQ, 0, 0xffffffff, 0, false},
      {CU_STREAM_WAIT_VALUE_GEQ, 0xffffffff, 0xfffffffe, 3, false},
      {CU_STREAM_WAIT_VALUE_EQ, 7, 8, 7, false},
      {CU_STREAM_WAIT_VALUE_AND, 0b110, 0b1001, 0b1100, false},
      {CU_STREAM_WAIT_VALUE_NOR, 0xffff0000, 0x0000ffff, 0x00007fff, false},
      {CU_STREAM_WAIT_VALUE_EQ | CU_STREAM_WAIT_VALUE_FLUSH, 1, 0, 1, false},
      {CU_STREAM_WAIT_VALUE_GEQ, uint64_t(1) << 40, (uint64_t(1) << 40) - 1, uint64_t(1) << 40,
       true},
      {CU_STREAM_WAIT_VALUE_EQ, uint64_t(3) << 40, 3, uint64_t(3) << 40, true},
      {CU_STREAM_WAIT_VALUE_AND, uint64_t(1) << 63, ~(uint64_t(1) << 63), uint64_t(1) << 63, true},
      {CU_STREAM_WAIT_VALUE_NOR, 0, UINT64_MAX, UINT64_MAX >> 1, true},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::Message() << c.flags << " " << c.value << " " << c.yes);
    set(c.no);
    ASSERT_CU(c.wide ? cuStreamWaitValue64(stream, word, c.value, c.flags)
                     : cuStreamWaitValue32(stream, word, uint32_t(c.value), c.flags));
    EXPECT_FALSE(passes());
    set(c.yes);
    EXPECT_CU(cuStreamSynchronize(stream));
  }
}

TEST_F(cuStreamMemOp, a_waiting_stream_holds_back_nobody) {
  // More waiting streams than the device can have workers by far.
  constexpr int kStreams = 64;
  std::vector<CUstream> waiting(kStreams);
  for (CUstream& each : waiting) {
    ASSERT_CU(cuStreamCreate(&each, CU_STREAM_NON_BLOCKING));
    ASSERT_CU(cuStreamWaitValue32(each, word, 1, CU_STREAM_WAIT_VALUE_EQ));
    ASSERT_CU(cuStreamWriteValue32_v2(each, word + 8, 1, 0));
  }
  CUdeviceptr data = upload<int>({1, 2, 3, 4});
  ASSERT_CU(cuMemsetD32Async(data, 9, 4, stream));
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ((std::vector<int>{9, 9, 9, 9}), download<int>(data, 4));
  EXPECT_EQ(CUDA_ERROR_NOT_READY, cuStreamQuery(waiting[0]));
  ASSERT_CU(cuStreamWriteValue32_v2(stream, word, 1, 0)); // another stream lets them go
  EXPECT_CU(cuCtxSynchronize());
  for (CUstream each : waiting)
    EXPECT_CU(cuStreamDestroy(each));
  EXPECT_CU(cuMemFree(data));
}

TEST_F(cuStreamMemOp, two_streams_pass_a_token) {
  CUstream other = nullptr;
  ASSERT_CU(cuStreamCreate(&other, CU_STREAM_NON_BLOCKING));
  constexpr uint32_t kRounds = 200;
  for (uint32_t i = 0; i < kRounds; ++i) {
    ASSERT_CU(cuStreamWaitValue32(stream, word, 2 * i, CU_STREAM_WAIT_VALUE_EQ));
    ASSERT_CU(cuStreamWriteValue32_v2(stream, word, 2 * i + 1, 0));
    ASSERT_CU(cuStreamWaitValue32(other, word, 2 * i + 1, CU_STREAM_WAIT_VALUE_EQ));
    ASSERT_CU(cuStreamWriteValue32_v2(other, word, 2 * i + 2, 0));
  }
  EXPECT_CU(cuStreamSynchronize(other));
  EXPECT_EQ(2 * kRounds, low());
  EXPECT_CU(cuStreamDestroy(other));
}

TEST_F(cuStreamMemOp, writes_the_width_that_it_says) {
  set(UINT64_MAX);
  ASSERT_CU(cuStreamWriteValue32_v2(stream, word, 0x12345678, 0));
  ASSERT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(0xffffffff12345678u, *static_cast<uint64_t*>(host));
  ASSERT_CU(cuStreamWriteValue64(stream, word, 0x1122334455667788u, 0));
  ASSERT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(0x1122334455667788u, *static_cast<uint64_t*>(host));
  // Device memory, and the legacy default stream.
  CUdeviceptr data = upload<uint32_t>({1, 2});
  ASSERT_CU(cuStreamWriteValue32_v2(nullptr, data + 4, 77, 0));
  EXPECT_EQ((std::vector<uint32_t>{1, 77}), download<uint32_t>(data, 2));
  EXPECT_CU(cuMemFree(data));
}

TEST_F(cuStreamMemOp, a_batch_runs_in_its_order) {
  CUstreamBatchMemOpParams barrier = {}, flush = {};
  barrier.operation = CU_STREAM_MEM_OP_BARRIER;
  barrier.memoryBarrier.flags = CU_STREAM_MEMORY_BARRIER_TYPE_GPU;
  flush.operation = CU_STREAM_MEM_OP_FLUSH_REMOTE_WRITES;
  CUstreamBatchMemOpParams ops[] = {write64(word + 8, 5), wait32(word, 1, CU_STREAM_WAIT_VALUE_EQ),
                                    barrier, flush, write64(word + 8, 6)};
  ASSERT_CU(cuStreamBatchMemOp_v2(stream, 5, ops, 0));
  auto* second = static_cast<uint64_t*>(host) + 1;
  while (std::atomic_ref(*second).load() != 5) // whenever the machine gets to it
    std::this_thread::yield();
  EXPECT_FALSE(passes());
  EXPECT_EQ(5u, std::atomic_ref(*second).load());
  set(1);
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(6u, *second);
  EXPECT_CU(cuStreamBatchMemOp_v2(stream, 0, nullptr, 0));
}

TEST_F(cuStreamMemOp, bad_arguments) {
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuStreamWaitValue32(stream, word + 2, 0, 0)); // alignment
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuStreamWaitValue64(stream, word + 4, 0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuStreamWaitValue32(stream, 0, 0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuStreamWaitValue32(stream, word, 0, 4));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuStreamWriteValue32_v2(stream, word, 0, 2));
  alignas(8) uint64_t pageable = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuStreamWriteValue32_v2(stream, reinterpret_cast<CUdeviceptr>(&pageable), 0, 0));
  CUdeviceptr managed = 0;
  ASSERT_CU(cuMemAllocManaged(&managed, 8, CU_MEM_ATTACH_GLOBAL));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuStreamWaitValue32(stream, managed, 0, 0));
  EXPECT_CU(cuMemFree(managed));
  int garbage = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE,
            cuStreamWaitValue32(reinterpret_cast<CUstream>(&garbage), word, 0, 0));

  CUstreamBatchMemOpParams op = wait32(word, 0, 0);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuStreamBatchMemOp_v2(stream, 1, nullptr, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuStreamBatchMemOp_v2(stream, 1, &op, 1));
  std::vector<CUstreamBatchMemOpParams> many(256, op);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuStreamBatchMemOp_v2(stream, 256, many.data(), 0));
  EXPECT_CU(cuStreamBatchMemOp_v2(stream, 255, many.data(), 0));
  op.operation = CUstreamBatchMemOpType(99);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuStreamBatchMemOp_v2(stream, 1, &op, 0));
  EXPECT_CU(cuStreamSynchronize(stream));
}

TEST_F(cuStreamMemOp, versions_differ_in_barriers) {
  // "This flag is not supported in the v2 API"; "Only supported in the _v2 API".
  EXPECT_CU(cuStreamWriteValue32(stream, word, 0, CU_STREAM_WRITE_VALUE_NO_MEMORY_BARRIER));
  EXPECT_EQ(CUDA_ERROR_NOT_SUPPORTED,
            cuStreamWriteValue32_v2(stream, word, 0, CU_STREAM_WRITE_VALUE_NO_MEMORY_BARRIER));
  CUstreamBatchMemOpParams barrier = {};
  barrier.operation = CU_STREAM_MEM_OP_BARRIER;
  EXPECT_CU(cuStreamBatchMemOp_v2(stream, 1, &barrier, 0));
  EXPECT_EQ(CUDA_ERROR_NOT_SUPPORTED, cuStreamBatchMemOp(stream, 1, &barrier, 0));
  barrier.memoryBarrier.flags = 2;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuStreamBatchMemOp_v2(stream, 1, &barrier, 0));
}

TEST_F(cuStreamMemOp, captured_and_launched_twice) {
  CUgraph graph = nullptr;
  CUgraphExec exec = nullptr;
  ASSERT_CU(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_RELAXED));
  ASSERT_CU(cuStreamWaitValue32(stream, word, 1, CU_STREAM_WAIT_VALUE_EQ));
  ASSERT_CU(cuStreamWriteValue32_v2(stream, word, 2, 0));
  ASSERT_CU(cuStreamEndCapture(stream, &graph));
  ASSERT_CU(cuGraphInstantiate(&exec, graph, 0));
  for (int i = 0; i < 2; ++i) {
    set(0);
    ASSERT_CU(cuGraphLaunch(exec, stream));
    EXPECT_FALSE(passes());
    set(1);
    EXPECT_CU(cuStreamSynchronize(stream));
    EXPECT_EQ(2u, low());
  }
  EXPECT_CU(cuGraphExecDestroy(exec));
  EXPECT_CU(cuGraphDestroy(graph));
}

TEST_F(cuStreamMemOp, a_context_goes_although_a_value_never_comes) {
  CUcontext other = nullptr;
  CUstream forever = nullptr;
  ASSERT_CU(cuCtxCreate(&other, nullptr, 0, device));
  ASSERT_CU(cuStreamCreate(&forever, 0));
  CUdeviceptr mine = 0;
  ASSERT_CU(cuMemAlloc(&mine, 8));
  ASSERT_CU(cuMemsetD32(mine, 0, 2));
  ASSERT_CU(cuStreamWaitValue32(forever, mine, 1, CU_STREAM_WAIT_VALUE_EQ));
  EXPECT_CU(cuCtxDestroy(other));
  CUcontext current = nullptr;
  EXPECT_CU(cuCtxGetCurrent(&current));
  EXPECT_EQ(context, current);
}

} // namespace
