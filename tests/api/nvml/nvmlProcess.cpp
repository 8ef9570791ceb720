// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory, processes and utilisation, of this process and of another one that comes, works, and is
// killed. CUDA's device 0 is NVML's second (CUDA_VISIBLE_DEVICES=1).
#include "fixture.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cuda.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using nvmlProcessTest = Nvml;

namespace {

constexpr size_t kMiB = size_t(1) << 20;

constexpr const char* kSpin = R"(
.version 7.0
.target sm_80
.address_size 64
.visible .entry spin(.param .u64 place, .param .u64 turns) {
  .reg .pred %p;
  .reg .b64 %rd<4>;
  ld.param.u64 %rd1, [place];
  ld.param.u64 %rd2, [turns];
  mov.u64 %rd3, 0;
again:
  st.volatile.global.u64 [%rd1], %rd3;
  add.u64 %rd3, %rd3, 1;
  setp.lt.u64 %p, %rd3, %rd2;
  @%p bra again;
  ret;
}
)";

struct Cuda {
  CUcontext context = nullptr;
  CUdeviceptr memory = 0;
  CUfunction spin = nullptr;
  bool good = false;

  explicit Cuda(size_t bytes) {
    CUmodule module = nullptr;
    good = cuInit(0) == CUDA_SUCCESS && cuCtxCreate(&context, nullptr, 0, 0) == CUDA_SUCCESS &&
           cuMemAlloc(&memory, bytes) == CUDA_SUCCESS &&
           cuModuleLoadData(&module, kSpin) == CUDA_SUCCESS &&
           cuModuleGetFunction(&spin, module, "spin") == CUDA_SUCCESS;
  }
  ~Cuda() { cuCtxDestroy(context); }
  void work(std::chrono::milliseconds time) {
    unsigned long long turns = 1000000;
    void* arguments[] = {&memory, &turns};
    cuLaunchKernel(spin, 1, 1, 1, 1, 1, 1, 0, nullptr, arguments, nullptr); // compiles
    cuCtxSynchronize();
    auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) {
      cuLaunchKernel(spin, 1, 1, 1, 1, 1, 1, 0, nullptr, arguments, nullptr);
      cuCtxSynchronize();
    }
  }
};

std::vector<nvmlProcessInfo_t> processes(nvmlDevice_t device) {
  unsigned count = 64;
  std::vector<nvmlProcessInfo_t> list(count);
  EXPECT_NVML(nvmlDeviceGetComputeRunningProcesses(device, &count, list.data()));
  list.resize(count);
  return list;
}

const nvmlProcessInfo_t* find(const std::vector<nvmlProcessInfo_t>& list, pid_t process) {
  auto it = std::find_if(list.begin(), list.end(),
                         [&](const nvmlProcessInfo_t& p) { return p.pid == unsigned(process); });
  return it == list.end() ? nullptr : &*it;
}

uint64_t used(nvmlDevice_t device) {
  nvmlMemory_v2_t memory = {};
  memory.version = nvmlMemory_v2;
  EXPECT_NVML(nvmlDeviceGetMemoryInfo_v2(device, &memory));
  EXPECT_EQ(memory.total, memory.used + memory.free + memory.reserved);
  return memory.used;
}

} // namespace

// Not a test: the other process. Says when it has memory and works until it is killed.
TEST(DISABLED_nvmlProcessTest, child) {
  Cuda cuda(64 * kMiB);
  [[maybe_unused]] ssize_t n = write(3, cuda.good ? "+" : "-", 1);
  cuda.work(std::chrono::seconds(30));
}

