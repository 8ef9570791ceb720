// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Libraries, their kernels, and what is asked about kernels and functions.
#include "fixture.h"
#include "kernels.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <string>
#include <unistd.h>

namespace {

constexpr const char* kManaged = R"(
.version 8.0
.target sm_70
.address_size 64
.visible .global .attribute(.managed) .align 4 .b32 shared_word = 5;
.visible .entry nothing() { ret; }
)";

class cuLibrary : public WithContext {
protected:
  void SetUp() override {
    WithContext::SetUp();
    if (HasFatalFailure())
      return;
    ASSERT_CU(cuLibraryLoadData(&library, kPtx, nullptr, nullptr, 0, nullptr, nullptr, 0));
    ASSERT_CU(cuLibraryGetKernel(&kernel, library, "add_one"));
  }
  void TearDown() override {
    EXPECT_CU(cuLibraryUnload(library));
    WithContext::TearDown();
  }
  static std::string nameOf(CUkernel kernel) {
    const char* name = nullptr;
    EXPECT_CU(cuKernelGetName(&name, kernel));
    return name ? name : "";
  }
  CUlibrary library = nullptr;
  CUkernel kernel = nullptr;
};

constexpr auto kInvalid = CUDA_ERROR_INVALID_VALUE;
constexpr auto kNoHandle = CUDA_ERROR_INVALID_HANDLE;

TEST_F(cuLibrary, is_loaded_from_a_file) {
  char path[] = "/tmp/anywarp_library_XXXXXX";
  int file = mkstemp(path);
  ASSERT_EQ(ssize_t(strlen(kPtx)), write(file, kPtx, strlen(kPtx)));
  close(file);
  CUlibrary loaded = nullptr;
  CUlibraryOption preserved = CU_LIBRARY_BINARY_IS_PRESERVED;
  EXPECT_EQ(kInvalid,
            cuLibraryLoadFromFile(nullptr, path, nullptr, nullptr, 0, nullptr, nullptr, 0));
  EXPECT_EQ(kInvalid,
            cuLibraryLoadFromFile(&loaded, nullptr, nullptr, nullptr, 0, nullptr, nullptr, 0));
  EXPECT_EQ(kInvalid,
            cuLibraryLoadFromFile(&loaded, path, nullptr, nullptr, 0, nullptr, nullptr, 1));
  auto unknown = CUlibraryOption(77);
  EXPECT_EQ(kInvalid,
            cuLibraryLoadFromFile(&loaded, path, nullptr, nullptr, 0, &unknown, nullptr, 1));
  EXPECT_EQ(CUDA_ERROR_FILE_NOT_FOUND, cuLibraryLoadFromFile(&loaded, "/no/such/file", nullptr,
                                                             nullptr, 0, nullptr, nullptr, 0));
  ASSERT_CU(cuLibraryLoadFromFile(&loaded, path, nullptr, nullptr, 0, &preserved, nullptr, 1));
  unlink(path); // was read
  CUkernel found = nullptr;
  ASSERT_CU(cuLibraryGetKernel(&found, loaded, "add_one"));
  CUdeviceptr data = upload<int>({1, 2});
  int count = 2;
  void* params[] = {&data, &count};
  EXPECT_CU(cuLaunchKernel(reinterpret_cast<CUfunction>(found), 1, 1, 1, 32, 1, 1, 0, nullptr,
                           params, nullptr));
  EXPECT_EQ((std::vector<int>{2, 3}), download<int>(data, 2));
  EXPECT_CU(cuLibraryUnload(loaded));
  CUlibrary bad = nullptr;
  EXPECT_EQ(kInvalid, cuLibraryLoadData(&bad, kPtx, nullptr, nullptr, 0, &unknown, nullptr, 1));
  EXPECT_EQ(kInvalid, cuLibraryLoadData(&bad, nullptr, nullptr, nullptr, 0, nullptr, nullptr, 0));
}

