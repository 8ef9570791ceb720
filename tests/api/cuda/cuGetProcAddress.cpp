// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Names, versions and default-stream flavours, as the manual's "Driver Entry Point Access" has
// them.
#define ANYWARP_CUDA_TYPES_ONLY
#include <cuda.h>
#include <dlfcn.h>
#include <gtest/gtest.h>

extern "C" {
CUresult cuGetProcAddress(const char*, void**, int, cuuint64_t);
CUresult cuGetProcAddress_v2(const char*, void**, int, cuuint64_t, CUdriverProcAddressQueryResult*);
void cuMemAlloc_v2();
void cuCtxCreate_v2();
void cuCtxCreate_v3();
void cuCtxCreate_v4();
void cuMemcpy();
void cuMemcpy_ptds();
void cuStreamSynchronize_ptsz();
}

namespace {

struct Answer {
  CUresult result;
  void* pointer = nullptr;
  CUdriverProcAddressQueryResult status = CU_GET_PROC_ADDRESS_SUCCESS;
};

Answer ask(const char* name, int version, cuuint64_t flags = 0) {
  Answer answer;
  answer.result = cuGetProcAddress_v2(name, &answer.pointer, version, flags, &answer.status);
  return answer;
}
template <typename F> void* address(F* function) {
  return reinterpret_cast<void*>(function);
}

TEST(cuGetProcAddress, picks_the_newest_abi_of_the_version) {
  EXPECT_EQ(address(cuMemAlloc_v2), ask("cuMemAlloc", 13000).pointer);
  EXPECT_EQ(address(cuCtxCreate_v4), ask("cuCtxCreate", 13000).pointer);
  EXPECT_EQ(address(cuCtxCreate_v3), ask("cuCtxCreate", 12000).pointer);
  EXPECT_EQ(address(cuCtxCreate_v2), ask("cuCtxCreate", 11030).pointer);
}

TEST(cuGetProcAddress, knows_the_per_thread_flavour) {
  constexpr cuuint64_t kLegacy = CU_GET_PROC_ADDRESS_LEGACY_STREAM;
  constexpr cuuint64_t kPerThread = CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM;
  EXPECT_EQ(address(cuMemcpy), ask("cuMemcpy", 12000).pointer);
  EXPECT_EQ(address(cuMemcpy), ask("cuMemcpy", 12000, kLegacy).pointer);
  EXPECT_EQ(address(cuMemcpy_ptds), ask("cuMemcpy", 12000, kPerThread).pointer);
  EXPECT_EQ(address(cuMemcpy), ask("cuMemcpy", 6050, kPerThread).pointer);
  EXPECT_EQ(address(cuStreamSynchronize_ptsz),
            ask("cuStreamSynchronize", 13000, kPerThread).pointer);
  // A function without flavours answers every flag.
  EXPECT_EQ(address(cuMemAlloc_v2), ask("cuMemAlloc", 13000, kPerThread).pointer);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, ask("cuMemcpy", 12000, kLegacy | kPerThread).result);
}

TEST(cuGetProcAddress, finds_itself_in_both_forms) {
  EXPECT_EQ(address(cuGetProcAddress_v2), ask("cuGetProcAddress", 12000).pointer);
  EXPECT_EQ(address(&cuGetProcAddress), ask("cuGetProcAddress", 11030).pointer);
}

TEST(cuGetProcAddress, tells_why_it_has_nothing) {
  Answer unknown = ask("cuNoSuchFunction", 13000);
  EXPECT_EQ(CUDA_ERROR_NOT_FOUND, unknown.result);
  EXPECT_EQ(nullptr, unknown.pointer);
  EXPECT_EQ(CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND, unknown.status);
  Answer old = ask("cuLibraryLoadData", 11080);
  EXPECT_EQ(CUDA_ERROR_NOT_FOUND, old.result);
  EXPECT_EQ(CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT, old.status);
  // What cuBLAS asks at its start.
  EXPECT_EQ(CUDA_ERROR_NOT_FOUND, cuGetProcAddress_v2("", nullptr, 0, 0, nullptr));
}

TEST(cuGetProcAddress, works_before_cuInit_and_without_status) {
  void* pointer = nullptr;
  EXPECT_EQ(CUDA_SUCCESS, cuGetProcAddress_v2("cuInit", &pointer, 13000, 0, nullptr));
  EXPECT_NE(nullptr, pointer);
  EXPECT_EQ(CUDA_SUCCESS, cuGetProcAddress("cuInit", &pointer, 11030, 0));
}

} // namespace
