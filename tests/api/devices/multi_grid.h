// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Four devices, each with a context, a stream and the module of kMultiGridPtx; the fourth is of
// another kind. Memory that all of them and the host see.
#pragma once

#include <cuda.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#define ASSERT_CU(expression) ASSERT_EQ(CUDA_SUCCESS, (expression))
#define EXPECT_CU(expression) EXPECT_EQ(CUDA_SUCCESS, (expression))

extern const char* const kMultiGridPtx;

class Managed {
public:
  explicit Managed(size_t words) {
    EXPECT_CU(cuMemAllocManaged(&address, words * 4, CU_MEM_ATTACH_GLOBAL));
    for (size_t i = 0; i < words; i++)
      (*this)[i] = 0;
  }
  ~Managed() { cuMemFree(address); }
  Managed(const Managed&) = delete;
  uint32_t& operator[](size_t i) { return reinterpret_cast<uint32_t*>(address)[i]; }

  CUdeviceptr address = 0;
};

struct RingParams { // not to be copied
  CUdeviceptr slots, sums, numbers;
  uint32_t stride, rounds;
  void* addresses[5] = {&slots, &sums, &numbers, &stride, &rounds};
};

class MultiGrid : public ::testing::Test {
protected:
  static constexpr int kDevices = 4;
  void SetUp() override {
    ASSERT_CU(cuInit(0));
    SetUpContexts();
  }
  void TearDown() override {
    for (CUcontext& context : contexts)
      if (context)
        cuCtxDestroy(context);
  }
  void SetUpContexts() { // new ones
    TearDown();
    for (int d = 0; d < kDevices; d++) {
      CUcontext& context = contexts[size_t(d)];
      ASSERT_CU(cuCtxCreate_v2(&context, 0, d));
      ASSERT_CU(cuModuleLoadData(&modules[size_t(d)], kMultiGridPtx));
      ASSERT_CU(cuStreamCreate(&streams[size_t(d)], CU_STREAM_NON_BLOCKING));
    }
    activate(0);
  }
  void activate(int d) { EXPECT_CU(cuCtxSetCurrent(contexts[size_t(d)])); }
  CUfunction function(int d, const char* name) {
    CUfunction f = nullptr;
    EXPECT_CU(cuModuleGetFunction(&f, modules[size_t(d)], name));
    return f;
  }
  std::vector<CUDA_LAUNCH_PARAMS> describe(const char* name, unsigned devices, unsigned blocks,
                                           unsigned threads, void** params) {
    std::vector<CUDA_LAUNCH_PARAMS> list;
    for (unsigned d = 0; d < devices; d++)
      list.push_back({function(int(d), name), blocks, 1, 1, threads, 1, 1, 0, streams[d], params});
    return list;
  }
  CUresult launch(const char* name, unsigned devices, unsigned blocks, unsigned threads,
                  void** params, unsigned flags) {
    auto list = describe(name, devices, blocks, threads, params);
    return cuLaunchCooperativeKernelMultiDevice(list.data(), devices, flags);
  }
  CUresult synchronize() {
    CUresult result = CUDA_SUCCESS;
    for (CUstream stream : streams)
      if (CUresult one = cuStreamSynchronize(stream); one != CUDA_SUCCESS)
        result = one;
    return result;
  }

  CUcontext contexts[kDevices] = {};
  CUmodule modules[kDevices] = {};
  CUstream streams[kDevices] = {};
};
