// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Settings of core dumps, and the file that a fault leaves.
#include "fixture.h"
#include "kernels.h"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace {

using cuCoredump = WithContext;

TEST_F(cuCoredump, settings) {
  size_t size = 0;
  EXPECT_CU(cuCoredumpGetAttribute(CU_COREDUMP_ENABLE_ON_EXCEPTION, nullptr, &size));
  EXPECT_EQ(sizeof(bool), size);
  EXPECT_CU(cuCoredumpGetAttribute(CU_COREDUMP_FILE, nullptr, &size));
  EXPECT_EQ(1024u, size); // "String of up to 1023 characters"
  EXPECT_CU(cuCoredumpGetAttribute(CU_COREDUMP_GENERATION_FLAGS, nullptr, &size));
  EXPECT_EQ(sizeof(int), size);
  // Defaults of the manual.
  bool flag = true;
  size = sizeof flag;
  EXPECT_CU(cuCoredumpGetAttribute(CU_COREDUMP_ENABLE_ON_EXCEPTION, &flag, &size));
  EXPECT_FALSE(flag);
  EXPECT_CU(cuCoredumpGetAttribute(CU_COREDUMP_TRIGGER_HOST, &flag, &size));
  EXPECT_TRUE(flag);
  EXPECT_CU(cuCoredumpGetAttribute(CU_COREDUMP_LIGHTWEIGHT, &flag, &size));
  EXPECT_FALSE(flag);
  char host[256] = {}, name[1024] = {};
  gethostname(host, sizeof host - 1);
  size = sizeof name;
  EXPECT_CU(cuCoredumpGetAttributeGlobal(CU_COREDUMP_FILE, name, &size));
  EXPECT_EQ("core.cuda." + std::string(host) + "." + std::to_string(getpid()), name);
  EXPECT_CU(cuCoredumpGetAttributeGlobal(CU_COREDUMP_PIPE, name, &size));
  EXPECT_EQ("corepipe.cuda." + std::string(host) + "." + std::to_string(getpid()), name);

  // LIGHTWEIGHT and TRIGGER_HOST are the old names of flags.
  int flags = CU_COREDUMP_LIGHTWEIGHT_FLAGS | CU_COREDUMP_SKIP_ABORT;
  size = sizeof flags;
  EXPECT_CU(cuCoredumpSetAttribute(CU_COREDUMP_GENERATION_FLAGS, &flags, &size));
  size = sizeof flag;
  EXPECT_CU(cuCoredumpGetAttribute(CU_COREDUMP_LIGHTWEIGHT, &flag, &size));
  EXPECT_TRUE(flag);
  EXPECT_CU(cuCoredumpGetAttribute(CU_COREDUMP_TRIGGER_HOST, &flag, &size));
  EXPECT_FALSE(flag);
  EXPECT_CU(cuCoredumpGetAttributeGlobal(CU_COREDUMP_TRIGGER_HOST, &flag, &size));
  EXPECT_TRUE(flag); // the process's is another one

  size = sizeof flags;
  flags = 0x1000;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuCoredumpSetAttribute(CU_COREDUMP_GENERATION_FLAGS, &flags, &size));
  size = 1;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuCoredumpGetAttribute(CU_COREDUMP_GENERATION_FLAGS, &flags, &size));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCoredumpGetAttribute(CUcoredumpSettings(0), &flags, &size));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCoredumpGetAttribute(CU_COREDUMP_FILE, name, nullptr));
  // "cannot be set on a per-context basis"
  size = sizeof flag;
  EXPECT_EQ(CUDA_ERROR_NOT_PERMITTED,
            cuCoredumpSetAttribute(CU_COREDUMP_ENABLE_USER_TRIGGER, &flag, &size));
  cuCtxSetCurrent(nullptr);
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT,
            cuCoredumpGetAttribute(CU_COREDUMP_LIGHTWEIGHT, &flag, &size));
  cuCtxSetCurrent(context);
}

[[noreturn]] void faultWithDump(const char* path, bool live) {
  CUcontext context = nullptr;
  CUmodule module = nullptr;
  CUfunction kernel = nullptr;
  if (cuInit(0) || cuCtxCreate(&context, nullptr, 0, 0) || cuModuleLoadData(&module, kPtx) ||
      cuModuleGetFunction(&kernel, module, "add_one"))
    _exit(2);
  bool on = true;
  int flags = live ? CU_COREDUMP_SKIP_ABORT : 0;
  size_t size = 1, length = strlen(path), four = 4;
  if (cuCoredumpSetAttributeGlobal(CU_COREDUMP_ENABLE_ON_EXCEPTION, &on, &size) ||
      cuCoredumpSetAttributeGlobal(CU_COREDUMP_FILE, const_cast<char*>(path), &length) ||
      cuCoredumpSetAttributeGlobal(CU_COREDUMP_GENERATION_FLAGS, &flags, &four))
    _exit(3);
  CUdeviceptr nowhere = 64;
  unsigned count = 32;
  void* params[] = {&nowhere, &count};
  if (cuLaunchKernel(kernel, 1, 1, 1, 32, 1, 1, 0, nullptr, params, nullptr))
    _exit(4);
  _exit(cuCtxSynchronize() == CUDA_ERROR_ILLEGAL_ADDRESS ? 0 : 5);
}

TEST(cuCoredumpFile, names_the_kernel_that_failed) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  // The same name in the process that fails, which starts at the beginning again.
  setenv("TEST_COREDUMP", ("/tmp/anywarp_coredump_" + std::to_string(getpid())).c_str(), 0);
  const char* path = getenv("TEST_COREDUMP");
  EXPECT_EXIT(faultWithDump(path, true), ::testing::ExitedWithCode(0), "");
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_NE(std::string::npos, text.str().find("add_one")) << text.str();
  EXPECT_NE(std::string::npos, text.str().find("error: 700")) << text.str();
  unlink(path);
  // "The default is that the host CPU will also create a coredump."
  EXPECT_EXIT(faultWithDump(path, false), ::testing::KilledBySignal(SIGABRT), "");
  EXPECT_EQ(0, access(path, F_OK));
  unlink(path);
}

} // namespace
