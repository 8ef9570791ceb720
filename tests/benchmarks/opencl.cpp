// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The benchmarks on an OpenCL CPU device (PoCL): the same kernels as cuda.cu in OpenCL C, the same
// work-group sizes, data resident in buffers. OpenCL 1.2 has no shuffles, so the reduction uses
// local memory.
#define CL_TARGET_OPENCL_VERSION 120
#include "problems.h"

#include <CL/cl.h>
#include <cstdlib>
#include <initializer_list>
#include <string>

using namespace bench;

static const char kSource[] = R"CL(
__kernel void saxpyKernel(int n, float a, __global const float *x, __global float *y) {
  int i = get_global_id(0);
  if (i < n)
    y[i] = a * x[i] + y[i];
}

inline float normal_(float d) {
  float k = 1.0f / (1.0f + 0.2316419f * fabs(d));
  float tail = 0.39894228f * native_exp(-0.5f * d * d) *
               (k * (0.31938153f + k * (-0.356563782f + k * (1.781477937f + k * (-1.821255978f + k * 1.330274429f)))));
  return d > 0 ? 1.0f - tail : tail;
}
__kernel void blackScholesKernel(int n, __global const float *price, __global const float *strike, __global const float *years,
                                 __global float *call, __global float *put) {
  int i = get_global_id(0);
  if (i >= n)
    return;
  float s = price[i], x = strike[i], t = years[i];
  float root = VOLATILITY * sqrt(t);
  float d1 = (log(s / x) + (RATE + 0.5f * VOLATILITY * VOLATILITY) * t) / root, d2 = d1 - root;
  float n1 = normal_(d1), n2 = normal_(d2), discounted = x * exp(-RATE * t);
  call[i] = s * n1 - discounted * n2;
  put[i] = discounted * (1.0f - n2) - s * (1.0f - n1);
}

