// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/trace.h"

#include <gmock/gmock.h>

namespace anywarp::trace {
namespace {

using testing::internal::CaptureStderr;
using testing::internal::GetCapturedStderr;

TEST(Trace, a_call_is_one_line) {
  detail::mask = kApi;
  CaptureStderr();
  {
    Call call("cuMemAlloc");
    ASSERT_TRUE(call.on());
    call.arg("dptr", reinterpret_cast<void*>(0x7f0010));
    call.arg("bytes", size_t(4096));
    call.arg("name", std::string_view("x"));
    call.result("CUDA_SUCCESS");
    call.out("*dptr", 3);
  }
  EXPECT_THAT(GetCapturedStderr(),
              testing::MatchesRegex("anywarp: api: cuMemAlloc\\(dptr=0x7f0010, bytes=4096, "
                                    "name=\"x\"\\) -> CUDA_SUCCESS \\{\\*dptr=3\\} [0-9]+us\n"));
}

TEST(Trace, off_writes_nothing) {
  detail::mask = kLaunch;
  CaptureStderr();
  {
    Call call("cuInit");
    EXPECT_FALSE(call.on());
  }
  line(kMemory, "not {}", "this");
  line(kLaunch, "only {}", "this");
  EXPECT_EQ(GetCapturedStderr(), "anywarp: launch: only this\n");
}

} // namespace
} // namespace anywarp::trace
