// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Device code loaded at run time, and functions by name.
#include "fixture.h"

extern "C" cudaError_t __cudaGetProcAddress(const char* symbol, void** function, int version,
                                            unsigned long long flags, void* status);

namespace anywarp::test {
namespace {

class Libraries : public CudartTest {
protected:
  void SetUp() override {
    CudartTest::SetUp();
    FakeKernelSpec spec;
    spec.params = {{0, 8}};
    spec.body = [](const LaunchConfig& c) {
      ++*param<int*>(c, 0);
      return Result<void>();
    };
    declareKernel("count", spec);
    declareVariable("table", 64, false);
    ptx = fakePtx({"count"});
  }
  cudaError_t load(const char* text) {
    return cudaLibraryLoadData(&library, text, nullptr, nullptr, 0, nullptr, nullptr, 0);
  }
  std::string ptx;
  cudaLibrary_t library = nullptr;
};

TEST_F(Libraries, kernels_and_variables_by_name) {
  ASSERT_OK(load(ptx.c_str()));
  cudaKernel_t kernel = nullptr;
  ASSERT_OK(cudaLibraryGetKernel(&kernel, library, "count"));
  EXPECT_EQ(cudaLibraryGetKernel(&kernel, library, "nothing"), cudaErrorSymbolNotFound);
  int n = 0, *pointer = &n;
  void* args[] = {&pointer};
  EXPECT_OK(
      cudaLaunchKernel(reinterpret_cast<const void*>(kernel), dim3(1), dim3(1), args, 0, nullptr));
  EXPECT_OK(cudaDeviceSynchronize());
  EXPECT_EQ(n, 1);
  unsigned count = 0;
  ASSERT_OK(cudaLibraryGetKernelCount(&count, library));
  EXPECT_EQ(count, 1u);
  cudaKernel_t listed = nullptr;
  ASSERT_OK(cudaLibraryEnumerateKernels(&listed, 1, library));
  EXPECT_EQ(listed, kernel);
  void* address = nullptr;
  size_t bytes = 0;
  ASSERT_OK(cudaLibraryGetGlobal(&address, &bytes, library, "table"));
  EXPECT_EQ(bytes, 64u);
  EXPECT_OK(cudaLibraryUnload(library));
  EXPECT_EQ(cudaLibraryUnload(library), cudaErrorInvalidValue);
}

TEST_F(Libraries, attributes_managed_variables_and_shared_functions) {
  declareVariable("managed_word", 4, true);
  ASSERT_OK(load(ptx.c_str()));
  cudaKernel_t kernel = nullptr;
  ASSERT_OK(cudaLibraryGetKernel(&kernel, library, "count"));
  auto kCarveout = cudaFuncAttributePreferredSharedMemoryCarveout;
  EXPECT_OK(cudaKernelSetAttributeForDevice(kernel, kCarveout, 50, 0));
  cudaFuncAttributes attributes = {};
  EXPECT_OK(cudaFuncGetAttributes(&attributes, reinterpret_cast<const void*>(kernel)));
  EXPECT_EQ(attributes.preferredShmemCarveout, 50);
  EXPECT_EQ(cudaKernelSetAttributeForDevice(kernel, kCarveout, 101, 0), cudaErrorInvalidValue);
  EXPECT_EQ(cudaKernelSetAttributeForDevice(kernel, kCarveout, 50, 9), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaKernelSetAttributeForDevice(nullptr, kCarveout, 50, 0),
            cudaErrorInvalidDeviceFunction);
  void* address = nullptr;
  size_t bytes = 0;
  ASSERT_OK(cudaLibraryGetManaged(&address, &bytes, library, "managed_word"));
  EXPECT_EQ(bytes, 4u);
  cudaPointerAttributes where;
  ASSERT_OK(cudaPointerGetAttributes(&where, address));
  EXPECT_EQ(where.type, cudaMemoryTypeManaged);
  EXPECT_NE(cudaLibraryGetManaged(&address, &bytes, library, "nothing"), cudaSuccess);
  EXPECT_NE(cudaLibraryGetManaged(&address, &bytes, library, "table"), cudaSuccess);
  EXPECT_EQ(cudaLibraryGetManaged(nullptr, nullptr, library, "managed_word"),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaLibraryGetManaged(&address, &bytes, nullptr, "managed_word"),
            cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaLibraryGetUnifiedFunction(&address, library, "count"), cudaErrorSymbolNotFound);
  EXPECT_EQ(cudaLibraryGetUnifiedFunction(nullptr, library, "count"), cudaErrorInvalidValue);
  EXPECT_OK(cudaLibraryUnload(library));
}

TEST_F(Libraries, bad_images) {
  EXPECT_NE(load("not an image at all"), cudaSuccess);
  EXPECT_EQ(load(nullptr), cudaErrorInvalidValue);
  EXPECT_EQ(
      cudaLibraryLoadFromFile(&library, "/nonexistent", nullptr, nullptr, 0, nullptr, nullptr, 0),
      cudaErrorFileNotFound);
}

TEST_F(Libraries, driver_functions_by_name) {
  void* function = nullptr;
  cudaDriverEntryPointQueryResult found;
  ASSERT_OK(
      cudaGetDriverEntryPointByVersion("cuMemAlloc", &function, 12000, cudaEnableDefault, &found));
  EXPECT_EQ(found, cudaDriverEntryPointSuccess);
  EXPECT_NE(function, nullptr);
  ASSERT_OK(
      cudaGetDriverEntryPointByVersion("cuNothing", &function, 12000, cudaEnableDefault, &found));
  EXPECT_EQ(found, cudaDriverEntryPointSymbolNotFound);
  EXPECT_EQ(function, nullptr);
  EXPECT_EQ(cudaGetDriverEntryPointByVersion("", &function, 12000, cudaEnableDefault, &found),
            cudaErrorInvalidValue);
  ASSERT_OK(cudaGetDriverEntryPoint("cuMemAlloc", &function, cudaEnableDefault, &found));
  EXPECT_EQ(found, cudaDriverEntryPointSuccess);
  EXPECT_NE(function, nullptr);
  EXPECT_EQ(cudaGetDriverEntryPoint(nullptr, &function, cudaEnableDefault, &found),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaGetDriverEntryPoint("cuInit", nullptr, cudaEnableDefault, &found),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaGetDriverEntryPoint("cuInit", &function, 77, &found), cudaErrorInvalidValue);
}

TEST_F(Libraries, functions_of_the_runtime_by_name) {
  void* function = nullptr;
  ASSERT_OK(__cudaGetProcAddress("cudaRuntimeGetVersion", &function, 13000, 0, nullptr));
  int version = 0;
  ASSERT_OK(reinterpret_cast<cudaError_t (*)(int*)>(function)(&version));
  EXPECT_EQ(version, CUDART_VERSION);
  EXPECT_NE(__cudaGetProcAddress("cudaNothing", &function, 13000, 0, nullptr), cudaSuccess);
  EXPECT_EQ(__cudaGetProcAddress(nullptr, &function, 13000, 0, nullptr), cudaErrorInvalidValue);
  EXPECT_EQ(__cudaGetProcAddress("cudaFree", nullptr, 13000, 0, nullptr), cudaErrorInvalidValue);
}

TEST_F(Libraries, no_export_table_is_offered) {
  cudaUUID_t id = {};
  EXPECT_EQ(cudaGetExportTable(nullptr, &id), cudaErrorInvalidValue);
  const void* table = &id;
  EXPECT_NE(cudaGetExportTable(&table, &id), cudaSuccess);
  EXPECT_EQ(table, nullptr);
}

} // namespace
} // namespace anywarp::test
