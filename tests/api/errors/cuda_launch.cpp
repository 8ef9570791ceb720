// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Launches that are refused, and launches in a context whose kernel has failed.
#include "errors.h"

#include <dlfcn.h>
#include <filesystem>
#include <unistd.h>

namespace {

class CudaLaunchErrors : public CudaErrors {
protected:
  // All ways to launch a kernel without parameters.
  std::vector<ErrorCase> launches(CUfunction function, unsigned blocks = 1) {
    f = function;
    grid = blocks;
    config = {};
    config.gridDimX = grid, config.gridDimY = config.gridDimZ = 1;
    config.blockDimX = config.blockDimY = config.blockDimZ = 1;
    config.hStream = stream;
    params = {};
    params.function = f;
    params.gridDimX = grid, params.gridDimY = params.gridDimZ = 1;
    params.blockDimX = params.blockDimY = params.blockDimZ = 1;
    params.hStream = stream;
    return {CASE(cuLaunch(f)),
            CASE(cuLaunchGrid(f, int(grid), 1)),
            CASE(cuLaunchGridAsync(f, int(grid), 1, stream)),
            CASE(cuLaunchKernel(f, grid, 1, 1, 1, 1, 1, 0, stream, nullptr, nullptr)),
            CASE(cuLaunchKernelEx(&config, f, nullptr, nullptr)),
            CASE(cuLaunchCooperativeKernel(f, grid, 1, 1, 1, 1, 1, 0, stream, nullptr)),
            CASE(cuLaunchCooperativeKernelMultiDevice(&params, 1, 0))};
  }
  CUfunction f = nullptr;
  unsigned grid = 1;
  CUlaunchConfig config = {};
  CUDA_LAUNCH_PARAMS params = {};
};

TEST_F(CudaLaunchErrors, after_a_kernel_that_trapped) {
  CUfunction fail = function("fail");
  ASSERT_CU(cuFuncSetBlockShape(fail, 1, 1, 1));
  std::vector<ErrorCase> all = launches(fail);
  EXPECT_CU(launch(fail, stream));
  FAILS(LAUNCH_FAILED, cuStreamSynchronize(stream));
  expectAll(CUDA_ERROR_LAUNCH_FAILED, all);
}

constexpr const char* kEndless = R"(
.version 8.0
.target sm_70
.address_size 64
.visible .entry endless(.param .u64 p)
{
  .reg .b64 %rd<2>;
  .reg .b32 %r<2>;
  ld.param.u64 %rd1, [p];
again:
  atom.global.add.u32 %r1, [%rd1], 1;
  bra.uni again;
}
.visible .entry empty() { ret; }
)";

// With ANYWARP_WATCHDOG, which is read when the process starts.
TEST_F(CudaLaunchErrors, DISABLED_timeout) {
  CUmodule m = nullptr;
  CUfunction endless = nullptr, empty = nullptr;
  ASSERT_CU(cuModuleLoadData(&m, kEndless));
  ASSERT_CU(cuModuleGetFunction(&endless, m, "endless"));
  ASSERT_CU(cuModuleGetFunction(&empty, m, "empty"));
  ASSERT_CU(cuFuncSetBlockShape(empty, 1, 1, 1));
  std::vector<ErrorCase> all = launches(empty);
  void* params[] = {&pointer};
  ASSERT_CU(cuLaunchKernel(endless, 1, 1, 1, 1, 1, 1, 0, stream, params, nullptr));
  FAILS(LAUNCH_TIMEOUT, cuStreamSynchronize(stream));
  expectAll(CUDA_ERROR_LAUNCH_TIMEOUT, all);
}

TEST_F(CudaLaunchErrors, after_a_kernel_that_took_too_long) {
  EXPECT_EQ(0, inProcessWith("ANYWARP_WATCHDOG", "1", "CudaLaunchErrors.DISABLED_timeout"));
}

// With libraries but for the one that compiles.
TEST_F(CudaLaunchErrors, DISABLED_without_compiler) {
  CUfunction fail = function("fail");
  ASSERT_CU(cuFuncSetBlockShape(fail, 1, 1, 1));
  expectAll(CUDA_ERROR_SHARED_OBJECT_INIT_FAILED, launches(fail));
}

