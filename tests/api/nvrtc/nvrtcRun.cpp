// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From source to values: compile, load, launch, compare with the host's arithmetic.
#include "fixture.h"

#include <cmath>

namespace {

class nvrtcRun : public Run {};

TEST_F(nvrtcRun, ptx_and_image_compute_the_same) {
  Program program("extern \"C\" __global__ void k(float* a) { int i = threadIdx.x; a[i] = "
                  "sqrtf(a[i]) + blockDim.x; }");
  ASSERT_EQ(program.compile({"-arch=sm_80"}), NVRTC_SUCCESS) << program.log();
  std::vector<float> in(100), want(100);
  for (size_t i = 0; i < in.size(); i++)
    in[i] = float(i * i), want[i] = float(i) + 100.f;
  EXPECT_EQ(run(program.ptx(), "k", 100, in), want);
  EXPECT_EQ(run(program.cubin(), "k", 100, in), want);
}

TEST_F(nvrtcRun, language_without_includes) {
  Program program(R"(
    __device__ int twice(int x) { return 2 * x; }
    struct Pair { int a, b; };
    extern "C" __global__ void k(int* out) {
      __shared__ int sum;
      int i = threadIdx.x;
      if (i == 0) sum = 0;
      __syncthreads();
      atomicAdd(&sum, i);
      int below = __shfl_up_sync(0xffffffffu, i, 1);
      unsigned even = __ballot_sync(0xffffffffu, i % 2 == 0);
      float4 v = make_float4(1, 2, 3, 4);
      Pair pair{twice(i), max(i, 5)};
      Pair moved = std::move(pair);
      int* heap = (int*)malloc(8);
      heap[1] = below;
      __syncthreads();
      size_t size = sizeof(v);
      long long start = clock64();
      assert(start >= 0);
      out[i] = moved.a + moved.b + sum + heap[1] + (even == 0x55555555u) + (int)v.w + (int)size + (int)__powf(2.f, 3.f);
      free(heap);
    })");
  ASSERT_EQ(program.compile({"-arch=sm_80"}), NVRTC_SUCCESS) << program.log();
  std::vector<int> want(32);
  for (int i = 0; i < 32; i++)
    want[size_t(i)] = 2 * i + std::max(i, 5) + 31 * 32 / 2 + (i ? i - 1 : 0) + 1 + 4 + 16 + 8;
  EXPECT_EQ(run(program.ptx(), "k", 32, std::vector<int>(32)), want);
}

TEST_F(nvrtcRun, mathematics_of_libdevice) {
  Program program("extern \"C\" __global__ void k(double* a) { int i = threadIdx.x; a[i] = "
                  "sin(a[i]) + exp(-a[i]) + pow(a[i], 1.5); }");
  ASSERT_EQ(program.compile({"-arch=sm_80"}), NVRTC_SUCCESS) << program.log();
  std::vector<double> in(50);
  for (size_t i = 0; i < in.size(); i++)
    in[i] = 0.1 * double(i + 1);
  std::vector<double> out = run(program.ptx(), "k", 50, in);
  for (size_t i = 0; i < in.size(); i++)
    EXPECT_NEAR(out[i], std::sin(in[i]) + std::exp(-in[i]) + std::pow(in[i], 1.5),
                1e-14 * (1 + std::abs(out[i])));
}

TEST_F(nvrtcRun, template_by_its_lowered_name) {
  Program program(
      "template <class T, int N> __global__ void fill(T* a) { a[threadIdx.x] = T(N) / 2; }");
  ASSERT_EQ(nvrtcAddNameExpression(program.handle, "fill<float, 5>"), NVRTC_SUCCESS);
  ASSERT_EQ(program.compile({"-arch=sm_80"}), NVRTC_SUCCESS) << program.log();
  EXPECT_EQ(
      run(program.cubin(), program.lowered("fill<float, 5>").c_str(), 8, std::vector<float>(8)),
      std::vector<float>(8, 2.5f));
}

TEST_F(nvrtcRun, unannotated_code_with_default_device) {
  Program program("int counter = 40;\nint step(int x) { return x + counter; }\n"
                  "extern \"C\" __global__ void k(int* a) { a[threadIdx.x] = step(threadIdx.x); }");
  ASSERT_EQ(program.compile({"-arch=sm_80", "-default-device"}), NVRTC_SUCCESS) << program.log();
  EXPECT_EQ(run(program.ptx(), "k", 3, std::vector<int>(3)), (std::vector<int>{40, 41, 42}));
}

TEST_F(nvrtcRun, debug_code_computes_the_same) {
  Program program("extern \"C\" __global__ void k(int* a) { int s = 0; for (int i = 0; i <= "
                  "(int)threadIdx.x; i++) s += i; a[threadIdx.x] = s; }");
  ASSERT_EQ(program.compile({"-arch=sm_80", "-G"}), NVRTC_SUCCESS) << program.log();
  EXPECT_EQ(run(program.ptx(), "k", 5, std::vector<int>(5)), (std::vector<int>{0, 1, 3, 6, 10}));
}

} // namespace
