// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program of NVRTC that frees itself, and a kernel that was made of one.
#pragma once

#include <cuda.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nvrtc.h>
#include <string>
#include <utility>
#include <vector>

class Program {
public:
  explicit Program(const std::string& source, const char* name = nullptr,
                   const std::vector<std::pair<const char*, const char*>>& headers = {}) {
    std::vector<const char*> names, texts;
    for (auto [header, text] : headers)
      names.push_back(header), texts.push_back(text);
    EXPECT_EQ(nvrtcCreateProgram(&handle, source.c_str(), name, int(headers.size()), texts.data(),
                                 names.data()),
              NVRTC_SUCCESS);
  }
  Program(const Program&) = delete;
  ~Program() { nvrtcDestroyProgram(&handle); }

  nvrtcResult compile(const std::vector<const char*>& options = {}) {
    return nvrtcCompileProgram(handle, int(options.size()), options.data());
  }
  std::string log() const { return text(nvrtcGetProgramLogSize, nvrtcGetProgramLog); }
  std::string ptx() const { return text(nvrtcGetPTXSize, nvrtcGetPTX); }
  std::string cubin() const {
    size_t size = 0;
    EXPECT_EQ(nvrtcGetCUBINSize(handle, &size), NVRTC_SUCCESS);
    std::string out(size, '\0');
    EXPECT_EQ(nvrtcGetCUBIN(handle, out.data()), NVRTC_SUCCESS);
    return out;
  }
  std::string lto() const {
    size_t size = 0;
    EXPECT_EQ(nvrtcGetLTOIRSize(handle, &size), NVRTC_SUCCESS);
    std::string out(size, '\0');
    EXPECT_EQ(nvrtcGetLTOIR(handle, out.data()), NVRTC_SUCCESS);
    return out;
  }
  std::string lowered(const char* expression) const {
    const char* name = nullptr;
    EXPECT_EQ(nvrtcGetLoweredName(handle, expression, &name), NVRTC_SUCCESS) << expression;
    return name ? name : "";
  }

  nvrtcProgram handle = nullptr;

private:
  std::string text(nvrtcResult (*size)(nvrtcProgram, size_t*),
                   nvrtcResult (*copy)(nvrtcProgram, char*)) const {
    size_t bytes = 0;
    EXPECT_EQ(size(handle, &bytes), NVRTC_SUCCESS);
    EXPECT_GE(bytes, 1u); // the NUL
    std::string out(bytes, '?');
    EXPECT_EQ(copy(handle, out.data()), NVRTC_SUCCESS);
    EXPECT_EQ(out.back(), '\0');
    out.pop_back();
    return out;
  }
};

// The primary context of device 0, and what runs in it.
class Run : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_EQ(cuInit(0), CUDA_SUCCESS);
    ASSERT_EQ(cuDevicePrimaryCtxRetain(&context_, 0), CUDA_SUCCESS);
    ASSERT_EQ(cuCtxSetCurrent(context_), CUDA_SUCCESS);
  }
  void TearDown() override { cuDevicePrimaryCtxRelease(0); }

  // Runs `kernel` of the image with one block; what it wrote to its only argument.
  template <typename T>
  std::vector<T> run(const std::string& image, const char* kernel, unsigned threads,
                     std::vector<T> data) {
    CUmodule module = nullptr;
    CUfunction function = nullptr;
    CUdeviceptr memory = 0;
    EXPECT_EQ(cuModuleLoadData(&module, image.c_str()), CUDA_SUCCESS);
    EXPECT_EQ(cuModuleGetFunction(&function, module, kernel), CUDA_SUCCESS) << kernel;
    EXPECT_EQ(cuMemAlloc(&memory, data.size() * sizeof(T)), CUDA_SUCCESS);
    EXPECT_EQ(cuMemcpyHtoD(memory, data.data(), data.size() * sizeof(T)), CUDA_SUCCESS);
    void* arguments[] = {&memory};
    EXPECT_EQ(cuLaunchKernel(function, 1, 1, 1, threads, 1, 1, 0, nullptr, arguments, nullptr),
              CUDA_SUCCESS);
    EXPECT_EQ(cuCtxSynchronize(), CUDA_SUCCESS);
    EXPECT_EQ(cuMemcpyDtoH(data.data(), memory, data.size() * sizeof(T)), CUDA_SUCCESS);
    cuMemFree(memory);
    cuModuleUnload(module);
    return data;
  }

private:
  CUcontext context_ = nullptr;
};
