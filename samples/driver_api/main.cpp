// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The driver API without a CUDA compiler: a kernel in PTX text is loaded at run time, found by name
// and launched. Any C++ compiler builds this file.
#include <cstdio>
#include <cstdlib>
#include <cuda.h>
#include <vector>

static void check(CUresult result, const char* what) {
  if (result == CUDA_SUCCESS)
    return;
  const char* name = "unknown error";
  cuGetErrorName(result, &name);
  std::printf("%s: %s\n", what, name);
  std::exit(1);
}
#define CHECK(call) check(call, #call)

// out[i] = number of ones in in[i] * factor + i
static const char kPtx[] = R"(
.version 7.0
.target sm_50
.address_size 64

.visible .entry countBits(.param .u64 out, .param .u64 in, .param .u32 factor, .param .u32 count)
{
  .reg .pred %outside;
  .reg .b32  %i, %n, %block, %threads, %value, %factor;
  .reg .b64  %from, %to, %offset;

  mov.u32       %i, %tid.x;
  mov.u32       %block, %ctaid.x;
  mov.u32       %threads, %ntid.x;
  mad.lo.u32    %i, %block, %threads, %i;
  ld.param.u32  %n, [count];
  setp.ge.u32   %outside, %i, %n;
  @%outside bra DONE;

  ld.param.u64  %from, [in];
  cvta.to.global.u64 %from, %from;
  ld.param.u64  %to, [out];
  cvta.to.global.u64 %to, %to;
  mul.wide.u32  %offset, %i, 4;
  add.u64       %from, %from, %offset;
  add.u64       %to, %to, %offset;
  ld.param.u32  %factor, [factor];
  ld.global.u32 %value, [%from];
  mad.lo.u32    %value, %value, %factor, %i;
  popc.b32      %value, %value;
  st.global.u32 [%to], %value;
DONE:
  ret;
}
)";

int main() {
  const unsigned n = 100000, factor = 2654435761u;
  std::vector<unsigned> in(n), out(n);
  for (unsigned i = 0; i < n; ++i)
    in[i] = i * 3;

  CUdevice device;
  CUcontext context;
  CUmodule module;
  CUfunction kernel;
  CHECK(cuInit(0));
  CHECK(cuDeviceGet(&device, 0));
  CHECK(cuDevicePrimaryCtxRetain(&context, device));
  CHECK(cuCtxSetCurrent(context));
  CHECK(cuModuleLoadData(&module, kPtx));
  CHECK(cuModuleGetFunction(&kernel, module, "countBits"));

  CUdeviceptr deviceIn, deviceOut;
  CHECK(cuMemAlloc(&deviceIn, n * sizeof(unsigned)));
  CHECK(cuMemAlloc(&deviceOut, n * sizeof(unsigned)));
  CHECK(cuMemcpyHtoD(deviceIn, in.data(), n * sizeof(unsigned)));
  unsigned factorArgument = factor, count = n;
  void* arguments[] = {&deviceOut, &deviceIn, &factorArgument, &count};
  CHECK(cuLaunchKernel(kernel, (n + 127) / 128, 1, 1, 128, 1, 1, 0, nullptr, arguments, nullptr));
  CHECK(cuMemcpyDtoH(out.data(), deviceOut, n * sizeof(unsigned)));

  unsigned wrong = 0, total = 0;
  for (unsigned i = 0; i < n; ++i) {
    unsigned ones = 0;
    for (unsigned value = in[i] * factor + i; value; value &= value - 1)
      ++ones;
    wrong += out[i] != ones;
    total += out[i];
  }
  std::printf("driver_api: %u words, %u ones\n", n, total);
  CHECK(cuMemFree(deviceIn));
  CHECK(cuMemFree(deviceOut));
  CHECK(cuModuleUnload(module));
  CHECK(cuDevicePrimaryCtxRelease(device));
  if (wrong)
    std::printf("FAIL: %u words differ\n", wrong);
  else
    std::printf("PASS: largest error 0\n");
  return wrong != 0;
}