TEST_F(cuLibrary, lists_its_kernels) {
  unsigned count = 0;
  ASSERT_CU(cuLibraryGetKernelCount(&count, library));
  ASSERT_GE(count, 3u);
  std::vector<CUkernel> all(count + 2, nullptr);
  ASSERT_CU(cuLibraryEnumerateKernels(all.data(), count + 2, library));
  std::set<std::string> names;
  for (unsigned i = 0; i < count; ++i)
    names.insert(nameOf(all[i]));
  EXPECT_EQ(names.size(), count);
  EXPECT_TRUE(names.contains("add_one") && names.contains("scale"));
  EXPECT_EQ(nullptr, all[count]);
  CUkernel one[2] = {};
  ASSERT_CU(cuLibraryEnumerateKernels(one, 1, library)); // "at most numKernels"
  EXPECT_NE(nullptr, one[0]);
  EXPECT_EQ(nullptr, one[1]);
  EXPECT_EQ(kInvalid, cuLibraryEnumerateKernels(nullptr, 1, library));
  EXPECT_EQ(kNoHandle, cuLibraryEnumerateKernels(one, 1, nullptr));
  EXPECT_EQ(kInvalid, cuLibraryGetKernelCount(nullptr, library));
  EXPECT_EQ(kNoHandle, cuLibraryGetKernelCount(&count, reinterpret_cast<CUlibrary>(this)));
}

TEST_F(cuLibrary, has_a_module_in_the_current_context) {
  CUmodule module = nullptr, again = nullptr;
  ASSERT_CU(cuLibraryGetModule(&module, library));
  ASSERT_CU(cuLibraryGetModule(&again, library));
  EXPECT_EQ(module, again);
  CUfunction function = nullptr;
  ASSERT_CU(cuModuleGetFunction(&function, module, "add_one"));
  CUmodule of = nullptr;
  ASSERT_CU(cuFuncGetModule(&of, function));
  EXPECT_EQ(module, of);
  EXPECT_EQ(kInvalid, cuLibraryGetModule(nullptr, library));
  EXPECT_EQ(kNoHandle, cuLibraryGetModule(&module, nullptr));
  CUcontext popped = nullptr;
  EXPECT_CU(cuCtxPopCurrent(&popped));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuLibraryGetModule(&module, library));
  EXPECT_CU(cuCtxPushCurrent(popped));
}

TEST_F(cuLibrary, finds_managed_variables) {
  CUlibrary managed = nullptr;
  ASSERT_CU(cuLibraryLoadData(&managed, kManaged, nullptr, nullptr, 0, nullptr, nullptr, 0));
  CUdeviceptr pointer = 0;
  size_t bytes = 0;
  ASSERT_CU(cuLibraryGetManaged(&pointer, &bytes, managed, "shared_word"));
  EXPECT_EQ(4u, bytes);
  EXPECT_EQ(5, *reinterpret_cast<int*>(pointer)); // the host reads it in place
  EXPECT_CU(cuLibraryGetManaged(&pointer, nullptr, managed, "shared_word")); // one may be null
  EXPECT_CU(cuLibraryGetManaged(nullptr, &bytes, managed, "shared_word"));
  EXPECT_EQ(CUDA_ERROR_NOT_FOUND, cuLibraryGetManaged(&pointer, &bytes, managed, "nowhere"));
  EXPECT_EQ(CUDA_ERROR_NOT_FOUND, cuLibraryGetManaged(&pointer, &bytes, library, "table"));
  EXPECT_EQ(kInvalid, cuLibraryGetManaged(&pointer, &bytes, managed, nullptr));
  EXPECT_EQ(kNoHandle, cuLibraryGetManaged(&pointer, &bytes, nullptr, "shared_word"));
  EXPECT_CU(cuLibraryUnload(managed));
}

