// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory and events between processes: the test starts itself again as the other process, which
// gets the handles in the environment and answers with its exit status.
#include "fixture.h"

#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace {

template <typename Handle> std::string hex(const Handle& handle) {
  std::string text;
  for (size_t i = 0; i < sizeof handle; ++i) {
    char digits[3];
    snprintf(digits, sizeof digits, "%02x", reinterpret_cast<const unsigned char*>(&handle)[i]);
    text += digits;
  }
  return text;
}

template <typename Handle> bool fromEnvironment(const char* name, Handle& handle) {
  const char* text = getenv(name);
  if (!text || strlen(text) != 2 * sizeof handle)
    return false;
  for (size_t i = 0; i < sizeof handle; ++i) {
    unsigned value = 0;
    sscanf(text + 2 * i, "%2x", &value);
    reinterpret_cast<unsigned char*>(&handle)[i] = static_cast<unsigned char>(value);
  }
  return true;
}

class cuIpcTest : public WithContext {
protected:
  // Runs one of the tests below in a process of its own; gives its process id.
  pid_t start(const char* test, const std::string& memory, const std::string& event) {
    std::string filter = std::string("--gtest_filter=cuIpcTest.DISABLED_") + test;
    pid_t child = fork();
    if (child == 0) {
      setenv("TEST_IPC_MEMORY", memory.c_str(), 1);
      setenv("TEST_IPC_EVENT", event.c_str(), 1);
      execl("/proc/self/exe", "other process", filter.c_str(), "--gtest_also_run_disabled_tests",
            "--gtest_brief=1", nullptr);
      _exit(99);
    }
    return child;
  }
  static int finish(pid_t child) {
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
};

} // namespace

// The other process: opens the memory, looks at it and writes to it.
TEST_F(cuIpcTest, DISABLED_opens) {
  CUipcMemHandle handle;
  ASSERT_TRUE(fromEnvironment("TEST_IPC_MEMORY", handle));
  CUdeviceptr memory = 0, again = 0;
  ASSERT_CU(cuIpcOpenMemHandle(&memory, handle, CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS));
  ASSERT_CU(cuIpcOpenMemHandle(&again, handle, CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS));
  EXPECT_EQ(memory, again);
  EXPECT_CU(cuIpcCloseMemHandle(again));
  EXPECT_EQ((std::vector<int>{1, 2, 3, 4}), download<int>(memory, 4));
  unsigned type = 0;
  EXPECT_CU(cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, memory));
  EXPECT_EQ(unsigned(CU_MEMORYTYPE_DEVICE), type);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemFree(memory));
  EXPECT_CU(cuMemsetD32(memory + 8, 77, 2));
  EXPECT_CU(cuIpcCloseMemHandle(memory));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuIpcCloseMemHandle(memory));
}

// The other process: waits for the event in a stream, then doubles what it finds and records it.
TEST_F(cuIpcTest, DISABLED_waits_and_records) {
  CUipcMemHandle memoryHandle;
  CUipcEventHandle eventHandle;
  ASSERT_TRUE(fromEnvironment("TEST_IPC_MEMORY", memoryHandle));
  ASSERT_TRUE(fromEnvironment("TEST_IPC_EVENT", eventHandle));
  CUdeviceptr memory = 0;
  CUevent event = nullptr;
  CUstream stream = nullptr;
  ASSERT_CU(cuIpcOpenMemHandle(&memory, memoryHandle, CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS));
  ASSERT_CU(cuIpcOpenEventHandle(&event, eventHandle));
  ASSERT_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  EXPECT_CU(cuStreamWaitEvent(stream, event, 0));
  int value = 0;
  EXPECT_CU(cuMemcpyDtoHAsync(&value, memory, 4, stream)); // pageable: done when it returns
  EXPECT_EQ(5, value);
  EXPECT_CU(cuMemsetD32Async(memory, 2u * unsigned(value), 1, stream));
  EXPECT_CU(cuEventRecord(event, stream));
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_CU(cuEventDestroy(event));
  EXPECT_CU(cuIpcCloseMemHandle(memory));
}

