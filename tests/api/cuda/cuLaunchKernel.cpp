// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Modules, libraries, links and launches with real code.
#include "fixture.h"
#include "kernels.h"

#include <cstring>
#include <string>

namespace {

class WithModule : public WithContext {
protected:
  void SetUp() override {
    WithContext::SetUp();
    if (!HasFatalFailure())
      ASSERT_CU(cuModuleLoadData(&module, kPtx));
  }
  void TearDown() override {
    if (module)
      EXPECT_CU(cuModuleUnload(module));
    WithContext::TearDown();
  }
  CUfunction function(const char* name) {
    CUfunction found = nullptr;
    EXPECT_CU(cuModuleGetFunction(&found, module, name));
    return found;
  }
  CUmodule module = nullptr;
};

using cuModuleLoadDataTest = WithModule;
using cuLaunchKernelTest = WithModule;
using cuLaunchKernelExTest = WithModule;
using cuOccupancyTest = WithModule;
using cuLibraryLoadDataTest = WithContext;
using cuLinkCompleteTest = WithContext;

TEST_F(cuModuleLoadDataTest, finds_functions_and_variables) {
  CUfunction missing = nullptr;
  EXPECT_EQ(CUDA_ERROR_NOT_FOUND, cuModuleGetFunction(&missing, module, "nowhere"));
  EXPECT_EQ(function("scale"), function("scale"));
  CUdeviceptr table = 0;
  size_t bytes = 0;
  ASSERT_CU(cuModuleGetGlobal(&table, &bytes, module, "table"));
  EXPECT_EQ(16u, bytes);
  EXPECT_EQ((std::vector<int>{10, 20, 30, 40}), download<int>(table, 4));
  EXPECT_EQ(CUDA_ERROR_NOT_FOUND, cuModuleGetGlobal(&table, &bytes, module, "nowhere"));
  unsigned count = 0;
  EXPECT_CU(cuModuleGetFunctionCount(&count, module));
  EXPECT_EQ(4u, count);
}

TEST_F(cuModuleLoadDataTest, bad_code_is_an_error_with_a_log) {
  char log[512] = {};
  CUjit_option names[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void* values[] = {log, reinterpret_cast<void*>(sizeof log)};
  CUmodule bad = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_PTX,
            cuModuleLoadDataEx(&bad, ".version 8.0\n.target sm_70\n.visible .entry f( {", 2, names,
                               values));
  EXPECT_NE('\0', log[0]);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuModuleLoadData(&bad, nullptr));
  EXPECT_EQ(CUDA_ERROR_FILE_NOT_FOUND, cuModuleLoad(&bad, "/nonexistent/file.ptx"));
}

// What is wrong inside of a body is told when the module is loaded, with its place; what is right
// but not supported fails the kernel that uses it, when that is launched.
TEST_F(cuModuleLoadDataTest, broken_rules_in_bodies_are_told_at_once) {
  const char* broken = ".version 8.0\n.target sm_70\n.address_size 64\n"
                       ".visible .entry good() { ret; }\n"
                       ".visible .entry bad()\n{\n.reg .b32 %r<3>;\n"
                       "add.s32 %r0, %r1;\nbra nowhere;\nret;\n}\n";
  char log[512] = {};
  CUjit_option names[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void* values[] = {log, reinterpret_cast<void*>(sizeof log)};
  CUmodule loaded = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_PTX, cuModuleLoadDataEx(&loaded, broken, 2, names, values));
  EXPECT_NE(std::string(log).find("8:1: error: "), std::string::npos) << log;
  EXPECT_NE(std::string(log).find("9:5: error: unknown label 'nowhere'"), std::string::npos) << log;
  EXPECT_EQ(strlen(log), reinterpret_cast<uintptr_t>(values[1]));
  EXPECT_EQ(CUDA_ERROR_INVALID_PTX, cuModuleLoadData(&loaded, broken)); // without a log too

  CUlinkState state = nullptr;
  values[1] = reinterpret_cast<void*>(sizeof log);
  log[0] = 0;
  ASSERT_CU(cuLinkCreate(2, names, values, &state));
  ASSERT_CU(cuLinkAddData(state, CU_JIT_INPUT_PTX, const_cast<char*>(broken), strlen(broken) + 1,
                          "broken.ptx", 0, nullptr, nullptr));
  void* cubin = nullptr;
  size_t size = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_PTX, cuLinkComplete(state, &cubin, &size));
  EXPECT_NE(std::string(log).find("8:1: error: "), std::string::npos) << log;
  EXPECT_CU(cuLinkDestroy(state));
}