TEST_F(cuLibrary, kernels_know_library_name_and_parameters) {
  CUlibrary of = nullptr;
  ASSERT_CU(cuKernelGetLibrary(&of, kernel));
  EXPECT_EQ(library, of);
  EXPECT_EQ("add_one", nameOf(kernel));
  size_t offset = 99, size = 99;
  ASSERT_CU(cuKernelGetParamInfo(kernel, 0, &offset, &size));
  EXPECT_EQ(0u, offset);
  EXPECT_EQ(8u, size);
  ASSERT_CU(cuKernelGetParamInfo(kernel, 1, &offset, &size));
  EXPECT_EQ(8u, offset);
  EXPECT_EQ(4u, size);
  EXPECT_CU(cuKernelGetParamInfo(kernel, 1, &offset, nullptr)); // "can be NULL"
  EXPECT_EQ(kInvalid, cuKernelGetParamInfo(kernel, 2, &offset, &size));
  EXPECT_EQ(kInvalid, cuKernelGetParamInfo(kernel, 0, nullptr, &size));
  EXPECT_EQ(kNoHandle, cuKernelGetParamInfo(nullptr, 0, &offset, &size));
  EXPECT_EQ(kInvalid, cuKernelGetLibrary(nullptr, kernel));
  EXPECT_EQ(kNoHandle, cuKernelGetLibrary(&of, nullptr));
  const char* name = nullptr;
  EXPECT_EQ(kInvalid, cuKernelGetName(nullptr, kernel));
  EXPECT_EQ(kNoHandle, cuKernelGetName(&name, reinterpret_cast<CUkernel>(this)));
}