__attribute__((reqd_work_group_size(256, 1, 1)))
__kernel void nbodyKernel(int n, __global const float4 *positions, __global float4 *accelerations) {
  __local float4 tile[256];
  int i = get_global_id(0), l = get_local_id(0);
  float4 me = positions[i];
  float ax = 0, ay = 0, az = 0;
  for (int first = 0; first < n; first += 256) {
    tile[l] = positions[first + l];
    barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll 8
    for (int j = 0; j < 256; ++j) {
      float dx = tile[j].x - me.x, dy = tile[j].y - me.y, dz = tile[j].z - me.z;
      float inverse = rsqrt(dx * dx + dy * dy + dz * dz + SOFTENING);
      float pull = tile[j].w * inverse * inverse * inverse;
      ax += dx * pull, ay += dy * pull, az += dz * pull;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  accelerations[i] = (float4)(ax, ay, az, 0);
}

__attribute__((reqd_work_group_size(16, 16, 1)))
__kernel void sgemmKernel(__global const float *a, __global const float *b, __global float *c) {
  __local float tileA[16][64], tileB[16][64];
  int tx = get_local_id(0), ty = get_local_id(1), t = ty * 16 + tx;
  int row0 = get_group_id(1) * 64, column0 = get_group_id(0) * 64;
  float sum[4][4] = {{0}};
  for (int k0 = 0; k0 < MATRIX; k0 += 16) {
    for (int i = t; i < 1024; i += 256) {
      tileA[i % 16][i / 16] = a[(row0 + i / 16) * MATRIX + k0 + i % 16];
      tileB[i / 64][i % 64] = b[(k0 + i / 64) * MATRIX + column0 + i % 64];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int k = 0; k < 16; ++k) {
      float x[4], y[4];
      for (int i = 0; i < 4; ++i)
        x[i] = tileA[k][ty + 16 * i], y[i] = tileB[k][tx + 16 * i];
      for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 4; ++j)
          sum[i][j] += x[i] * y[j];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j)
      c[(row0 + ty + 16 * i) * MATRIX + column0 + tx + 16 * j] = sum[i][j];
}

__attribute__((reqd_work_group_size(256, 1, 1)))
__kernel void reduceKernel(__global const float *values, int n, __global float *sums) {
  __local float shared[256];
  int l = get_local_id(0);
  float sum = 0;
  for (int i = get_global_id(0); i < n; i += get_global_size(0))
    sum += values[i];
  shared[l] = sum;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int half_ = 128; half_ > 0; half_ /= 2) {
    if (l < half_)
      shared[l] += shared[l + half_];
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  if (l == 0)
    sums[get_group_id(0)] = shared[0];
}

__kernel void mandelbrotKernel(__global int *counts) {
  int column = get_global_id(0), row = get_global_id(1);
  float cx = -2.0f + 3.0f * column / IMAGE, cy = -1.5f + 3.0f * row / IMAGE, x = 0, y = 0;
  int n = 0;
  for (; n < ITERATIONS && x * x + y * y <= 4; ++n) {
    float t = x * x - y * y + cx;
    y = 2 * x * y + cy;
    x = t;
  }
  counts[row * IMAGE + column] = n;
}

__kernel void emptyKernel() {}
)CL";

static void check(cl_int error, const char* what) {
  if (error == CL_SUCCESS)
    return;
  std::fprintf(stderr, "%s: OpenCL error %d\n", what, error);
  std::exit(2);
}

struct OpenCl {
  cl_context context;
  cl_command_queue queue;
  cl_program program;
  OpenCl() {
    cl_uint platforms = 0;
    cl_platform_id ids[8];
    check(clGetPlatformIDs(8, ids, &platforms), "no platform");
    cl_device_id device = nullptr;
    for (cl_uint i = 0; i < platforms && !device; ++i)
      if (clGetDeviceIDs(ids[i], CL_DEVICE_TYPE_CPU, 1, &device, nullptr) != CL_SUCCESS)
        device = nullptr;
    check(device ? CL_SUCCESS : CL_DEVICE_NOT_FOUND, "no CPU device");
    cl_int error;
    context = clCreateContext(nullptr, 1, &device, nullptr, nullptr, &error);
    check(error, "context");
    queue = clCreateCommandQueue(context, device, 0, &error);
    check(error, "queue");
    const char* source = kSource;
    program = clCreateProgramWithSource(context, 1, &source, nullptr, &error);
    std::string options = "-cl-std=CL1.2 -cl-mad-enable -DMATRIX=" + std::to_string(kMatrix) +
                          " -DIMAGE=" + std::to_string(kImage) +
                          " -DITERATIONS=" + std::to_string(kIterations) +
                          " -DSOFTENING=0.01f -DRATE=0.02f -DVOLATILITY=0.30f";
    check(clBuildProgram(program, 1, &device, options.c_str(), nullptr, nullptr), "build");
  }
};
static OpenCl& cl() {
  static OpenCl instance;
  return instance;
}

struct Buffer {
  cl_mem memory;
  size_t bytes;
  Buffer(size_t bytes, const void* host = nullptr) : bytes(bytes) {
    cl_int error;
    memory = clCreateBuffer(cl().context, CL_MEM_READ_WRITE | (host ? CL_MEM_COPY_HOST_PTR : 0),
                            bytes, const_cast<void*>(host), &error);
    check(error, "buffer");
  }
  ~Buffer() { clReleaseMemObject(memory); }
  template <class T> std::vector<T> host() const {
    std::vector<T> out(bytes / sizeof(T));
    check(
        clEnqueueReadBuffer(cl().queue, memory, CL_TRUE, 0, bytes, out.data(), 0, nullptr, nullptr),
        "read");
    return out;
  }
};

static void argument(cl_kernel kernel, int i, int v) {
  check(clSetKernelArg(kernel, i, sizeof v, &v), "argument");
}
static void argument(cl_kernel kernel, int i, float v) {
  check(clSetKernelArg(kernel, i, sizeof v, &v), "argument");
}
static void argument(cl_kernel kernel, int i, const Buffer& b) {
  check(clSetKernelArg(kernel, i, sizeof b.memory, &b.memory), "argument");
}

template <class... A>
static double timed(const char* name, std::initializer_list<size_t> global,
                    std::initializer_list<size_t> local, int& runs, const A&... arguments) {
  cl_int error;
  cl_kernel kernel = clCreateKernel(cl().program, name, &error);
  check(error, name);
  int i = 0;
  (argument(kernel, i++, arguments), ...);
  double seconds = fastest([&] {
    check(clEnqueueNDRangeKernel(cl().queue, kernel, cl_uint(global.size()), nullptr,
                                 global.begin(), local.begin(), 0, nullptr, nullptr),
          name);
    check(clFinish(cl().queue), "finish");
    ++runs;
  });
  clReleaseKernel(kernel);
  return seconds;
}
static int unused;

static int saxpy() {
  auto hostX = randoms(kSaxpyN, -1, 1);
  std::vector<float> ones(kSaxpyN, 1.0f);
  Buffer x(kSaxpyN * 4, hostX.data()), y(kSaxpyN * 4, ones.data());
  int runs = 0;
  double seconds = timed("saxpyKernel", {size_t(kSaxpyN)}, {256}, runs, kSaxpyN, kSaxpyA, x, y);
  double worst = 0;
  auto result = y.host<float>();
  for (size_t i = 0; i < kSaxpyN; i += stride(kSaxpyN))
    worst = std::fmax(worst, std::fabs(result[i] - (1 + double(kSaxpyA) * hostX[i] * runs)));
  return report("saxpy", "opencl", seconds, worst, 1e-4);
}

static int blackScholes() {
  auto hostPrice = randoms(kOptions, 5, 30, 1), hostStrike = randoms(kOptions, 1, 100, 2),
       hostYears = randoms(kOptions, 0.25f, 10, 3);
  Buffer price(kOptions * 4, hostPrice.data()), strike(kOptions * 4, hostStrike.data()),
      years(kOptions * 4, hostYears.data());
  Buffer call(kOptions * 4), put(kOptions * 4);
  double seconds = timed("blackScholesKernel", {size_t(kOptions)}, {128}, unused, kOptions, price,
                         strike, years, call, put);
  double error = checkOptions(hostPrice.data(), hostStrike.data(), hostYears.data(),
                              call.host<float>().data(), put.host<float>().data());
  return report("black_scholes", "opencl", seconds, error, 1e-4);
}

static int nbody() {
  auto hostP = bodies();
  Buffer p(hostP.size() * 4, hostP.data()), a(hostP.size() * 4);
  double seconds = timed("nbodyKernel", {size_t(kBodies)}, {256}, unused, kBodies, p, a);
  return report("nbody", "opencl", seconds, checkBodies(hostP.data(), a.host<float>().data()),
                1e-3);
}

static int sgemm() {
  auto hostA = randoms(kMatrix * kMatrix, -1, 1, 1), hostB = randoms(kMatrix * kMatrix, -1, 1, 2);
  Buffer a(hostA.size() * 4, hostA.data()), b(hostB.size() * 4, hostB.data()), c(hostA.size() * 4);
  double seconds =
      timed("sgemmKernel", {size_t(kMatrix / 4), size_t(kMatrix / 4)}, {16, 16}, unused, a, b, c);
  return report("sgemm", "opencl", seconds,
                checkMatrix(hostA.data(), hostB.data(), c.host<float>().data()), 1e-3);
}

static int reduction() {
  auto hostValues = randoms(kReduceN, 0, 1);
  Buffer values(hostValues.size() * 4, hostValues.data()), sums(256 * 4);
  double seconds = timed("reduceKernel", {256 * 256}, {256}, unused, values, kReduceN, sums);
  double sum = 0;
  for (float s : sums.host<float>())
    sum += s;
  return report("reduction", "opencl", seconds, checkSum(hostValues, sum), 1e-4);
}

static int mandelbrot() {
  Buffer counts(size_t(kImage) * kImage * 4);
  double seconds =
      timed("mandelbrotKernel", {size_t(kImage), size_t(kImage)}, {32, 8}, unused, counts);
  return report("mandelbrot", "opencl", seconds, checkImage(counts.host<int>().data()),
                kImageAllowed);
}

static int empty() {
  return report("empty_launch", "opencl", timed("emptyKernel", {32}, {32}, unused), 0, 0);
}

#include "main.h"