TEST_F(nvmlProcessTest, own_memory_and_context) {
  EXPECT_FALSE(find(processes(second), getpid()));
  {
    Cuda cuda(32 * kMiB);
    ASSERT_TRUE(cuda.good);
    auto list = processes(second);
    const nvmlProcessInfo_t* mine = find(list, getpid());
    ASSERT_TRUE(mine);
    EXPECT_GE(mine->usedGpuMemory, 32 * kMiB);
    EXPECT_EQ(0xffffffffu, mine->gpuInstanceId);
    EXPECT_GE(used(second), 32 * kMiB);
    EXPECT_FALSE(find(processes(first), getpid()));
    nvmlMemory_t memory;
    EXPECT_NVML(nvmlDeviceGetMemoryInfo(second, &memory));
    EXPECT_EQ(memory.total, memory.used + memory.free);
    nvmlBAR1Memory_t bar;
    EXPECT_NVML(nvmlDeviceGetBAR1MemoryInfo(second, &bar));
    EXPECT_EQ(memory.total, bar.bar1Total);
    cuda.work(std::chrono::milliseconds(400));
    nvmlUtilization_t use;
    EXPECT_NVML(nvmlDeviceGetUtilizationRates(second, &use));
    EXPECT_GT(use.gpu, 0u);
    EXPECT_LE(use.gpu, 100u);
  }
  EXPECT_FALSE(find(processes(second), getpid())); // no context any more
}

TEST_F(nvmlProcessTest, another_process_that_dies) {
  int pipe[2];
  ASSERT_EQ(0, ::pipe(pipe));
  pid_t child = fork();
  if (child == 0) {
    dup2(pipe[1], 3);
    execl("/proc/self/exe", "test_api_nvml", "--gtest_also_run_disabled_tests",
          "--gtest_filter=DISABLED_nvmlProcessTest.child", nullptr);
    _exit(1);
  }
  close(pipe[1]);
  char ready = 0;
  ASSERT_EQ(1, read(pipe[0], &ready, 1));
  close(pipe[0]);
  EXPECT_EQ('+', ready);
  auto list = processes(second);
  const nvmlProcessInfo_t* found = find(list, child);
  ASSERT_TRUE(found);
  EXPECT_GE(found->usedGpuMemory, 64 * kMiB);
  EXPECT_GE(used(second), 64 * kMiB);
  // It compiles its kernel first, which takes as long as it takes.
  nvmlUtilization_t use = {};
  bool busy = false;
  for (int tries = 0; tries < 100 && !(use.gpu > 0 && busy); ++tries) {
    usleep(200000);
    EXPECT_NVML(nvmlDeviceGetUtilizationRates(second, &use));
    nvmlProcessUtilizationSample_t samples[64];
    unsigned count = 64;
    EXPECT_NVML(nvmlDeviceGetProcessUtilization(second, samples, &count, 0));
    for (unsigned i = 0; i < count; ++i)
      busy |= samples[i].pid == unsigned(child) && samples[i].smUtil > 0;
  }
  EXPECT_GT(use.gpu, 0u);
  EXPECT_TRUE(busy);
  nvmlProcessesUtilizationInfo_t info = {};
  EXPECT_EQ(NVML_ERROR_ARGUMENT_VERSION_MISMATCH,
            nvmlDeviceGetProcessesUtilizationInfo(second, &info));
  info.version = nvmlProcessesUtilizationInfo_v1;
  EXPECT_EQ(NVML_ERROR_INSUFFICIENT_SIZE, nvmlDeviceGetProcessesUtilizationInfo(second, &info));
  std::vector<nvmlProcessUtilizationInfo_v1_t> room(info.processSamplesCount + 4);
  info.processSamplesCount = unsigned(room.size());
  info.procUtilArray = room.data();
  EXPECT_NVML(nvmlDeviceGetProcessesUtilizationInfo(second, &info));

  kill(child, SIGKILL);
  int status = 0;
  ASSERT_EQ(child, waitpid(child, &status, 0));
  EXPECT_FALSE(find(processes(second), child));
  std::string file = "/dev/shm/anywarp-usage." + std::to_string(child);
  EXPECT_NE(0, access(file.c_str(), F_OK)) << "left over: " << file;
}