TEST_F(cuIpcTest, memory_is_the_same_in_both_processes) {
  for (size_t bytes : {size_t(16), size_t(1) << 20}) { // among others in one chunk, and on its own
    CUdeviceptr before = upload(std::vector<int>{9}), memory = 0;
    ASSERT_CU(cuMemAlloc(&memory, bytes));
    int values[] = {1, 2, 3, 4};
    ASSERT_CU(cuMemcpyHtoD(memory, values, sizeof values));
    CUipcMemHandle handle;
    ASSERT_CU(cuIpcGetMemHandle(&handle, memory));
    EXPECT_EQ(9, download<int>(before, 1)[0]); // neighbours keep what they hold
    EXPECT_EQ(0, finish(start("opens", hex(handle), "")));
    EXPECT_EQ((std::vector<int>{1, 2, 77, 77}), download<int>(memory, 4));
    CUipcMemHandle second;
    EXPECT_CU(cuIpcGetMemHandle(&second, memory));
    EXPECT_EQ(hex(handle), hex(second));
    EXPECT_CU(cuMemFree(memory));
    EXPECT_CU(cuMemFree(before));
  }
}

TEST_F(cuIpcTest, a_stream_waits_for_the_other_process) {
  CUdeviceptr memory = 0;
  CUevent event = nullptr;
  ASSERT_CU(cuMemAlloc(&memory, 64));
  ASSERT_CU(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING | CU_EVENT_INTERPROCESS));
  CUipcMemHandle memoryHandle;
  CUipcEventHandle eventHandle;
  ASSERT_CU(cuIpcGetMemHandle(&memoryHandle, memory));
  ASSERT_CU(cuIpcGetEventHandle(&eventHandle, event));
  // The record is behind a host function that takes its time.
  CUstream stream = nullptr;
  ASSERT_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  ASSERT_CU(cuLaunchHostFunc(
      stream, [](void*) { std::this_thread::sleep_for(std::chrono::milliseconds(300)); }, nullptr));
  ASSERT_CU(cuMemsetD32Async(memory, 5, 1, stream));
  ASSERT_CU(cuEventRecord(event, stream));
  EXPECT_EQ(CUDA_ERROR_NOT_READY, cuEventQuery(event));
  pid_t child = start("waits_and_records", hex(memoryHandle), hex(eventHandle));
  EXPECT_EQ(0, finish(child));
  // The latest record is the other process's, and it has ended.
  EXPECT_CU(cuEventQuery(event));
  EXPECT_CU(cuEventSynchronize(event));
  EXPECT_CU(cuStreamWaitEvent(stream, event, 0));
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(10, download<int>(memory, 1)[0]);
  EXPECT_CU(cuEventDestroy(event));
  EXPECT_CU(cuStreamDestroy(stream));
  EXPECT_CU(cuMemFree(memory));
}

TEST_F(cuIpcTest, what_cannot_be_exported_or_opened) {
  CUipcMemHandle handle = {};
  CUipcEventHandle eventHandle = {};
  CUdeviceptr memory = 0, opened = 0;
  void* pinned = nullptr;
  CUevent plain = nullptr, opening = nullptr;
  ASSERT_CU(cuMemHostAlloc(&pinned, 64, 0));
  ASSERT_CU(cuMemAlloc(&memory, 64));
  ASSERT_CU(cuEventCreate(&plain, CU_EVENT_DISABLE_TIMING));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuIpcGetMemHandle(&handle, CUdeviceptr(pinned)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuIpcGetMemHandle(&handle, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuIpcGetMemHandle(nullptr, memory));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuIpcGetEventHandle(&eventHandle, plain));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuIpcOpenEventHandle(&opening, eventHandle));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuIpcOpenMemHandle(&opened, handle, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuIpcCloseMemHandle(memory));
  ASSERT_CU(cuIpcGetMemHandle(&handle, memory));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuIpcOpenMemHandle(&opened, handle, 2));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuIpcOpenMemHandle(&opened, handle, 1)); // our own
  EXPECT_CU(cuMemFree(memory));
  EXPECT_CU(cuMemFreeHost(pinned));
  EXPECT_CU(cuEventDestroy(plain));
}
