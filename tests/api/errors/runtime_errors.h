// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For the tests of the runtime API's errors: a program as a compiler registers it, and one line for
// a pair of function and error.
#pragma once

#include "../cudart/registration.h"
#include "../two_processes.h"
#include "image/writer.h"

#include <cstring>
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

#define EXPECT_OK(call) EXPECT_EQ(cudaSuccess, (call))
#define ASSERT_OK(call) ASSERT_EQ(cudaSuccess, (call))
#define FAILS(error, call) EXPECT_EQ(cudaError##error, (call))

struct ErrorCase {
  const char* name;
  std::function<cudaError_t()> call;
};
#define CASE(call)                                                                                 \
  ErrorCase {                                                                                      \
    #call, [&] { return call; }                                                                    \
  }

inline void expectAll(cudaError_t error, const std::vector<ErrorCase>& cases) {
  for (const ErrorCase& c : cases)
    EXPECT_EQ(error, c.call()) << c.name;
}

// store(int* p, int v), trap(), take(): malloc; a variable of 16 bytes.
inline constexpr const char* kProgram = R"(
.version 8.0
.target sm_70
.address_size 64
.extern .func (.param .b64 p) malloc (.param .b64 bytes);
.visible .global .align 4 .b8 variable[16];
.visible .entry store(.param .u64 p, .param .u32 v)
{
  .reg .b64 %rd<2>;
  .reg .b32 %r<2>;
  ld.param.u64 %rd1, [p];
  ld.param.u32 %r1, [v];
  st.global.u32 [%rd1], %r1;
  ret;
}
.visible .entry trap() { trap; ret; }
.visible .entry take()
{
  .param .b64 bytes;
  .param .b64 got;
  st.param.b64 [bytes], 64;
  call.uni (got), malloc, (bytes);
  ret;
}
)";
inline constexpr const char* kBroken = ".version 8.0\n.target sm_70\n.address_size 64\n"
                                       ".visible .entry f() { bra nowhere; ret; }\n";
inline constexpr const char* kFuture = ".version 99.0\n.target sm_70\n.address_size 64\n"
                                       ".visible .entry f() { ret; }\n";

inline std::vector<std::byte> fatbinOf(const char* text, bool machineCode = false) {
  anywarp::image::NewImage image;
  image.kind = machineCode ? anywarp::image::Kind::Cubin : anywarp::image::Kind::Ptx;
  image.arch = machineCode ? 90 : 70;
  image.bytes = text;
  return anywarp::image::writeFatbin({&image, 1});
}

// A registered unit: addresses stand for its kernels and its variable.
class Program {
public:
  explicit Program(const char* text, bool machineCode = false)
      : fatbin_(fatbinOf(text, machineCode)) {
    wrapper_.data = fatbin_.data();
    handle_ = __cudaRegisterFatBinary(&wrapper_);
    const char* names[] = {"store", "trap", "take", "f"};
    for (size_t i = 0; i < 4; ++i)
      __cudaRegisterFunction(handle_, &host_[i], nullptr, names[i], -1, nullptr, nullptr, nullptr,
                             nullptr, nullptr);
    __cudaRegisterVar(handle_, variable, nullptr, "variable", 0, sizeof variable, 0, 0);
    __cudaRegisterFatBinaryEnd(handle_);
  }
  ~Program() { __cudaUnregisterFatBinary(handle_); }
  Program(const Program&) = delete;

  const void* store() const { return &host_[0]; }
  const void* trap() const { return &host_[1]; }
  const void* take() const { return &host_[2]; }
  const void* f() const { return &host_[3]; }
  char variable[16] = {};

private:
  std::vector<std::byte> fatbin_;
  anywarp::image::Wrapper wrapper_;
  void** handle_;
  char host_[4] = {};
};

class RuntimeErrors : public ::testing::Test {
protected:
  static constexpr size_t kTooMuch = size_t(1) << 50; // bytes

  void SetUp() override {
    ASSERT_OK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    ASSERT_OK(cudaMalloc(reinterpret_cast<void**>(&memory), 4096));
    ASSERT_OK(cudaEventCreate(&event));
    ASSERT_OK(cudaGraphCreate(&graph, 0));
  }
  void TearDown() override {
    cudaDeviceReset();
    cudaGetLastError();
  }
  // Arguments of store(); live as long as the test.
  void** storing(int value) {
    value_ = value;
    args_[0] = &memory;
    args_[1] = &value_;
    return args_;
  }
  static int inProcessWith(const char* name, const char* value, const char* test) {
    const char* before = getenv(name);
    std::string kept = before ? before : "";
    setenv(name, value, 1);
    int status = anywarp::test::Peer::start(test).finish();
    before ? setenv(name, kept.c_str(), 1) : unsetenv(name);
    return status;
  }

  Program program{kProgram};
  cudaStream_t stream = nullptr;
  int* memory = nullptr; // 4096 bytes of the device
  cudaEvent_t event = nullptr;
  cudaGraph_t graph = nullptr;
  int host[64] = {};

private:
  int value_ = 0;
  void* args_[2] = {};
};
