// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs as nvcc makes them, without nvcc: a fatbin with PTX text behind a wrapper, and the calls
// that compiled host code makes. Kernels are lambdas of the fake backend. Each test starts on a
// freshly reset device 0 with no error pending.
#pragma once

#include "fake_backend.h"
#include "image/writer.h"
#include "registration.h"

#include <cuda_runtime_api.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

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
