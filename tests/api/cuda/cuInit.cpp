// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fixture.h"

TEST(cuInit, flags_must_be_zero) {
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuInit(1));
}

TEST(cuInit, may_be_called_again) {
  EXPECT_CU(cuInit(0));
  EXPECT_CU(cuInit(0));
}

TEST(cuDriverGetVersion, is_13_0) {
  int version = 0;
  EXPECT_CU(cuDriverGetVersion(&version));
  EXPECT_EQ(13000, version);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuDriverGetVersion(nullptr));
}

TEST(cuGetErrorName, gives_names_and_texts) {
  const char* text = nullptr;
  EXPECT_CU(cuGetErrorName(CUDA_ERROR_ILLEGAL_ADDRESS, &text));
  EXPECT_STREQ("CUDA_ERROR_ILLEGAL_ADDRESS", text);
  EXPECT_CU(cuGetErrorString(CUDA_SUCCESS, &text));
  EXPECT_STREQ("no error", text);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGetErrorName(CUresult(123456), &text));
  EXPECT_EQ(nullptr, text);
  // A code of the runtime API only.
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGetErrorString(CUresult(52), &text));
}
