// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "common/errors.h"

#include <gtest/gtest.h>
#include <string_view>

namespace {

using namespace anywarp::shim;

TEST(Errors, rows_are_sorted_and_complete) {
  uint32_t last = 0;
  for (const ErrorRow& row : errorRows()) {
    EXPECT_TRUE(row.value == 0 || row.value > last);
    last = row.value;
    EXPECT_TRUE(row.driverName || row.runtimeName);
    EXPECT_NE('\0', row.text[0]);
  }
}

TEST(Errors, codes_cross_over) {
  EXPECT_EQ(700u, runtimeError(700));
  EXPECT_EQ(2u, driverError(2));
  EXPECT_EQ(1u, driverError(9));      // cudaErrorInvalidConfiguration -> CUDA_ERROR_INVALID_VALUE
  EXPECT_EQ(999u, runtimeError(916)); // CUDA_ERROR_KEY_ROTATION has no runtime name
  EXPECT_EQ(999u, runtimeError(123456));
  EXPECT_EQ(nullptr, findError(123456));
  EXPECT_EQ(std::string_view("cudaErrorMemoryAllocation"), findError(2)->runtimeName);
}

} // namespace
