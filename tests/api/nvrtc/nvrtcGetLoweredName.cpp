// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Name expressions. Lowered names are those of the Itanium C++ ABI.
#include "fixture.h"

using testing::HasSubstr;

namespace {

constexpr const char* kSource = "namespace ns { template <class T, int N> __global__ void f(T* a) "
                                "{ a[0] = N; } __device__ int v; __constant__ float c[3]; }\n"
                                "template <class T> __global__ void g(T) {}\n"
                                "__global__ void overloaded(int) {}\n__global__ void "
                                "overloaded(float) {}\n__device__ int dv;\n";

TEST(nvrtcGetLoweredName, kernels_and_variables) {
  Program program(kSource);
  for (const char* expression : {"ns::f<float, 3>", "&ns::v", "ns::c", "&ns::c", "g<int>",
                                 "(void (*)(int))overloaded", "&dv"})
    ASSERT_EQ(nvrtcAddNameExpression(program.handle, expression), NVRTC_SUCCESS);
  ASSERT_EQ(program.compile({"-arch=sm_80"}), NVRTC_SUCCESS) << program.log();
  EXPECT_EQ(program.lowered("ns::f<float, 3>"), "_ZN2ns1fIfLi3EEEvPT_");
  EXPECT_EQ(program.lowered("&ns::v"), "_ZN2ns1vE");
  EXPECT_EQ(program.lowered("ns::c"), "_ZN2ns1cE");
  EXPECT_EQ(program.lowered("&ns::c"), "_ZN2ns1cE");
  EXPECT_EQ(program.lowered("g<int>"), "_Z1gIiEvT_");
  EXPECT_EQ(program.lowered("(void (*)(int))overloaded"), "_Z10overloadedi");
  EXPECT_EQ(program.lowered("&dv"), "dv");
  // The template was instantiated for it.
  EXPECT_THAT(program.ptx(), HasSubstr(".visible .entry _ZN2ns1fIfLi3EEEvPT_("));
  const char* name = nullptr;
  EXPECT_EQ(nvrtcGetLoweredName(program.handle, "g<char>", &name),
            NVRTC_ERROR_NAME_EXPRESSION_NOT_VALID);
}

TEST(nvrtcGetLoweredName, what_is_no_address_fails_the_compilation) {
  for (auto [expression, message] : std::vector<std::pair<const char*, const char*>>{
           {"3 + 4", "Name expression must form address of a __global__ function"},
           {"dv", "Name expression must form address of a __global__ function"},
           {"nosuch", "Error in parsing name expression for lowered name lookup"},
           {"overloaded", "Error in parsing name expression for lowered name lookup"},
           {"g<int", "Error in parsing name expression for lowered name lookup"}}) {
    Program program(kSource);
    ASSERT_EQ(nvrtcAddNameExpression(program.handle, expression), NVRTC_SUCCESS);
    EXPECT_EQ(program.compile(), NVRTC_ERROR_COMPILATION) << expression;
    EXPECT_THAT(program.log(), HasSubstr(message)) << expression;
    const char* name = nullptr;
    EXPECT_EQ(nvrtcGetLoweredName(program.handle, expression, &name),
              NVRTC_ERROR_NO_LOWERED_NAMES_BEFORE_COMPILATION);
  }
}

TEST(nvrtcAddNameExpression, order_of_calls) {
  Program program(kSource);
  const char* name = nullptr;
  EXPECT_EQ(nvrtcGetLoweredName(program.handle, "g<int>", &name),
            NVRTC_ERROR_NO_LOWERED_NAMES_BEFORE_COMPILATION);
  EXPECT_EQ(nvrtcAddNameExpression(program.handle, nullptr), NVRTC_ERROR_INVALID_INPUT);
  EXPECT_EQ(nvrtcAddNameExpression(nullptr, "x"), NVRTC_ERROR_INVALID_PROGRAM);
  EXPECT_EQ(nvrtcAddNameExpression(program.handle, "g<int>"), NVRTC_SUCCESS);
  ASSERT_EQ(program.compile(), NVRTC_SUCCESS);
  EXPECT_EQ(nvrtcAddNameExpression(program.handle, "g<char>"),
            NVRTC_ERROR_NO_NAME_EXPRESSIONS_AFTER_COMPILATION);
  EXPECT_EQ(nvrtcGetLoweredName(program.handle, nullptr, &name), NVRTC_ERROR_INVALID_INPUT);
  EXPECT_EQ(nvrtcGetLoweredName(program.handle, "g<int>", nullptr), NVRTC_ERROR_INVALID_INPUT);
}

} // namespace