TEST_F(cuLibrary, kernels_keep_attributes_for_a_device) {
  int value = 0;
  ASSERT_CU(cuKernelGetAttribute(&value, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, kernel, 0));
  EXPECT_EQ(1024, value);
  ASSERT_CU(
      cuKernelSetAttribute(CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 60000, kernel, 0));
  ASSERT_CU(
      cuKernelGetAttribute(&value, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, kernel, 0));
  EXPECT_EQ(60000, value);
  CUfunction function = nullptr;
  ASSERT_CU(cuKernelGetFunction(&function, kernel)); // of this device
  ASSERT_CU(cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, function));
  EXPECT_EQ(60000, value);
  EXPECT_EQ(kInvalid, cuKernelGetAttribute(nullptr, CU_FUNC_ATTRIBUTE_NUM_REGS, kernel, 0));
  EXPECT_EQ(kInvalid, cuKernelGetAttribute(&value, CUfunction_attribute(99), kernel, 0));
  EXPECT_EQ(kNoHandle, cuKernelGetAttribute(&value, CU_FUNC_ATTRIBUTE_NUM_REGS, nullptr, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE,
            cuKernelGetAttribute(&value, CU_FUNC_ATTRIBUTE_NUM_REGS, kernel, 999));
  EXPECT_EQ(kInvalid, cuKernelSetAttribute(CU_FUNC_ATTRIBUTE_NUM_REGS, 1, kernel, 0)); // read only
  EXPECT_EQ(kInvalid, cuKernelSetAttribute(CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 1 << 30,
                                           kernel, 0));
  EXPECT_EQ(kNoHandle, cuKernelSetAttribute(CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT, 50,
                                            nullptr, 0));
  EXPECT_CU(cuKernelSetCacheConfig(kernel, CU_FUNC_CACHE_PREFER_L1, 0));
  EXPECT_EQ(kInvalid, cuKernelSetCacheConfig(kernel, CUfunc_cache(9), 0));
  EXPECT_EQ(kNoHandle, cuKernelSetCacheConfig(nullptr, CU_FUNC_CACHE_PREFER_L1, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE,
            cuKernelSetCacheConfig(kernel, CU_FUNC_CACHE_PREFER_L1, 999));
}

TEST_F(cuLibrary, functions_take_hints_and_are_loaded) {
  CUfunction function = nullptr;
  ASSERT_CU(cuKernelGetFunction(&function, kernel));
  EXPECT_CU(cuFuncSetCacheConfig(function, CU_FUNC_CACHE_PREFER_SHARED));
  EXPECT_EQ(kInvalid, cuFuncSetCacheConfig(function, CUfunc_cache(4)));
  EXPECT_EQ(kNoHandle, cuFuncSetCacheConfig(nullptr, CU_FUNC_CACHE_PREFER_SHARED));
  EXPECT_CU(cuFuncSetSharedMemConfig(function, CU_SHARED_MEM_CONFIG_FOUR_BYTE_BANK_SIZE));
  EXPECT_EQ(kInvalid, cuFuncSetSharedMemConfig(function, CUsharedconfig(3)));
  EXPECT_EQ(kNoHandle, cuFuncSetSharedMemConfig(nullptr, CU_SHARED_MEM_CONFIG_DEFAULT_BANK_SIZE));
  CUfunctionLoadingState state = CU_FUNCTION_LOADING_STATE_UNLOADED;
  EXPECT_CU(cuFuncLoad(function));
  EXPECT_CU(cuFuncIsLoaded(&state, function));
  EXPECT_EQ(CU_FUNCTION_LOADING_STATE_LOADED, state);
  EXPECT_EQ(kInvalid, cuFuncIsLoaded(nullptr, function));
  EXPECT_EQ(kNoHandle, cuFuncIsLoaded(&state, nullptr));
  EXPECT_EQ(kNoHandle, cuFuncLoad(reinterpret_cast<CUfunction>(this)));
  CUmodule module = nullptr;
  EXPECT_EQ(kInvalid, cuFuncGetModule(nullptr, function));
  EXPECT_EQ(kNoHandle, cuFuncGetModule(&module, nullptr));
}

TEST_F(cuLibrary, modules_list_their_functions) {
  CUmodule module = nullptr;
  ASSERT_CU(cuModuleLoadFatBinary(&module, kPtx)); // takes what cuModuleLoadData takes
  unsigned count = 0;
  ASSERT_CU(cuModuleGetFunctionCount(&count, module));
  std::vector<CUfunction> all(count, nullptr);
  ASSERT_CU(cuModuleEnumerateFunctions(all.data(), count, module));
  CUfunction named = nullptr;
  ASSERT_CU(cuModuleGetFunction(&named, module, "add_one"));
  EXPECT_EQ(1, std::count(all.begin(), all.end(), named));
  EXPECT_EQ(kInvalid, cuModuleEnumerateFunctions(nullptr, count, module));
  EXPECT_EQ(kNoHandle, cuModuleEnumerateFunctions(all.data(), count, nullptr));
  EXPECT_EQ(kInvalid, cuModuleLoadFatBinary(&module, nullptr));
  EXPECT_EQ(kInvalid, cuModuleLoadFatBinary(nullptr, kPtx));
  CUmoduleLoadingMode mode = CUmoduleLoadingMode(0);
  EXPECT_CU(cuModuleGetLoadingMode(&mode));
  EXPECT_TRUE(mode == CU_MODULE_EAGER_LOADING || mode == CU_MODULE_LAZY_LOADING);
  EXPECT_EQ(kInvalid, cuModuleGetLoadingMode(nullptr));
  EXPECT_CU(cuModuleUnload(module));
}

TEST_F(cuLibrary, occupancy_with_flags_and_shared_memory) {
  CUfunction function = nullptr;
  ASSERT_CU(cuKernelGetFunction(&function, kernel));
  int blocks = 0, flagged = 0, threads = 0, shared = 0;
  ASSERT_CU(cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, function, 256, 0));
  ASSERT_CU(cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
      &flagged, function, 256, 0, CU_OCCUPANCY_DISABLE_CACHING_OVERRIDE));
  EXPECT_EQ(blocks, flagged);
  ASSERT_CU(cuDeviceGetAttribute(&threads, CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR, 0));
  EXPECT_LE(blocks * 256, threads);
  EXPECT_EQ(kInvalid,
            cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(&flagged, function, 256, 0, 2));
  EXPECT_EQ(kInvalid,
            cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(nullptr, function, 256, 0, 0));
  int grid = 0, block = 0;
  ASSERT_CU(cuOccupancyMaxPotentialBlockSizeWithFlags(&grid, &block, function, nullptr, 0, 128, 0));
  EXPECT_GT(grid, 0);
  EXPECT_GT(block, 0);
  EXPECT_LE(block, 128);
  EXPECT_EQ(kInvalid,
            cuOccupancyMaxPotentialBlockSizeWithFlags(&grid, &block, function, nullptr, 0, 128, 8));
  EXPECT_EQ(kInvalid,
            cuOccupancyMaxPotentialBlockSizeWithFlags(nullptr, &block, function, nullptr, 0, 0, 0));
  EXPECT_EQ(kNoHandle,
            cuOccupancyMaxPotentialBlockSizeWithFlags(&grid, &block, nullptr, nullptr, 0, 0, 0));
  size_t one = 0, two = 0;
  ASSERT_CU(cuOccupancyAvailableDynamicSMemPerBlock(&one, function, 1, 128));
  ASSERT_CU(cuOccupancyAvailableDynamicSMemPerBlock(&two, function, 2, 128));
  EXPECT_GE(one, two);
  ASSERT_CU(
      cuDeviceGetAttribute(&shared, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR, 0));
  EXPECT_LE(two * 2, size_t(shared));
  EXPECT_EQ(kInvalid, cuOccupancyAvailableDynamicSMemPerBlock(nullptr, function, 1, 128));
  EXPECT_EQ(kInvalid, cuOccupancyAvailableDynamicSMemPerBlock(&one, function, 0, 128));
  EXPECT_EQ(kInvalid, cuOccupancyAvailableDynamicSMemPerBlock(&one, function, 1, 0));
  EXPECT_EQ(kNoHandle, cuOccupancyAvailableDynamicSMemPerBlock(&one, nullptr, 1, 128));
}

