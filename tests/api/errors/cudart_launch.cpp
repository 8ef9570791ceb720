// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Launches, events, streams and captures; code that cannot be loaded; a process that ends.
#include "runtime_errors.h"

#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace {

using RuntimeLaunchErrors = RuntimeErrors;

std::vector<ErrorCase> launches(const void* f, cudaLaunchConfig_t& config, void** args,
                                unsigned threads = 1) {
  config.gridDim = 1;
  config.blockDim = threads;
  return {{"cudaLaunchKernel",
           [=, &config] { return cudaLaunchKernel(f, 1, threads, args, 0, config.stream); }},
          {"cudaLaunchKernelExC", [=, &config] { return cudaLaunchKernelExC(&config, f, args); }},
          {"cudaLaunchCooperativeKernel", [=, &config] {
             return cudaLaunchCooperativeKernel(f, 1, threads, args, 0, config.stream);
           }}};
}

TEST_F(RuntimeLaunchErrors, launches) {
  Program broken(kBroken), future(kFuture), machineCode("SASS", true);
  cudaLaunchConfig_t config = {};
  config.stream = stream;
  expectAll(cudaSuccess, launches(program.store(), config, storing(3)));
  expectAll(cudaErrorInvalidDeviceFunction, launches(host, config, storing(3)));
  expectAll(cudaErrorInvalidConfiguration, launches(program.store(), config, storing(3), 2000));
  expectAll(cudaErrorInvalidConfiguration, launches(program.store(), config, storing(3), 0));
  expectAll(cudaErrorInvalidPtx, launches(broken.f(), config, nullptr));
  expectAll(cudaErrorUnsupportedPtxVersion, launches(future.f(), config, nullptr));
  expectAll(cudaErrorNoKernelImageForDevice, launches(machineCode.f(), config, nullptr));
  FAILS(CooperativeLaunchTooLarge,
        cudaLaunchCooperativeKernel(program.trap(), 1u << 30, 1, nullptr, 0, stream));
  int blocks = 0;
  EXPECT_OK(cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(&blocks, program.store(), 64, 0,
                                                                   cudaOccupancyDefault));
  EXPECT_GE(blocks, 1);
  FAILS(InvalidValue, cudaFuncSetAttribute(program.store(), cudaFuncAttribute(99), 1));
  FAILS(InvalidDeviceFunction,
        cudaKernelSetAttributeForDevice(cudaKernel_t(host),
                                        cudaFuncAttributeMaxDynamicSharedMemorySize, 64, 0));
}

// cudaGetLastError() and cudaPeekAtLastError() give what the call before them has given.
TEST_F(RuntimeLaunchErrors, the_last_error) {
  Program broken(kBroken), future(kFuture), machineCode("SASS", true);
  void* p = nullptr;
  cudaArray_t array = nullptr;
  cudaChannelFormatDesc odd = {7, 0, 0, 0, cudaChannelFormatKindSigned};
  const std::pair<cudaError_t, std::function<cudaError_t()>> cases[] = {
      {cudaErrorInvalidValue, [&] { return cudaMalloc(nullptr, 4); }},
      {cudaErrorMemoryAllocation, [&] { return cudaMalloc(&p, kTooMuch); }},
      {cudaErrorInvalidDevice, [&] { return cudaSetDevice(99); }},
      {cudaErrorInvalidResourceHandle, [&] { return cudaEventRecord(nullptr, stream); }},
      {cudaErrorInvalidMemcpyDirection,
       [&] { return cudaMemcpy(memory, host, 4, cudaMemcpyKind(9)); }},
      {cudaErrorInvalidPitchValue,
       [&] { return cudaMemcpy2D(memory, 4, host, 4, 8, 2, cudaMemcpyDefault); }},
      {cudaErrorInvalidSymbol,
       [&] { return cudaMemcpyToSymbol(&p, host, 4, 0, cudaMemcpyHostToDevice); }},
      {cudaErrorInvalidChannelDescriptor, [&] { return cudaMallocArray(&array, &odd, 4); }},
      {cudaErrorInvalidDeviceFunction,
       [&] { return cudaLaunchKernel(host, 1, 1, nullptr, 0, stream); }},
      {cudaErrorInvalidConfiguration,
       [&] { return cudaLaunchKernel(program.trap(), 1, 2000, nullptr, 0, stream); }},
      {cudaErrorInvalidPtx, [&] { return cudaLaunchKernel(broken.f(), 1, 1, nullptr, 0, stream); }},
      {cudaErrorUnsupportedPtxVersion,
       [&] { return cudaLaunchKernel(future.f(), 1, 1, nullptr, 0, stream); }},
      {cudaErrorNoKernelImageForDevice,
       [&] { return cudaLaunchKernel(machineCode.f(), 1, 1, nullptr, 0, stream); }},
  };
  for (const auto& [error, call] : cases) {
    EXPECT_EQ(error, call());
    EXPECT_EQ(error, cudaPeekAtLastError());
    EXPECT_EQ(error, cudaGetLastError());
    EXPECT_EQ(cudaSuccess, cudaGetLastError());
  }
}

