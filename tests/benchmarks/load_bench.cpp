// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Registering what a large framework's library has: 450 fatbins, 21,504 kernels, 12,955 variables,
// as its static constructors do, then the first use of one kernel.
//   build/release/benchmarks/load_bench [FATBINS FUNCTIONS VARIABLES]
#include "../api/cudart/registration.h"
#include "image/writer.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cuda_runtime_api.h>
#include <fmt/core.h>
#include <memory>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
double milliseconds(Clock::time_point from) {
  return std::chrono::duration<double, std::milli>(Clock::now() - from).count();
}

struct Unit {
  std::vector<std::string> kernels, variables;
  std::string ptx;
  std::vector<std::byte> fatbin;
  anywarp::image::Wrapper wrapper;
  void** handle = nullptr;
};

} // namespace

int main(int argc, char** argv) {
  unsigned fatbins = argc > 1 ? unsigned(atoi(argv[1])) : 450;
  unsigned functions = argc > 2 ? unsigned(atoi(argv[2])) : 21504;
  unsigned variables = argc > 3 ? unsigned(atoi(argv[3])) : 12955;
  std::vector<std::unique_ptr<Unit>> units;
  for (unsigned u = 0; u < fatbins; ++u) {
    auto unit = std::make_unique<Unit>();
    unit->ptx = ".version 8.0\n.target sm_70\n.address_size 64\n";
    for (unsigned i = u; i < functions; i += fatbins) {
      unit->kernels.push_back(fmt::format("_ZN9framework6kernelILi{}EEEvPfS1_i", i));
      unit->ptx +=
          fmt::format(".visible .entry {}(.param .u64 a, .param .u64 b, .param .u32 n) {{\n"
                      "  .reg .b64 %rd<4>; .reg .f32 %f<4>;\n"
                      "  ld.param.u64 %rd1, [a];\n  cvta.to.global.u64 %rd2, %rd1;\n"
                      "  ld.global.f32 %f1, [%rd2];\n  add.f32 %f2, %f1, %f1;\n"
                      "  st.global.f32 [%rd2], %f2;\n  ret;\n}}\n",
                      unit->kernels.back());
    }
    for (unsigned i = u; i < variables; i += fatbins) {
      unit->variables.push_back(fmt::format("_ZN9framework8variable{}E", i));
      unit->ptx += fmt::format(".visible .global .align 4 .u32 {};\n", unit->variables.back());
    }
    anywarp::image::NewImage image;
    image.arch = 70;
    image.compression = anywarp::image::Compression::Zstd;
    image.bytes = unit->ptx;
    unit->fatbin = anywarp::image::writeFatbin({&image, 1});
    unit->wrapper.data = unit->fatbin.data();
    units.push_back(std::move(unit));
  }
  auto start = Clock::now();
  for (auto& unit : units) {
    unit->handle = __cudaRegisterFatBinary(&unit->wrapper);
    for (std::string& name : unit->kernels) // its own address is as good as a stub's
      __cudaRegisterFunction(unit->handle, name.data(), nullptr, name.c_str(), -1, nullptr, nullptr,
                             nullptr, nullptr, nullptr);
    for (std::string& name : unit->variables)
      __cudaRegisterVar(unit->handle, name.data(), nullptr, name.c_str(), 0, 4, 0, 0);
    __cudaRegisterFatBinaryEnd(unit->handle);
  }
  printf("register %u fatbins, %u functions, %u variables: %.1f ms\n", fatbins, functions,
         variables, milliseconds(start));
  start = Clock::now();
  if (cudaFree(nullptr) != cudaSuccess)
    return 1;
  printf("first context: %.1f ms\n", milliseconds(start));
  start = Clock::now();
  cudaFuncAttributes attributes;
  if (cudaFuncGetAttributes(&attributes, units[fatbins / 2]->kernels[0].data()) != cudaSuccess)
    return 1;
  printf("attributes of a first kernel: %.1f ms\n", milliseconds(start));
  start = Clock::now();
  for (auto& unit : units)
    __cudaUnregisterFatBinary(unit->handle);
  printf("unregister: %.1f ms\n", milliseconds(start));
  return 0;
}
