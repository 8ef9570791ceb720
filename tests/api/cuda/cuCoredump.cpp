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

// Whether the file is there and has this text so many times, within some seconds.
bool appears(const char* path, const char* text, int times = 1) {
  for (int i = 0; i < 2000; ++i) {
    std::stringstream found;
    found << std::ifstream(path).rdbuf();
    const std::string all = found.str();
    int seen = 0;
    for (size_t at = all.find(text); at != std::string::npos; at = all.find(text, at + 1))
      ++seen;
    if (seen == times)
      return true;
    usleep(5000);
  }
  return false;
}

enum class Trigger { Live, Abort, Environment, Off };

// Writes to its own pipe, as somebody else would; the exit code says what went wrong.
[[noreturn]] void writeToPipe(const char* path, Trigger trigger) {
  const std::string pipe = std::string(path) + ".pipe";
  CUcontext first = nullptr, second = nullptr;
  if (trigger == Trigger::Environment) {
    setenv("CUDA_ENABLE_USER_TRIGGERED_COREDUMP", "1", 1);
    setenv("CUDA_COREDUMP_PIPE", pipe.c_str(), 1);
  }
  if (cuInit(0) || cuCtxCreate(&first, nullptr, 0, 0) || cuCtxCreate(&second, nullptr, 0, 0))
    _exit(2);
  bool on = true;
  int flags = trigger == Trigger::Abort ? 0 : CU_COREDUMP_SKIP_ABORT;
  size_t one = 1, length = strlen(path), four = 4, pipeLength = pipe.size();
  if (cuCoredumpSetAttributeGlobal(CU_COREDUMP_FILE, const_cast<char*>(path), &length) ||
      cuCoredumpSetAttributeGlobal(CU_COREDUMP_GENERATION_FLAGS, &flags, &four))
    _exit(3);
  auto name = const_cast<char*>(pipe.c_str());
  if (trigger == Trigger::Environment) { // has decided
    if (cuCoredumpSetAttributeGlobal(CU_COREDUMP_ENABLE_USER_TRIGGER, &on, &one) !=
            CUDA_ERROR_NOT_PERMITTED ||
        cuCoredumpSetAttributeGlobal(CU_COREDUMP_PIPE, name, &pipeLength) !=
            CUDA_ERROR_NOT_PERMITTED)
      _exit(4);
  } else if (cuCoredumpSetAttributeGlobal(CU_COREDUMP_PIPE, name, &pipeLength) ||
             cuCoredumpSetAttributeGlobal(CU_COREDUMP_ENABLE_USER_TRIGGER, &on, &one)) {
    _exit(5);
  } else if (cuCoredumpSetAttributeGlobal(CU_COREDUMP_PIPE, name, &pipeLength) !=
             CUDA_ERROR_NOT_PERMITTED) { // "may not be changed after"
    _exit(6);
  }
  if (trigger == Trigger::Off) {
    on = false;
    if (cuCoredumpSetAttributeGlobal(CU_COREDUMP_ENABLE_USER_TRIGGER, &on, &one))
      _exit(7);
    _exit(access(name, F_OK) == 0 ? 8 : 0);
  }
  for (int i = 0; i < 2; ++i) { // it may be asked again
    unlink(path);
    std::ofstream(pipe) << "now";
    if (!appears(path, "asked for", 2)) // two contexts
      _exit(9);
  }
  if (cuCtxSynchronize()) // nothing has failed
    _exit(10);
  exit(appears(path, "error: 0", 2) ? 0 : 11);
}

// "A coredump can be created by writing to the system pipe specified by CU_COREDUMP_PIPE."
TEST(cuCoredumpFile, is_written_for_whoever_writes_to_the_pipe) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  setenv("TEST_COREDUMP_PIPE", ("/tmp/anywarp_dump_" + std::to_string(getpid())).c_str(), 0);
  const char* path = getenv("TEST_COREDUMP_PIPE");
  const std::string pipe = std::string(path) + ".pipe";
  EXPECT_EXIT(writeToPipe(path, Trigger::Live), ::testing::ExitedWithCode(0), "");
  EXPECT_NE(0, access(pipe.c_str(), F_OK)); // went with the process
  EXPECT_EXIT(writeToPipe(path, Trigger::Environment), ::testing::ExitedWithCode(0), "");
  EXPECT_EXIT(writeToPipe(path, Trigger::Off), ::testing::ExitedWithCode(0), "");
  unlink(path);
  EXPECT_EXIT(writeToPipe(path, Trigger::Abort), ::testing::KilledBySignal(SIGABRT), "");
  EXPECT_TRUE(appears(path, "asked for", 2));
  unlink(path);
  unlink(pipe.c_str()); // abort() cleans nothing up
}

TEST(cuCoredumpFile, the_pipe_must_be_one) {
  ASSERT_CU(cuInit(0));
  std::string path = "/tmp/anywarp_nopipe_" + std::to_string(getpid());
  std::ofstream(path) << "a file";
  bool on = true;
  size_t one = 1;
  for (std::string name : {path, std::string("/no/such/folder/pipe")}) {
    size_t length = name.size();
    EXPECT_CU(cuCoredumpSetAttributeGlobal(CU_COREDUMP_PIPE, name.data(), &length));
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
              cuCoredumpSetAttributeGlobal(CU_COREDUMP_ENABLE_USER_TRIGGER, &on, &one));
    bool now = true;
    EXPECT_CU(cuCoredumpGetAttributeGlobal(CU_COREDUMP_ENABLE_USER_TRIGGER, &now, &one));
    EXPECT_FALSE(now);
  }
  unlink(path.c_str());
}

} // namespace