TEST_F(RuntimeLaunchErrors, after_a_kernel_that_trapped) {
  cudaEvent_t end = nullptr, made = nullptr;
  float time = 0;
  size_t free = 0, total = 0;
  ASSERT_OK(cudaEventCreate(&end));
  ASSERT_OK(cudaEventRecord(event, stream));
  ASSERT_OK(cudaEventRecord(end, stream));
  ASSERT_OK(cudaEventSynchronize(end));
  EXPECT_OK(cudaLaunchKernel(program.trap(), 1, 1, nullptr, 0, stream));
  FAILS(LaunchFailure, cudaStreamSynchronize(stream));
  const std::vector<ErrorCase> cases = {
      CASE(cudaEventCreate(&made)),
      CASE(cudaEventCreateWithFlags(&made, cudaEventDisableTiming)),
      CASE(cudaEventRecord(event, stream)),
      CASE(cudaEventRecordWithFlags(event, stream, 0)),
      CASE(cudaEventQuery(event)),
      CASE(cudaEventSynchronize(event)),
      CASE(cudaEventElapsedTime(&time, event, end)),
      CASE(cudaEventDestroy(end)),
      CASE(cudaMemGetInfo(&free, &total)),
      CASE(cudaPeekAtLastError()),
      CASE(cudaGetLastError()),
      CASE(cudaGetLastError()), // it stays
  };
  expectAll(cudaErrorLaunchFailure, cases);
}

TEST_F(RuntimeLaunchErrors, streams_and_captures) {
  cudaStream_t blocking = nullptr;
  cudaGraph_t captured = nullptr;
  cudaStreamCaptureStatus status;
  unsigned long long id = 0;
  const cudaGraphNode_t* dependencies = nullptr;
  size_t count = 0;
  FAILS(InvalidResourceHandle,
        cudaStreamAddCallback(
            cudaStream_t(host), [](cudaStream_t, cudaError_t, void*) {}, nullptr, 0));
  ASSERT_OK(cudaEventRecord(event, stream));
  FAILS(InvalidValue, cudaStreamWaitEvent(stream, event, 99));
  ASSERT_OK(cudaStreamCreate(&blocking));
  ASSERT_OK(cudaStreamBeginCapture(blocking, cudaStreamCaptureModeThreadLocal));
  FAILS(StreamCaptureImplicit, cudaStreamIsCapturing(nullptr, &status));
  FAILS(StreamCaptureImplicit, cudaStreamGetCaptureInfo(cudaStreamLegacy, &status, &id));
  std::thread([&] {
    FAILS(StreamCaptureWrongThread, cudaStreamEndCapture(blocking, &captured));
  }).join();
  EXPECT_OK(cudaStreamEndCapture(blocking, &captured));
  ASSERT_OK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed));
  FAILS(StreamCaptureUnsupported, cudaDeviceSynchronize());
  FAILS(StreamCaptureInvalidated, cudaStreamEndCapture(stream, &captured));
  ASSERT_OK(cudaStreamBeginCaptureToGraph(stream, graph, nullptr, nullptr, 0,
                                          cudaStreamCaptureModeRelaxed));
  EXPECT_OK(cudaLaunchKernel(program.store(), 1, 1, storing(1), 0, stream));
  // A programmatic launch leaves an edge with data, which the caller cannot be given.
  cudaLaunchAttribute early = {};
  early.id = cudaLaunchAttributeProgrammaticStreamSerialization;
  early.val.programmaticStreamSerializationAllowed = 1;
  cudaLaunchAttribute trigger = {};
  trigger.id = cudaLaunchAttributeProgrammaticEvent;
  cudaEvent_t before = nullptr;
  ASSERT_OK(cudaEventCreateWithFlags(&before, cudaEventDisableTiming));
  trigger.val.programmaticEvent.event = before;
  cudaLaunchConfig_t config = {};
  config.gridDim = config.blockDim = 1;
  config.stream = stream;
  config.attrs = &trigger;
  config.numAttrs = 1;
  EXPECT_OK(cudaLaunchKernelExC(&config, program.store(), storing(2)));
  ASSERT_OK(cudaStreamWaitEvent(stream, before, 0));
  cudaStream_t second = nullptr;
  ASSERT_OK(cudaStreamCreateWithFlags(&second, cudaStreamNonBlocking));
  ASSERT_OK(cudaStreamWaitEvent(second, before, 0));
  FAILS(LossyQuery,
        cudaStreamGetCaptureInfo(second, &status, &id, nullptr, &dependencies, nullptr, &count));
  cudaStreamEndCapture(stream, &captured); // `second` has not come back
}

