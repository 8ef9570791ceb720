// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Version, architectures, names. Values: NVRTC manual of CUDA 13.0.
#include "fixture.h"

TEST(nvrtcVersion, gives_13_0) {
  int major = 0, minor = -1;
  EXPECT_EQ(nvrtcVersion(&major, &minor), NVRTC_SUCCESS);
  EXPECT_EQ(major, 13);
  EXPECT_EQ(minor, 0);
  EXPECT_EQ(nvrtcVersion(nullptr, &minor), NVRTC_ERROR_INVALID_INPUT);
  EXPECT_EQ(nvrtcVersion(&major, nullptr), NVRTC_ERROR_INVALID_INPUT);
}

TEST(nvrtcGetSupportedArchs, begins_with_turing_and_ascends) {
  int count = 0;
  ASSERT_EQ(nvrtcGetNumSupportedArchs(&count), NVRTC_SUCCESS);
  ASSERT_EQ(count, 12);
  std::vector<int> all(size_t(count), 0);
  ASSERT_EQ(nvrtcGetSupportedArchs(all.data()), NVRTC_SUCCESS);
  EXPECT_THAT(all, testing::ElementsAre(75, 80, 86, 87, 88, 89, 90, 100, 103, 110, 120, 121));
  EXPECT_EQ(nvrtcGetNumSupportedArchs(nullptr), NVRTC_ERROR_INVALID_INPUT);
  EXPECT_EQ(nvrtcGetSupportedArchs(nullptr), NVRTC_ERROR_INVALID_INPUT);
}

TEST(nvrtcGetErrorString, names_every_result) {
  EXPECT_STREQ(nvrtcGetErrorString(NVRTC_SUCCESS), "NVRTC_SUCCESS");
  EXPECT_STREQ(nvrtcGetErrorString(NVRTC_ERROR_COMPILATION), "NVRTC_ERROR_COMPILATION");
  EXPECT_STREQ(nvrtcGetErrorString(nvrtcResult(17)), "NVRTC_ERROR_TIME_TRACE_FILE_WRITE_FAILED");
  EXPECT_STREQ(nvrtcGetErrorString(nvrtcResult(18)), "NVRTC_ERROR unknown");
}

TEST(nvrtcGetPCHHeapSize, is_256_megabytes_until_set) {
  size_t size = 0;
  EXPECT_EQ(nvrtcGetPCHHeapSize(&size), NVRTC_SUCCESS);
  EXPECT_EQ(size, size_t(256) << 20);
  EXPECT_EQ(nvrtcSetPCHHeapSize(1 << 20), NVRTC_SUCCESS);
  EXPECT_EQ(nvrtcGetPCHHeapSize(&size), NVRTC_SUCCESS);
  EXPECT_EQ(size, size_t(1) << 20);
  EXPECT_EQ(nvrtcGetPCHHeapSize(nullptr), NVRTC_ERROR_INVALID_INPUT);
  nvrtcSetPCHHeapSize(size_t(256) << 20);
}

TEST(nvrtcGetPCHCreateStatus, none_was_attempted) {
  Program program("__global__ void k() {}");
  size_t size = 7;
  EXPECT_EQ(nvrtcGetPCHCreateStatus(program.handle), NVRTC_ERROR_NO_PCH_CREATE_ATTEMPTED);
  EXPECT_EQ(nvrtcGetPCHHeapSizeRequired(program.handle, &size), NVRTC_SUCCESS);
  EXPECT_EQ(size, 0u);
}

