// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fixture.h"

#include <cstring>
#include <dlfcn.h>
#include <string>
#include <thread>
#include <unistd.h>

using nvmlSystemTest = Nvml;

TEST(nvmlInitTest, starts_are_counted) {
  unsigned count = 0;
  EXPECT_EQ(NVML_ERROR_UNINITIALIZED, nvmlDeviceGetCount(&count));
  EXPECT_EQ(NVML_ERROR_UNINITIALIZED, nvmlShutdown());
  EXPECT_NVML(nvmlInit());
  EXPECT_NVML(nvmlInitWithFlags(NVML_INIT_FLAG_NO_GPUS));
  EXPECT_NVML(nvmlShutdown());
  EXPECT_NVML(nvmlDeviceGetCount(&count));
  EXPECT_EQ(2u, count); // CUDA_VISIBLE_DEVICES is not NVML's
  EXPECT_NVML(nvmlShutdown());
  EXPECT_EQ(NVML_ERROR_UNINITIALIZED, nvmlDeviceGetCount(&count));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlInitWithFlags(0x80000000));
}

TEST(nvmlInitTest, old_symbols_are_there) {
  for (const char* name :
       {"nvmlInit", "nvmlDeviceGetCount", "nvmlDeviceGetHandleByIndex", "nvmlDeviceGetPciInfo",
        "nvmlDeviceGetPciInfo_v2", "nvmlDeviceGetComputeRunningProcesses",
        "nvmlDeviceGetComputeRunningProcesses_v2", "nvmlEventSetWait", "nvmlVgpuTypeGetName"})
    EXPECT_TRUE(dlsym(RTLD_DEFAULT, name)) << name;
}

TEST(nvmlErrorStringTest, every_code_has_a_text) {
  for (int code = 0; code <= NVML_ERROR_RESET_TYPE_NOT_SUPPORTED; ++code)
    EXPECT_GT(strlen(nvmlErrorString(nvmlReturn_t(code))), 3u) << code;
  EXPECT_STREQ(nvmlErrorString(nvmlReturn_t(12345)), nvmlErrorString(nvmlReturn_t(54321)));
}

TEST_F(nvmlSystemTest, versions) {
  char text[NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE];
  EXPECT_NVML(nvmlSystemGetDriverVersion(text, sizeof text));
  EXPECT_EQ(580, atoi(text)); // CUDA 13.0's branch
  EXPECT_EQ(NVML_ERROR_INSUFFICIENT_SIZE, nvmlSystemGetDriverVersion(text, 3));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlSystemGetDriverVersion(nullptr, 80));
  EXPECT_NVML(nvmlSystemGetNVMLVersion(text, sizeof text));
  EXPECT_EQ(13, atoi(text));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlSystemGetNVMLVersion(nullptr, 80));
  int cuda = 0;
  EXPECT_NVML(nvmlSystemGetCudaDriverVersion(&cuda));
  EXPECT_EQ(13000, cuda);
  EXPECT_NVML(nvmlSystemGetCudaDriverVersion_v2(&cuda));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlSystemGetCudaDriverVersion(nullptr));
  nvmlSystemDriverBranchInfo_t branch = {};
  EXPECT_EQ(NVML_ERROR_ARGUMENT_VERSION_MISMATCH, nvmlSystemGetDriverBranch(&branch, 80));
  branch.version = nvmlSystemDriverBranchInfo_v1;
  EXPECT_NVML(nvmlSystemGetDriverBranch(&branch, 80));
  EXPECT_EQ(0, strncmp(branch.branch, "r580", 4));
  EXPECT_EQ(NVML_ERROR_INSUFFICIENT_SIZE, nvmlSystemGetDriverBranch(&branch, 2));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlSystemGetDriverBranch(nullptr, 80));
}

TEST_F(nvmlSystemTest, process_names) {
  char name[256];
  EXPECT_NVML(nvmlSystemGetProcessName(unsigned(getpid()), name, sizeof name));
  EXPECT_NE(std::string(name).find("test_api_nvml"), std::string::npos) << name;
  EXPECT_NVML(nvmlSystemGetProcessName(unsigned(getpid()), name, 4)); // cut
  EXPECT_EQ(3u, strlen(name));
  EXPECT_EQ(NVML_ERROR_NOT_FOUND, nvmlSystemGetProcessName(0x7fffffff, name, sizeof name));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlSystemGetProcessName(1, nullptr, 10));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlSystemGetProcessName(1, name, 0));
}

TEST_F(nvmlSystemTest, what_is_not_there) {
  unsigned count = 7;
  EXPECT_NVML(nvmlUnitGetCount(&count));
  EXPECT_EQ(0u, count);
  count = 7;
  EXPECT_NVML(nvmlSystemGetHicVersion(&count, nullptr));
  EXPECT_EQ(0u, count);
  count = 7;
  EXPECT_NVML(nvmlGetExcludedDeviceCount(&count));
  EXPECT_EQ(0u, count);
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlUnitGetCount(nullptr));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlSystemGetHicVersion(nullptr, nullptr));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlGetExcludedDeviceCount(nullptr));
  nvmlEnableState_t current, pending;
  EXPECT_EQ(NVML_ERROR_NOT_SUPPORTED, nvmlDeviceGetEccMode(first, &current, &pending));
  EXPECT_EQ(NVML_ERROR_NOT_SUPPORTED, nvmlDeviceGetAccountingMode(first, &current));
  EXPECT_EQ(NVML_ERROR_NOT_SUPPORTED, nvmlDeviceGetNvLinkState(first, 0, &current));
  unsigned mig, pendingMig;
  EXPECT_EQ(NVML_ERROR_NOT_SUPPORTED, nvmlDeviceGetMigMode(first, &mig, &pendingMig));
  unsigned speed;
  EXPECT_EQ(NVML_ERROR_NOT_SUPPORTED, nvmlDeviceGetFanSpeed(first, &speed));
}

TEST_F(nvmlSystemTest, from_many_threads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([this] {
      for (int i = 0; i < 50; ++i) {
        EXPECT_NVML(nvmlInit());
        nvmlMemory_t memory;
        EXPECT_NVML(nvmlDeviceGetMemoryInfo(second, &memory));
        nvmlUtilization_t use;
        EXPECT_NVML(nvmlDeviceGetUtilizationRates(first, &use));
        EXPECT_NVML(nvmlShutdown());
      }
    });
  for (std::thread& thread : threads)
    thread.join();
}