TEST_F(cuModuleLoadDataTest, a_kernel_that_is_not_supported_fails_alone) {
  const char* text =
      ".version 8.7\n.target sm_100a\n.address_size 64\n"
      ".visible .entry good() { ret; }\n"
      ".visible .entry tensor()\n{\n.reg .b32 %r<3>;\n"
      "tcgen05.alloc.cta_group::1.sync.aligned.shared::cta.b32 [%r0], 32;\nret;\n}\n";
  CUmodule loaded = nullptr;
  ASSERT_CU(cuModuleLoadData(&loaded, text));
  CUfunction good = nullptr, tensor = nullptr;
  ASSERT_CU(cuModuleGetFunction(&good, loaded, "good"));
  EXPECT_CU(cuLaunchKernel(good, 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, nullptr));
  EXPECT_CU(cuCtxSynchronize());
  CUresult result = cuModuleGetFunction(&tensor, loaded, "tensor");
  if (result == CUDA_SUCCESS)
    result = cuLaunchKernel(tensor, 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, nullptr);
  if (result == CUDA_SUCCESS)
    result = cuCtxSynchronize();
  EXPECT_NE(CUDA_SUCCESS, result);
  EXPECT_CU(cuLaunchKernel(good, 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, nullptr));
  EXPECT_CU(cuModuleUnload(loaded));
}

TEST_F(cuLaunchKernelTest, parameters_by_address) {
  std::vector<int> values(1000, 41);
  CUdeviceptr data = upload(values);
  int count = 900;
  void* params[] = {&data, &count};
  ASSERT_CU(cuLaunchKernel(function("add_one"), 4, 1, 1, 256, 1, 1, 0, nullptr, params, nullptr));
  std::vector<int> result = download<int>(data, 1000);
  for (size_t i = 0; i < 1000; ++i)
    EXPECT_EQ(i < 900 ? 42 : 41, result[i]) << i;
  EXPECT_CU(cuMemFree(data));
}

TEST_F(cuLaunchKernelTest, parameters_as_a_block) {
  CUdeviceptr data = upload(std::vector<float>(100, 2.0f));
  struct {
    CUdeviceptr data;
    float factor;
    int count;
  } block = {data, 1.5f, 100};
  size_t size = sizeof block;
  void* extra[] = {CU_LAUNCH_PARAM_BUFFER_POINTER, &block, CU_LAUNCH_PARAM_BUFFER_SIZE, &size,
                   CU_LAUNCH_PARAM_END};
  ASSERT_CU(cuLaunchKernel(function("scale"), 1, 1, 1, 128, 1, 1, 0, nullptr, nullptr, extra));
  EXPECT_EQ(std::vector<float>(100, 3.0f), download<float>(data, 100));
  EXPECT_CU(cuMemFree(data));
}

TEST_F(cuLaunchKernelTest, dynamic_shared_memory_and_barrier) {
  std::vector<int> values(200), reversed(200);
  for (int i = 0; i < 200; ++i) {
    values[size_t(i)] = i;
    reversed[size_t(i)] = 199 - i;
  }
  CUdeviceptr data = upload(values);
  void* params[] = {&data};
  ASSERT_CU(cuLaunchKernel(function("reverse_shared"), 1, 1, 1, 200, 1, 1, 800, nullptr, params,
                           nullptr));
  EXPECT_EQ(reversed, download<int>(data, 200));
  EXPECT_CU(cuMemFree(data));
}

TEST_F(cuLaunchKernelTest, every_thread_of_a_3d_grid_runs_once) {
  ASSERT_CU(cuLaunchKernel(function("bump"), 3, 4, 5, 7, 3, 2, 0, nullptr, nullptr, nullptr));
  CUdeviceptr counter = 0;
  ASSERT_CU(cuModuleGetGlobal(&counter, nullptr, module, "counter"));
  EXPECT_EQ((std::vector<int>{3 * 4 * 5 * 7 * 3 * 2}), download<int>(counter, 1));
}