TEST(nvrtcCreateProgram, misuse) {
  nvrtcProgram program = nullptr;
  const char* text = "";
  EXPECT_EQ(nvrtcCreateProgram(nullptr, "", nullptr, 0, nullptr, nullptr),
            NVRTC_ERROR_INVALID_PROGRAM);
  EXPECT_EQ(nvrtcCreateProgram(&program, nullptr, nullptr, 0, nullptr, nullptr),
            NVRTC_ERROR_INVALID_INPUT);
  EXPECT_EQ(nvrtcCreateProgram(&program, "", nullptr, -1, nullptr, nullptr),
            NVRTC_ERROR_INVALID_INPUT);
  EXPECT_EQ(nvrtcCreateProgram(&program, "", nullptr, 1, nullptr, &text),
            NVRTC_ERROR_INVALID_INPUT);
  EXPECT_EQ(nvrtcCreateProgram(&program, "", nullptr, 1, &text, nullptr),
            NVRTC_ERROR_INVALID_INPUT);
  EXPECT_EQ(program, nullptr);
}

TEST(nvrtcDestroyProgram, sets_the_handle_to_null_and_takes_it_once) {
  nvrtcProgram program = nullptr;
  ASSERT_EQ(nvrtcCreateProgram(&program, "", nullptr, 0, nullptr, nullptr), NVRTC_SUCCESS);
  nvrtcProgram stale = program;
  EXPECT_EQ(nvrtcDestroyProgram(&program), NVRTC_SUCCESS);
  EXPECT_EQ(program, nullptr);
  EXPECT_EQ(nvrtcDestroyProgram(&stale), NVRTC_ERROR_INVALID_PROGRAM);
  EXPECT_EQ(nvrtcDestroyProgram(nullptr), NVRTC_ERROR_INVALID_PROGRAM);
  size_t size = 0;
  EXPECT_EQ(nvrtcGetPTXSize(stale, &size), NVRTC_ERROR_INVALID_PROGRAM);
  EXPECT_EQ(nvrtcCompileProgram(stale, 0, nullptr), NVRTC_ERROR_INVALID_PROGRAM);
}

TEST(nvrtcGetPTX, before_a_compilation_everything_is_empty) {
  Program program("__global__ void k() {}");
  size_t size = 7;
  EXPECT_EQ(nvrtcGetPTXSize(program.handle, &size), NVRTC_SUCCESS);
  EXPECT_EQ(size, 1u);
  EXPECT_EQ(nvrtcGetCUBINSize(program.handle, &size), NVRTC_SUCCESS);
  EXPECT_EQ(size, 0u);
  EXPECT_EQ(nvrtcGetProgramLogSize(program.handle, &size), NVRTC_SUCCESS);
  EXPECT_EQ(size, 1u);
  EXPECT_EQ(nvrtcGetLTOIRSize(program.handle, &size), NVRTC_SUCCESS);
  EXPECT_EQ(size, 0u);
  EXPECT_EQ(nvrtcGetOptiXIRSize(program.handle, &size), NVRTC_SUCCESS);
  EXPECT_EQ(size, 0u);
}

TEST(nvrtcGetPTX, null_places) {
  Program program("__global__ void k() {}");
  EXPECT_EQ(nvrtcGetPTXSize(program.handle, nullptr), NVRTC_ERROR_INVALID_INPUT);
  EXPECT_EQ(nvrtcGetPTX(program.handle, nullptr), NVRTC_ERROR_INVALID_INPUT);
  EXPECT_EQ(nvrtcGetCUBINSize(program.handle, nullptr), NVRTC_ERROR_INVALID_INPUT);
  EXPECT_EQ(nvrtcGetCUBIN(program.handle, nullptr), NVRTC_ERROR_INVALID_INPUT);
  EXPECT_EQ(nvrtcGetLTOIR(program.handle, nullptr), NVRTC_ERROR_INVALID_INPUT);
  EXPECT_EQ(nvrtcGetOptiXIR(program.handle, nullptr), NVRTC_ERROR_INVALID_INPUT);
  EXPECT_EQ(nvrtcGetProgramLogSize(program.handle, nullptr), NVRTC_ERROR_INVALID_INPUT);
  EXPECT_EQ(nvrtcGetProgramLog(program.handle, nullptr), NVRTC_ERROR_INVALID_INPUT);
  size_t size = 0;
  EXPECT_EQ(nvrtcGetPTXSize(nullptr, &size), NVRTC_ERROR_INVALID_PROGRAM);
}
