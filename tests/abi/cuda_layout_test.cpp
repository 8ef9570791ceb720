// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The public header against the numbers that compiled CUDA programs rely on. All checks are made by
// the compiler; the test only says that there were some.
#include "cuda/types.h"

#include <cstddef>
#include <gtest/gtest.h>

namespace {

#define AW_SIZE(type, size, alignment)                                                             \
  static_assert(sizeof(type) == size, #type);                                                      \
  static_assert(alignof(type) == alignment, #type);
#define AW_OFFSET(type, field, offset)                                                             \
  static_assert(offsetof(type, field) == offset, #type "." #field);
#define AW_VALUE(name, value) static_assert(static_cast<long long>(name) == value##LL, #name);
#include "cuda_layout.inc"
#undef AW_SIZE
#undef AW_OFFSET
#undef AW_VALUE

constexpr int kChecks = 0
#define AW_SIZE(type, size, alignment) +1
#define AW_OFFSET(type, field, offset) +1
#define AW_VALUE(name, value) +1
#include "cuda_layout.inc"
    ;

TEST(CudaLayout, header_agrees_with_cuda_13) {
  EXPECT_GT(kChecks, 1400);
}

} // namespace
