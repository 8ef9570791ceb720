// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The functions of the CUDA device runtime (dynamic parallelism, cooperative groups): names and
// signatures, for the linker of PTX units, the lowering of calls and the backend that implements
// them. Whatever a program brings along under these names (libcudadevrt) is not used. Constant
// data.
#pragma once

#include <cstdint>
#include <string_view>

namespace anywarp::ptx {

enum class DeviceRuntimeId : uint32_t {
#define AW_DEVICE_RUNTIME(name, signature, forms, status, note) name,
#include "ptx/device_runtime.def"
#undef AW_DEVICE_RUNTIME
  kCount
};

struct DeviceRuntimeFunction {
  DeviceRuntimeId id;
  std::string_view signature; // result, then parameters, in the letters of device_runtime.def
  bool perThread = false;     // the _ptsz form
  bool cdp2 = false;          // the __cudaCDP2 form
};

// What compiled kernels hand to the service: the function, with these bits for its forms.
inline constexpr uint32_t kPerThreadStream = 1u << 31, kCdp2 = 1u << 30;

// What the handle of a cooperative group points to, as compiled kernels and the backend know it:
// blocks that arrive count in `*meeting`, the last one flips its top bit.
struct GroupWorkspace {
  uint32_t unused = 0;
  uint32_t arrived = 0; // of this grid: grid.sync() as CUDA's headers have it counts at byte 4
  uint32_t* meeting = nullptr;
  uint32_t blocks = 0;   // of all grids
  uint32_t hasFirst = 0; // the group's first block is the first of this grid
  uint32_t rank = 0, grids = 1;
};

// Null: no function of the device runtime.
const DeviceRuntimeFunction* findDeviceRuntime(std::string_view name);

} // namespace anywarp::ptx