TEST_F(nvmlProcessTest, room_and_bad_arguments) {
  Cuda cuda(kMiB);
  ASSERT_TRUE(cuda.good);
  unsigned count = 0;
  EXPECT_EQ(NVML_ERROR_INSUFFICIENT_SIZE,
            nvmlDeviceGetComputeRunningProcesses(second, &count, nullptr));
  EXPECT_GE(count, 1u);
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT,
            nvmlDeviceGetComputeRunningProcesses(second, &count, nullptr));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT,
            nvmlDeviceGetComputeRunningProcesses(second, nullptr, nullptr));
  nvmlProcessInfo_t infos[64];
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT,
            nvmlDeviceGetComputeRunningProcesses(wrong, &count, infos));
  count = 64;
  EXPECT_NVML(nvmlDeviceGetGraphicsRunningProcesses(second, &count, infos));
  EXPECT_EQ(0u, count);
  count = 64;
  EXPECT_NVML(nvmlDeviceGetMPSComputeRunningProcesses(second, &count, infos));
  EXPECT_EQ(0u, count);
  nvmlProcessDetailList_t list = {};
  EXPECT_EQ(NVML_ERROR_ARGUMENT_VERSION_MISMATCH,
            nvmlDeviceGetRunningProcessDetailList(second, &list));
  list.version = nvmlProcessDetailList_v1;
  EXPECT_EQ(NVML_ERROR_INSUFFICIENT_SIZE, nvmlDeviceGetRunningProcessDetailList(second, &list));
  nvmlProcessDetail_v1_t details[64];
  list.numProcArrayEntries = 64;
  list.procArray = details;
  EXPECT_NVML(nvmlDeviceGetRunningProcessDetailList(second, &list));
  EXPECT_GE(list.numProcArrayEntries, 1u);
  list.mode = 3;
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetRunningProcessDetailList(second, &list));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetUtilizationRates(second, nullptr));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetMemoryInfo(second, nullptr));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetBAR1MemoryInfo(wrong, nullptr));
  nvmlMemory_v2_t memory = {};
  EXPECT_EQ(NVML_ERROR_ARGUMENT_VERSION_MISMATCH, nvmlDeviceGetMemoryInfo_v2(second, &memory));
  nvmlProcessUtilizationSample_t samples[64];
  count = 64;
  EXPECT_EQ(NVML_ERROR_NOT_FOUND, nvmlDeviceGetProcessUtilization(second, samples, &count, ~0ull));
  count = 0;
  EXPECT_EQ(NVML_ERROR_INSUFFICIENT_SIZE,
            nvmlDeviceGetProcessUtilization(second, nullptr, &count, 0));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT,
            nvmlDeviceGetProcessUtilization(second, samples, nullptr, 0));
}

