// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fixture.h"

#include <atomic>
#include <thread>

namespace anywarp::test {
namespace {

// Adds its second parameter to what the first one points to, once for each thread of the grid.
class Launches : public CudartTest {
protected:
  void SetUp() override {
    CudartTest::SetUp();
    FakeKernelSpec spec;
    spec.params = {{0, 8}, {8, 4}};
    spec.attributes.maxThreadsPerBlock = 512;
    spec.attributes.staticShared = 64;
    spec.attributes.registers = 20;
    spec.attributes.ptxVersion = 90;
    spec.body = [](const LaunchConfig& c) {
      auto* sum = param<std::atomic<long>*>(c, 0);
      long threads = 1;
      for (int i = 0; i < 3; ++i)
        threads *= long(c.grid[i]) * c.block[i];
      *sum += threads * param<int>(c, 8);
      return Result<void>();
    };
    declareKernel("add", spec);
    unit = std::make_unique<Unit>(std::vector<std::string>{"add", "not_in_the_ptx"});
    add = unit->host("add");
  }
  cudaError_t launch(dim3 grid, dim3 block, size_t shared = 0, cudaStream_t stream = nullptr) {
    pointer = &sum;
    void* args[] = {&pointer, &step};
    return cudaLaunchKernel(add, grid, block, args, shared, stream);
  }
  std::unique_ptr<Unit> unit;
  const void* add = nullptr;
  std::atomic<long> sum{0};
  std::atomic<long>* pointer = nullptr;
  int step = 3;
};

TEST_F(Launches, a_registered_kernel_runs) {
  EXPECT_OK(launch(dim3(2, 3, 4), dim3(8, 2, 2)));
  EXPECT_OK(cudaDeviceSynchronize());
  EXPECT_EQ(sum, 2 * 3 * 4 * 8 * 2 * 2 * 3);
}

// The calls that `kernel<<<grid, block, shared, stream>>>(args)` becomes.
TEST_F(Launches, the_compiled_call_goes_through) {
  ASSERT_EQ(__cudaPushCallConfiguration(dim3(5), dim3(7), 16, nullptr), 0u);
  ASSERT_EQ(__cudaPushCallConfiguration(dim3(1), dim3(2), 32, cudaStreamPerThread), 0u);
  dim3 grid, block;
  size_t shared;
  cudaStream_t stream;
  ASSERT_OK(__cudaPopCallConfiguration(&grid, &block, &shared, &stream));
  EXPECT_EQ(block.x, 2u);
  EXPECT_EQ(stream, cudaStreamPerThread);
  ASSERT_OK(__cudaPopCallConfiguration(&grid, &block, &shared, &stream));
  EXPECT_EQ(grid.x, 5u);
  EXPECT_EQ(block.x, 7u);
  EXPECT_EQ(shared, 16u);
  EXPECT_EQ(stream, nullptr);
  EXPECT_EQ(__cudaPopCallConfiguration(&grid, &block, &shared, &stream),
            cudaErrorMissingConfiguration);
#if CUDART_VERSION >= 12000
  cudaKernel_t kernel = nullptr;
  ASSERT_OK(__cudaGetKernel(&kernel, add));
  pointer = &sum;
  void* args[] = {&pointer, &step};
  EXPECT_OK(__cudaLaunchKernel(kernel, grid, block, args, shared, stream));
  EXPECT_OK(cudaStreamSynchronize(nullptr));
  EXPECT_EQ(sum, 5 * 7 * 3);
#endif
}

TEST_F(Launches, bad_grids_are_invalid_configurations) {
  for (dim3 grid : {dim3(0), dim3(1, 0), dim3(1, 65536), dim3(1, 1, 65536)})
    EXPECT_EQ(launch(grid, dim3(1)), cudaErrorInvalidConfiguration);
  for (dim3 block : {dim3(0), dim3(1025), dim3(1, 1, 65), dim3(32, 33)})
    EXPECT_EQ(launch(dim3(1), block), cudaErrorInvalidConfiguration);
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidConfiguration);
  EXPECT_OK(cudaDeviceSynchronize());
  EXPECT_EQ(sum, 0);
}

// The manuals promise a failure and name no code.
TEST_F(Launches, a_block_beyond_the_kernels_own_limit_fails) {
  EXPECT_NE(launch(dim3(1), dim3(513)), cudaSuccess);
  EXPECT_NE(cudaGetLastError(), cudaSuccess);
}

TEST_F(Launches, too_much_shared_memory_is_refused) {
  EXPECT_EQ(launch(dim3(1), dim3(1), 49 * 1024), cudaErrorInvalidValue);
  EXPECT_OK(cudaFuncSetAttribute(add, cudaFuncAttributeMaxDynamicSharedMemorySize, 64 * 1024));
  EXPECT_OK(launch(dim3(1), dim3(1), 49 * 1024));
  EXPECT_EQ(launch(dim3(1), dim3(1), size_t(1) << 40), cudaErrorInvalidValue);
}

TEST_F(Launches, unknown_kernels) {
  int nothing;
  EXPECT_EQ(cudaLaunchKernel(&nothing, dim3(1), dim3(1), nullptr, 0, nullptr),
            cudaErrorInvalidDeviceFunction);
  EXPECT_EQ(cudaLaunchKernel(nullptr, dim3(1), dim3(1), nullptr, 0, nullptr),
            cudaErrorInvalidDeviceFunction);
  EXPECT_EQ(cudaLaunchKernel(unit->host("not_in_the_ptx"), dim3(1), dim3(1), nullptr, 0, nullptr),
            cudaErrorInvalidDeviceFunction);
}

TEST_F(Launches, a_fatbin_without_ptx_has_no_image_for_us) {
  Unit sass({"add"}, /*withPtx=*/false);
  EXPECT_EQ(cudaLaunchKernel(sass.host("add"), dim3(1), dim3(1), nullptr, 0, nullptr),
            cudaErrorNoKernelImageForDevice);
}

TEST_F(Launches, streams) {
  cudaStream_t stream;
  ASSERT_OK(cudaStreamCreate(&stream));
  EXPECT_OK(launch(dim3(1), dim3(1), 0, stream));
  EXPECT_OK(cudaStreamSynchronize(stream));
  EXPECT_EQ(sum, 3);
  EXPECT_OK(cudaStreamDestroy(stream));
  EXPECT_EQ(launch(dim3(1), dim3(1), 0, stream), cudaErrorInvalidResourceHandle);
  // A stream of another device.
  ASSERT_OK(cudaSetDevice(1));
  ASSERT_OK(cudaStreamCreate(&stream));
  ASSERT_OK(cudaSetDevice(0));
  EXPECT_EQ(launch(dim3(1), dim3(1), 0, stream), cudaErrorInvalidResourceHandle);
  EXPECT_OK(cudaStreamDestroy(stream));
}

TEST_F(Launches, the_same_kernel_on_both_devices) {
  EXPECT_OK(launch(dim3(1), dim3(1)));
  ASSERT_OK(cudaSetDevice(1));
  EXPECT_OK(launch(dim3(1), dim3(1)));
  EXPECT_OK(cudaDeviceSynchronize());
  ASSERT_OK(cudaSetDevice(0));
  EXPECT_OK(cudaDeviceSynchronize());
  EXPECT_EQ(sum, 6);
}

TEST_F(Launches, after_a_reset) {
  EXPECT_OK(launch(dim3(1), dim3(1)));
  ASSERT_OK(cudaDeviceReset());
  EXPECT_OK(launch(dim3(1), dim3(1)));
  EXPECT_OK(cudaDeviceSynchronize());
  EXPECT_EQ(sum, 6);
}

TEST_F(Launches, with_attributes) {
  cudaLaunchAttribute attribute = {};
  attribute.id = cudaLaunchAttributeCooperative;
  attribute.val.cooperative = 1;
  cudaLaunchConfig_t config = {};
  config.gridDim = dim3(2);
  config.blockDim = dim3(4);
  config.attrs = &attribute;
  config.numAttrs = 1;
  pointer = &sum;
  void* args[] = {&pointer, &step};
  EXPECT_OK(cudaLaunchKernelExC(&config, add, args));
  EXPECT_OK(cudaDeviceSynchronize());
  EXPECT_EQ(sum, 24);
  attribute.id = cudaLaunchAttributeClusterDimension;
  attribute.val.clusterDim = {2, 1, 1};
  EXPECT_OK(cudaLaunchKernelExC(&config, add, args));
  EXPECT_OK(cudaDeviceSynchronize());
  EXPECT_EQ(sum, 48);
  attribute.val.clusterDim = {4, 1, 1};
  EXPECT_EQ(cudaLaunchKernelExC(&config, add, args), cudaErrorInvalidClusterSize);
  EXPECT_EQ(cudaLaunchKernelExC(nullptr, add, args), cudaErrorInvalidValue);
  attribute.id = cudaLaunchAttributeID(99);
  EXPECT_EQ(cudaLaunchKernelExC(&config, add, args), cudaErrorInvalidValue);
  for (int hint : {0, 3, 16}) { // ignore, synchronization policy, NVLink-centric scheduling
    attribute = {};
    attribute.id = cudaLaunchAttributeID(hint);
    EXPECT_OK(cudaLaunchKernelExC(&config, add, args));
  }
  EXPECT_OK(cudaDeviceSynchronize());
}

TEST_F(Launches, cooperative_grids_must_fit) {
  pointer = &sum;
  void* args[] = {&pointer, &step};
  EXPECT_OK(cudaLaunchCooperativeKernel(add, dim3(4), dim3(32), args, 0, nullptr));
  EXPECT_EQ(cudaLaunchCooperativeKernel(add, dim3(1000000), dim3(32), args, 0, nullptr),
            cudaErrorCooperativeLaunchTooLarge);
}

TEST_F(Launches, function_attributes) {
  cudaFuncAttributes attributes;
  ASSERT_OK(cudaFuncGetAttributes(&attributes, add));
  EXPECT_EQ(attributes.maxThreadsPerBlock, 512);
  EXPECT_EQ(attributes.sharedSizeBytes, 64u);
  EXPECT_EQ(attributes.numRegs, 20);
  EXPECT_EQ(attributes.ptxVersion, 90);
  EXPECT_EQ(cudaFuncGetAttributes(&attributes, this), cudaErrorInvalidDeviceFunction);
  EXPECT_EQ(cudaFuncGetAttributes(nullptr, add), cudaErrorInvalidValue);
  EXPECT_OK(cudaFuncSetCacheConfig(add, cudaFuncCachePreferL1));
}

TEST_F(Launches, occupancy) {
  int blocks = 0;
  ASSERT_OK(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, add, 256, 0));
  EXPECT_EQ(blocks, 8); // 2048 threads in the fake multiprocessor
  EXPECT_EQ(cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(&blocks, add, 256, 0, 4),
            cudaErrorInvalidValue);
}