TEST_F(RuntimeLaunchErrors, libraries) {
  std::string path = ::testing::TempDir() + "anywarp_library_" + std::to_string(getpid());
  std::ofstream(path, std::ios::binary) << kProgram;
  cudaLibrary_t library = nullptr;
  ASSERT_OK(
      cudaLibraryLoadFromFile(&library, path.c_str(), nullptr, nullptr, 0, nullptr, nullptr, 0));
  EXPECT_OK(cudaLibraryUnload(library));
  FAILS(InvalidValue, cudaLibraryUnload(library));
  FAILS(InvalidValue, cudaLibraryUnload(nullptr));
  auto machineCode = fatbinOf("SASS", true);
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(reinterpret_cast<const char*>(machineCode.data()), long(machineCode.size()));
  FAILS(NoKernelImageForDevice, cudaLibraryLoadData(&library, machineCode.data(), nullptr, nullptr,
                                                    0, nullptr, nullptr, 0));
  FAILS(NoKernelImageForDevice,
        cudaLibraryLoadFromFile(&library, path.c_str(), nullptr, nullptr, 0, nullptr, nullptr, 0));
  unlink(path.c_str());
}

TEST_F(RuntimeLaunchErrors, DISABLED_eager) {
  std::string path = ::testing::TempDir() + "anywarp_library_" + std::to_string(getpid());
  for (auto [error, text] : {std::pair{cudaErrorInvalidPtx, kBroken},
                             std::pair{cudaErrorUnsupportedPtxVersion, kFuture}}) {
    cudaLibrary_t library = nullptr;
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
    EXPECT_EQ(error, cudaLibraryLoadData(&library, text, nullptr, nullptr, 0, nullptr, nullptr, 0));
    EXPECT_EQ(error, cudaLibraryLoadFromFile(&library, path.c_str(), nullptr, nullptr, 0, nullptr,
                                             nullptr, 0));
  }
  unlink(path.c_str());
}

TEST_F(RuntimeLaunchErrors, libraries_that_are_loaded_eagerly) {
  EXPECT_EQ(0, inProcessWith("CUDA_MODULE_LOADING", "EAGER", "RuntimeLaunchErrors.DISABLED_eager"));
}

TEST_F(RuntimeLaunchErrors, DISABLED_without_compiler) {
  cudaLaunchConfig_t config = {};
  config.stream = stream;
  expectAll(cudaErrorSharedObjectInitFailed, launches(program.store(), config, storing(3)));
}