TEST_F(cuLaunchKernelTest, rejects_bad_shapes) {
  CUfunction bump = function("bump");
  auto launch = [&](unsigned grid, unsigned block, unsigned shared) {
    return cuLaunchKernel(bump, grid, 1, 1, block, 1, 1, shared, nullptr, nullptr, nullptr);
  };
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, launch(0, 1, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, launch(1, 0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, launch(1, 1025, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, launch(1, 32, 1 << 20));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE,
            cuLaunchKernel(nullptr, 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, nullptr));
  EXPECT_CU(cuCtxSynchronize());
}

TEST_F(cuLaunchKernelTest, old_calls_still_work) {
  CUdeviceptr data = upload(std::vector<int>(64, 0));
  CUfunction add = function("add_one");
  ASSERT_CU(cuFuncSetBlockShape(add, 32, 1, 1));
  ASSERT_CU(cuParamSetv(add, 0, &data, sizeof data));
  ASSERT_CU(cuParamSeti(add, 8, 64));
  ASSERT_CU(cuParamSetSize(add, 12));
  ASSERT_CU(cuLaunchGrid(add, 2, 1));
  EXPECT_EQ(std::vector<int>(64, 1), download<int>(data, 64));
  EXPECT_CU(cuMemFree(data));
}

TEST_F(cuLaunchKernelExTest, takes_attributes) {
  CUdeviceptr data = upload(std::vector<int>(64, 0));
  int count = 64;
  void* params[] = {&data, &count};
  CUlaunchAttribute attributes[2] = {};
  attributes[0].id = CU_LAUNCH_ATTRIBUTE_COOPERATIVE;
  attributes[0].value.cooperative = 1;
  attributes[1].id = CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION;
  attributes[1].value.programmaticStreamSerializationAllowed = 1;
  CUlaunchConfig config = {1, 1, 1, 64, 1, 1, 0, nullptr, attributes, 2};
  ASSERT_CU(cuLaunchKernelEx(&config, function("add_one"), params, nullptr));
  EXPECT_EQ(std::vector<int>(64, 1), download<int>(data, 64));
  attributes[0].id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION;
  attributes[0].value.clusterDim = {2, 1, 1};
  EXPECT_EQ(CUDA_ERROR_INVALID_CLUSTER_SIZE, // the grid has one block
            cuLaunchKernelEx(&config, function("add_one"), params, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuLaunchKernelEx(nullptr, function("add_one"), params, nullptr));
  EXPECT_CU(cuMemFree(data));
}

TEST_F(cuOccupancyTest, is_positive_and_bounded) {
  int blocks = 0, minGrid = 0, blockSize = 0;
  EXPECT_CU(cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, function("add_one"), 128, 0));
  EXPECT_GT(blocks, 0);
  EXPECT_CU(
      cuOccupancyMaxPotentialBlockSize(&minGrid, &blockSize, function("add_one"), nullptr, 0, 0));
  EXPECT_GT(minGrid, 0);
  EXPECT_GT(blockSize, 0);
  EXPECT_LE(blockSize, 1024);
  int threads = 0, version = 0;
  EXPECT_CU(
      cuFuncGetAttribute(&threads, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, function("add_one")));
  EXPECT_EQ(1024, threads);
  EXPECT_CU(cuFuncGetAttribute(&version, CU_FUNC_ATTRIBUTE_PTX_VERSION, function("add_one")));
  const char* name = nullptr;
  EXPECT_CU(cuFuncGetName(&name, function("add_one")));
  EXPECT_STREQ("add_one", name);
  size_t offset = 99, size = 0;
  EXPECT_CU(cuFuncGetParamInfo(function("add_one"), 1, &offset, &size));
  EXPECT_EQ(8u, offset);
  EXPECT_EQ(4u, size);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuFuncGetParamInfo(function("add_one"), 2, &offset, &size));
}

TEST_F(cuLibraryLoadDataTest, kernels_launch_without_a_module) {
  CUlibrary library = nullptr;
  ASSERT_CU(cuCtxPopCurrent(nullptr)); // loading needs no context
  ASSERT_CU(cuLibraryLoadData(&library, kPtx, nullptr, nullptr, 0, nullptr, nullptr, 0));
  ASSERT_CU(cuCtxPushCurrent(context));
  CUkernel kernel = nullptr;
  ASSERT_CU(cuLibraryGetKernel(&kernel, library, "add_one"));
  EXPECT_EQ(CUDA_ERROR_NOT_FOUND, cuLibraryGetKernel(&kernel, library, "nowhere"));
  ASSERT_CU(cuLibraryGetKernel(&kernel, library, "add_one"));
  CUdeviceptr data = upload(std::vector<int>(32, 0));
  int count = 32;
  void* params[] = {&data, &count};
  ASSERT_CU(cuLaunchKernel(reinterpret_cast<CUfunction>(kernel), 1, 1, 1, 32, 1, 1, 0, nullptr,
                           params, nullptr));
  CUfunction function = nullptr;
  ASSERT_CU(cuKernelGetFunction(&function, kernel));
  ASSERT_CU(cuLaunchKernel(function, 1, 1, 1, 32, 1, 1, 0, nullptr, params, nullptr));
  EXPECT_EQ(std::vector<int>(32, 2), download<int>(data, 32));
  CUdeviceptr table = 0;
  size_t bytes = 0;
  EXPECT_CU(cuLibraryGetGlobal(&table, &bytes, library, "table"));
  EXPECT_EQ(16u, bytes);
  EXPECT_CU(cuMemFree(data));
  EXPECT_CU(cuLibraryUnload(library));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuLibraryUnload(library));
}

TEST_F(cuLinkCompleteTest, linked_image_loads) {
  CUlinkState state = nullptr;
  ASSERT_CU(cuLinkCreate(0, nullptr, nullptr, &state));
  std::string ptx = kPtx;
  ASSERT_CU(cuLinkAddData(state, CU_JIT_INPUT_PTX, ptx.data(), ptx.size() + 1, "kernels", 0,
                          nullptr, nullptr));
  void* image = nullptr;
  size_t size = 0;
  ASSERT_CU(cuLinkComplete(state, &image, &size));
  EXPECT_GT(size, 0u);
  CUmodule module = nullptr;
  ASSERT_CU(cuModuleLoadData(&module, image));
  EXPECT_CU(cuLinkDestroy(state));
  CUfunction function = nullptr;
  EXPECT_CU(cuModuleGetFunction(&function, module, "scale"));
  EXPECT_CU(cuModuleUnload(module));
}

} // namespace
