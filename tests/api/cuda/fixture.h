// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fixtures for driver API tests: an initialised driver, and a context of device 0 on top of it; a
// way to hold a stream back.
#pragma once

#include <atomic>
#include <cuda.h>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

#define EXPECT_CU(expression) EXPECT_EQ(CUDA_SUCCESS, (expression))
#define ASSERT_CU(expression) ASSERT_EQ(CUDA_SUCCESS, (expression))

// A stream that stands still until it is let go.
class Gate {
public:
  explicit Gate(CUstream stream) {
    EXPECT_CU(cuLaunchHostFunc(
        stream,
        [](void* data) {
          auto* gate = static_cast<Gate*>(data);
          while (!gate->open_)
            std::this_thread::yield();
          gate->passed_ = true;
        },
        this));
  }
  void open() { open_ = true; }
  bool passed() const { return passed_; }

private:
  std::atomic<bool> open_{false}, passed_{false};
};

class Driver : public ::testing::Test {
protected:
  void SetUp() override { ASSERT_CU(cuInit(0)); }
};

class WithContext : public Driver {
protected:
  void SetUp() override {
    Driver::SetUp();
    if (HasFatalFailure())
      return;
    ASSERT_CU(cuDeviceGet(&device, 0));
    ASSERT_CU(cuCtxCreate(&context, nullptr, 0, device));
  }
  void TearDown() override {
    if (context)
      EXPECT_CU(cuCtxDestroy(context));
  }

  // Device memory with these values.
  template <typename T> CUdeviceptr upload(const std::vector<T>& values) {
    CUdeviceptr pointer = 0;
    EXPECT_CU(cuMemAlloc(&pointer, values.size() * sizeof(T)));
    EXPECT_CU(cuMemcpyHtoD(pointer, values.data(), values.size() * sizeof(T)));
    return pointer;
  }
  template <typename T> std::vector<T> download(CUdeviceptr pointer, size_t count) {
    std::vector<T> values(count);
    EXPECT_CU(cuMemcpyDtoH(values.data(), pointer, count * sizeof(T)));
    return values;
  }

  CUdevice device = 0;
  CUcontext context = nullptr;
};
