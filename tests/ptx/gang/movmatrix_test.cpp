// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gang_fixture.h"

namespace anywarp::ptxtest {
namespace {

// PTX ISA 9.7.15.5: thread 4 * i + j holds the elements (i, 2j) and (i, 2j + 1).
TEST_F(GangTest, movmatrix) {
  load("movmatrix.ptx");
  uint16_t matrix[2][8][8]; // two warps
  for (int w = 0; w < 2; w++)
    for (int i = 0; i < 8; i++)
      for (int j = 0; j < 8; j++)
        matrix[w][i][j] = uint16_t(1000 * (w + 1) + 10 * i + j);
  uint16_t out[2][8][8] = {};
  auto ok = launch("transpose", 1, 64, &out[0], &matrix[0]);
  ASSERT_TRUE(ok) << ok.error().message;
  for (int w = 0; w < 2; w++)
    for (int i = 0; i < 8; i++)
      for (int j = 0; j < 8; j++)
        EXPECT_EQ(out[w][i][j], matrix[w][j][i]) << w << " " << i << " " << j;
}

} // namespace
} // namespace anywarp::ptxtest