TEST_F(RuntimeLaunchErrors, the_compiler_is_missing) {
  namespace fs = std::filesystem;
  Dl_info info = {};
  ASSERT_TRUE(dladdr(dlsym(RTLD_DEFAULT, "cudaMalloc"), &info));
  fs::path made = fs::path(::testing::TempDir()) / ("anywarp_libs_" + std::to_string(getpid()));
  fs::create_directories(made);
  for (const auto& entry : fs::directory_iterator(fs::path(info.dli_fname).parent_path()))
    if (!entry.is_directory() &&
        entry.path().filename().string().find("compiler") == std::string::npos)
      fs::copy_file(entry.path(), made / entry.path().filename());
  setenv("ANYWARP_CACHE_DIR", made.c_str(), 1); // no kernel is compiled already
  EXPECT_EQ(0, inProcessWith("LD_LIBRARY_PATH", made.c_str(),
                             "RuntimeLaunchErrors.DISABLED_without_compiler"));
  unsetenv("ANYWARP_CACHE_DIR");
  fs::remove_all(made);
}

// What the manual lets say "the runtime unloads" or "no initialisation" of itself.
struct LifetimeCalls {
  cudaGraph_t graph = nullptr;
  cudaLibrary_t library = nullptr;

  int wrong(cudaError_t expected) const {
    int count = 0;
    auto check = [&](cudaError_t error, const char* name) {
      if (error != expected)
        fprintf(stderr, "%s: %s\n", name, cudaGetErrorName(error)), ++count;
    };
    cudaGraphNode_t node = nullptr;
    cudaMemAllocNodeParams allocation = {};
    allocation.poolProps.allocType = cudaMemAllocationTypePinned;
    allocation.poolProps.location = {cudaMemLocationTypeDevice, 0};
    allocation.bytesize = 64;
    cudaKernel_t kernel = nullptr;
    cudaLibrary_t other = nullptr;
    unsigned number = 0;
    void* p = nullptr;
    size_t bytes = 0;
    check(cudaGraphAddMemAllocNode(&node, graph, nullptr, 0, &allocation), "AddMemAllocNode");
    check(cudaGraphAddMemFreeNode(&node, graph, nullptr, 0, p), "AddMemFreeNode");
    check(cudaLibraryLoadData(&other, kProgram, nullptr, nullptr, 0, nullptr, nullptr, 0), "Load");
    check(cudaLibraryLoadFromFile(&other, "/", nullptr, nullptr, 0, nullptr, nullptr, 0), "File");
    check(cudaLibraryEnumerateKernels(&kernel, 1, library), "EnumerateKernels");
    check(cudaLibraryGetKernelCount(&number, library), "GetKernelCount");
    check(cudaLibraryGetKernel(&kernel, library, "trap"), "GetKernel");
    check(cudaLibraryGetGlobal(&p, &bytes, library, "variable"), "GetGlobal");
    check(cudaLibraryGetManaged(&p, &bytes, library, "variable"), "GetManaged");
    check(cudaLibraryGetUnifiedFunction(&p, library, "trap"), "GetUnifiedFunction");
    check(cudaLibraryUnload(library), "Unload");
    return count;
  }
  void make() {
    if (cudaGraphCreate(&graph, 0) ||
        cudaLibraryLoadData(&library, kProgram, nullptr, nullptr, 0, nullptr, nullptr, 0))
      _exit(2);
  }
};

struct CallsLate {
  LifetimeCalls calls;
  ~CallsLate() { _exit(calls.wrong(cudaErrorCudartUnloading)); }
};

TEST(RuntimeLifetimeErrors, while_the_process_ends) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        static CallsLate late; // made before the runtime: destroyed after it
        late.calls.make();
        exit(0);
      },
      ::testing::ExitedWithCode(0), "");
}

// A child that was forked cannot use CUDA.
TEST(RuntimeLifetimeErrors, in_a_forked_child) {
  LifetimeCalls calls;
  calls.make();
  pid_t child = fork();
  if (child == 0)
    _exit(calls.wrong(cudaErrorInitializationError));
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(0, WEXITSTATUS(status));
}

} // namespace