TEST_F(cuLibrary, old_launch_state) {
  CUfunction function = nullptr;
  CUkernel scale = nullptr;
  ASSERT_CU(cuLibraryGetKernel(&scale, library, "scale"));
  ASSERT_CU(cuKernelGetFunction(&function, scale));
  CUdeviceptr data = upload<float>({1, 2, 3});
  ASSERT_CU(cuFuncSetBlockShape(function, 32, 1, 1));
  ASSERT_CU(cuFuncSetSharedSize(function, 64));
  ASSERT_CU(cuParamSetv(function, 0, &data, 8));
  ASSERT_CU(cuParamSetf(function, 8, 2.5f));
  ASSERT_CU(cuParamSeti(function, 12, 2));
  ASSERT_CU(cuParamSetSize(function, 16));
  EXPECT_CU(cuLaunch(function)); // one block
  EXPECT_EQ((std::vector<float>{2.5f, 5, 3}), download<float>(data, 3));
  CUstream stream = nullptr;
  ASSERT_CU(cuStreamCreate(&stream, 0));
  EXPECT_CU(cuLaunchGridAsync(function, 1, 1, stream));
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ((std::vector<float>{6.25f, 12.5f, 3}), download<float>(data, 3));
  EXPECT_EQ(kInvalid, cuParamSetf(function, -4, 1));
  EXPECT_EQ(kInvalid, cuParamSetf(function, 1 << 20, 1));
  EXPECT_EQ(kNoHandle, cuParamSetf(nullptr, 0, 1));
  EXPECT_EQ(kNoHandle, cuFuncSetSharedSize(nullptr, 0));
  EXPECT_EQ(kNoHandle, cuLaunch(nullptr));
  EXPECT_EQ(kNoHandle, cuLaunchGridAsync(nullptr, 1, 1, stream));
  EXPECT_EQ(kInvalid, cuLaunchGridAsync(function, 0, 1, stream));
  void* params[3] = {};
  float factor = 2;
  int count = 1;
  params[0] = &data, params[1] = &factor, params[2] = &count;
  EXPECT_CU(cuLaunchCooperativeKernel(function, 1, 1, 1, 32, 1, 1, 0, stream, params));
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(12.5f, download<float>(data, 1)[0]);
  EXPECT_EQ(kNoHandle, cuLaunchCooperativeKernel(nullptr, 1, 1, 1, 32, 1, 1, 0, stream, params));
  EXPECT_EQ(CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE,
            cuLaunchCooperativeKernel(function, 1 << 20, 1, 1, 1024, 1, 1, 0, stream, params));
  EXPECT_CU(cuStreamDestroy(stream));
}

} // namespace