TEST_F(CudaLaunchErrors, the_compiler_is_missing) {
  namespace fs = std::filesystem;
  Dl_info info = {};
  ASSERT_TRUE(dladdr(dlsym(RTLD_DEFAULT, "cuInit"), &info));
  fs::path made = fs::path(::testing::TempDir()) / ("anywarp_libs_" + std::to_string(getpid()));
  fs::create_directories(made);
  for (const auto& entry : fs::directory_iterator(fs::path(info.dli_fname).parent_path()))
    if (!entry.is_directory() &&
        entry.path().filename().string().find("compiler") == std::string::npos)
      fs::copy_file(entry.path(), made / entry.path().filename());
  setenv("ANYWARP_CACHE_DIR", made.c_str(), 1); // no kernel is compiled already
  EXPECT_EQ(0, inProcessWith("LD_LIBRARY_PATH", made.c_str(),
                             "CudaLaunchErrors.DISABLED_without_compiler"));
  unsetenv("ANYWARP_CACHE_DIR");
  fs::remove_all(made);
}

TEST_F(CudaLaunchErrors, too_large) {
  CUfunction empty = function("fail"); // never runs
  constexpr unsigned kMany = 1u << 30;
  std::vector<ErrorCase> all = launches(empty, kMany);
  CUlaunchAttribute cooperative = {};
  cooperative.id = CU_LAUNCH_ATTRIBUTE_COOPERATIVE;
  cooperative.value.cooperative = 1;
  config.attrs = &cooperative;
  config.numAttrs = 1;
  FAILS(COOPERATIVE_LAUNCH_TOO_LARGE, cuLaunchKernelEx(&config, empty, nullptr, nullptr));
  FAILS(COOPERATIVE_LAUNCH_TOO_LARGE,
        cuLaunchCooperativeKernel(empty, kMany, 1, 1, 1, 1, 1, 0, stream, nullptr));
  FAILS(COOPERATIVE_LAUNCH_TOO_LARGE, cuLaunchCooperativeKernelMultiDevice(&params, 1, 0));
}

TEST_F(CudaLaunchErrors, values) {
  FAILS(INVALID_VALUE, cuLaunch(bump)); // no block shape was set
  ASSERT_CU(cuFuncSetBlockShape(bump, 1, 1, 1));
  FAILS(INVALID_VALUE, cuLaunchGrid(bump, 0, 1));
  FAILS(INVALID_VALUE, cuLaunchGridAsync(bump, 1, 0, stream));
  FAILS(INVALID_VALUE, cuLaunchCooperativeKernel(bump, 0, 1, 1, 1, 1, 1, 0, stream, nullptr));
}

// "Passing arguments of the wrong size ... is equivalent to passing too many arguments and can also
// result in this error."
TEST_F(CudaLaunchErrors, too_many_arguments) {
  unsigned char block[256] = {};
  size_t bytes = sizeof block;
  void* extra[] = {CU_LAUNCH_PARAM_BUFFER_POINTER, block, CU_LAUNCH_PARAM_BUFFER_SIZE, &bytes,
                   CU_LAUNCH_PARAM_END};
  launches(bump);
  FAILS(LAUNCH_OUT_OF_RESOURCES, cuLaunchKernel(bump, 1, 1, 1, 1, 1, 1, 0, stream, nullptr, extra));
  FAILS(LAUNCH_OUT_OF_RESOURCES, cuLaunchKernelEx(&config, bump, nullptr, extra));
  ASSERT_CU(cuFuncSetBlockShape(bump, 1, 1, 1));
  ASSERT_CU(cuParamSetSize(bump, sizeof block));
  FAILS(LAUNCH_OUT_OF_RESOURCES, cuLaunch(bump));
  FAILS(LAUNCH_OUT_OF_RESOURCES, cuLaunchGrid(bump, 1, 1));
  FAILS(LAUNCH_OUT_OF_RESOURCES, cuLaunchGridAsync(bump, 1, 1, stream));
  bytes = 8; // too few
  FAILS(INVALID_VALUE, cuLaunchKernel(bump, 1, 1, 1, 1, 1, 1, 0, stream, nullptr, extra));
}

} // namespace
