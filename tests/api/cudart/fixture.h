// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs as nvcc makes them, without nvcc: a fatbin with PTX text behind a wrapper, and the calls
// that compiled host code makes. Kernels are lambdas of the fake backend. Each test starts on a
// freshly reset device 0 with no error pending.
#pragma once

#include "fake_backend.h"
#include "image/writer.h"

#include <cuda_runtime_api.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

// What nvcc's host code declares for itself (public: clang's CodeGen and crt headers).
extern "C" {
void** __cudaRegisterFatBinary(void* fatbin);
void __cudaRegisterFatBinaryEnd(void** handle);
void __cudaUnregisterFatBinary(void** handle);
void __cudaRegisterFunction(void** handle, const char* host, char* device, const char* name,
                            int threadLimit, uint3*, uint3*, dim3*, dim3*, int*);
void __cudaRegisterVar(void** handle, char* host, char* device, const char* name, int isExtern,
                       size_t size, int isConstant, int isGlobal);
void __cudaRegisterManagedVar(void** handle, void** host, char* device, const char* name,
                              int isExtern, size_t size, int isConstant, int isGlobal);
char __cudaInitModule(void** handle);
unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, size_t shared, void* stream);
cudaError_t __cudaPopCallConfiguration(dim3* grid, dim3* block, size_t* shared, void* stream);
#if CUDART_VERSION >= 12000
cudaError_t __cudaGetKernel(cudaKernel_t* kernel, const void* host);
cudaError_t __cudaLaunchKernel(cudaKernel_t kernel, dim3 grid, dim3 block, void** args,
                               size_t shared, cudaStream_t stream);
#endif
}

namespace anywarp::test {

// One registered unit. `host(name)` is the address that stands for a kernel.
class Unit {
public:
  explicit Unit(std::vector<std::string> kernels, bool withPtx = true);
  ~Unit();
  Unit(const Unit&) = delete;

  const void* host(const std::string& kernel) const;
  void** handle() { return handle_; }

private:
  std::vector<std::string> kernels_;
  std::string ptx_;
  std::vector<std::byte> fatbin_;
  image::Wrapper wrapper_;
  void** handle_;
};

class CudartTest : public testing::Test {
protected:
  void SetUp() override;
};

#define EXPECT_OK(call) EXPECT_EQ(call, cudaSuccess)
#define ASSERT_OK(call) ASSERT_EQ(call, cudaSuccess)

} // namespace anywarp::test