// Whether the machine tells is its business; what is told must make sense.
TEST_F(nvmlProcessTest, sensors_and_clocks) {
  auto told = [](nvmlReturn_t result) {
    EXPECT_TRUE(result == NVML_SUCCESS || result == NVML_ERROR_NOT_SUPPORTED) << result;
    return result == NVML_SUCCESS;
  };
  unsigned value = 0, most = 0;
  if (told(nvmlDeviceGetTemperature(first, NVML_TEMPERATURE_GPU, &value)))
    EXPECT_LT(value, 130u);
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT,
            nvmlDeviceGetTemperature(first, nvmlTemperatureSensors_t(3), &value));
  nvmlTemperature_t temperature = {};
  EXPECT_EQ(NVML_ERROR_ARGUMENT_VERSION_MISMATCH, nvmlDeviceGetTemperatureV(first, &temperature));
  temperature.version = nvmlTemperature_v1;
  told(nvmlDeviceGetTemperatureV(first, &temperature));
  told(nvmlDeviceGetTemperatureThreshold(first, NVML_TEMPERATURE_THRESHOLD_SHUTDOWN, &value));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT,
            nvmlDeviceGetTemperatureThreshold(first, NVML_TEMPERATURE_THRESHOLD_COUNT, &value));
  unsigned long long energy = 0;
  told(nvmlDeviceGetTotalEnergyConsumption(first, &energy));
  told(nvmlDeviceGetPowerUsage(first, &value));
  told(nvmlDeviceGetEnforcedPowerLimit(first, &value));
  told(nvmlDeviceGetPowerManagementLimit(first, &value));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetPowerUsage(first, nullptr));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetPowerUsage(wrong, &value));
  nvmlEnableState_t state;
  EXPECT_NVML(nvmlDeviceGetPowerManagementMode(first, &state));
  EXPECT_NVML(nvmlDeviceGetNumFans(first, &value));
  nvmlFanSpeedInfo_t fan = {};
  EXPECT_EQ(NVML_ERROR_ARGUMENT_VERSION_MISMATCH, nvmlDeviceGetFanSpeedRPM(first, &fan));
  fan.version = nvmlFanSpeedInfo_v1;
  told(nvmlDeviceGetFanSpeedRPM(first, &fan));

  EXPECT_NVML(nvmlDeviceGetClockInfo(first, NVML_CLOCK_SM, &value));
  EXPECT_NVML(nvmlDeviceGetMaxClockInfo(first, NVML_CLOCK_SM, &most));
  EXPECT_GT(value, 100u);
  EXPECT_GT(most, 100u);
  EXPECT_NVML(nvmlDeviceGetClock(first, NVML_CLOCK_SM, NVML_CLOCK_ID_CURRENT, &value));
  EXPECT_EQ(NVML_ERROR_NOT_SUPPORTED,
            nvmlDeviceGetClock(first, NVML_CLOCK_SM, NVML_CLOCK_ID_CUSTOMER_BOOST_MAX, &value));
  EXPECT_EQ(NVML_ERROR_NOT_SUPPORTED, nvmlDeviceGetClockInfo(first, NVML_CLOCK_VIDEO, &value));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetClockInfo(first, NVML_CLOCK_COUNT, &value));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT,
            nvmlDeviceGetMaxClockInfo(first, NVML_CLOCK_COUNT, &value));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT,
            nvmlDeviceGetClock(first, NVML_CLOCK_SM, NVML_CLOCK_ID_COUNT, &value));
  nvmlPstates_t pstate;
  EXPECT_NVML(nvmlDeviceGetPerformanceState(first, &pstate));
  EXPECT_EQ(NVML_PSTATE_0, pstate);
  EXPECT_NVML(nvmlDeviceGetPowerState(first, &pstate));
  unsigned long long reasons = 0, supported = 0;
  EXPECT_NVML(nvmlDeviceGetCurrentClocksEventReasons(first, &reasons));
  EXPECT_NVML(nvmlDeviceGetSupportedClocksEventReasons(first, &supported));
  EXPECT_EQ(0u, reasons & ~supported);
  EXPECT_NVML(nvmlDeviceGetCurrentClocksThrottleReasons(first, &reasons));
  EXPECT_NVML(nvmlDeviceGetSupportedClocksThrottleReasons(first, &supported));

  nvmlFieldValue_t fields[3] = {};
  fields[0].fieldId = NVML_FI_DEV_TOTAL_ENERGY_CONSUMPTION;
  fields[1].fieldId = NVML_FI_DEV_MEMORY_TEMP;
  fields[2].fieldId = NVML_FI_MAX + 7;
  EXPECT_NVML(nvmlDeviceGetFieldValues(first, 3, fields));
  told(fields[0].nvmlReturn);
  EXPECT_EQ(NVML_ERROR_NOT_SUPPORTED, fields[1].nvmlReturn);
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, fields[2].nvmlReturn);
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetFieldValues(first, 0, fields));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetFieldValues(first, 1, nullptr));
}