#if CUDART_VERSION >= 12000
TEST_F(Launches, kernel_handles_work_wherever_stubs_do) {
  cudaKernel_t kernel = nullptr;
  ASSERT_OK(cudaGetKernel(&kernel, add));
  cudaFunction_t function = nullptr;
  ASSERT_OK(cudaGetFuncBySymbol(&function, add));
  pointer = &sum;
  void* args[] = {&pointer, &step};
  EXPECT_OK(
      cudaLaunchKernel(reinterpret_cast<const void*>(kernel), dim3(1), dim3(1), args, 0, nullptr));
  EXPECT_OK(cudaLaunchKernel(reinterpret_cast<const void*>(function), dim3(1), dim3(1), args, 0,
                             nullptr));
  EXPECT_OK(cudaDeviceSynchronize());
  EXPECT_EQ(sum, 6);
  const char* name = nullptr;
  ASSERT_OK(cudaFuncGetName(&name, add));
  EXPECT_STREQ(name, "add");
  size_t offset = 0, size = 0;
  ASSERT_OK(cudaFuncGetParamInfo(add, 1, &offset, &size));
  EXPECT_EQ(offset, 8u);
  EXPECT_EQ(size, 4u);
  EXPECT_EQ(cudaFuncGetParamInfo(add, 2, &offset, &size), cudaErrorInvalidValue);
}
#endif

TEST_F(Launches, from_many_threads) {
  std::vector<std::thread> threads;
  pointer = &sum;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      void* args[] = {&pointer, &step};
      for (int n = 0; n < 100; ++n)
        EXPECT_OK(cudaLaunchKernel(add, dim3(1), dim3(1), args, 0, cudaStreamPerThread));
      EXPECT_OK(cudaStreamSynchronize(cudaStreamPerThread));
    });
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(sum, 4 * 100 * 3);
}

} // namespace
} // namespace anywarp::test
