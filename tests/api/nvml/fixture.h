// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fixtures for NVML tests: NVML between init and shutdown, with the two devices that
// CMakeLists.txt names (8.6 with 1 GiB and one thread is the second).
#pragma once

#include <gtest/gtest.h>
#include <nvml.h>

#define EXPECT_NVML(expression) EXPECT_EQ(NVML_SUCCESS, (expression))
#define ASSERT_NVML(expression) ASSERT_EQ(NVML_SUCCESS, (expression))

class Nvml : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_NVML(nvmlInit());
    ASSERT_NVML(nvmlDeviceGetHandleByIndex(0, &first));
    ASSERT_NVML(nvmlDeviceGetHandleByIndex(1, &second));
  }
  void TearDown() override { EXPECT_NVML(nvmlShutdown()); }

  nvmlDevice_t first = nullptr, second = nullptr;
  // No device: an address that NVML never gave out.
  int nothing = 0;
  nvmlDevice_t wrong = reinterpret_cast<nvmlDevice_t>(&nothing);
};
