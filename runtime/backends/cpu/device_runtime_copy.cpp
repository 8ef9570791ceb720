// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies and fills that kernels ask for: operations in a stream of their grid (CUDA programming
// guide, "Memory Declarations" of dynamic parallelism: device to device, global memory only).
#include "device.h"
#include "device_call.h"
#include "device_runtime.h"

namespace anywarp::cpu {
namespace {

using namespace cuda_error;

struct Pitched { // cudaPitchedPtr
  char* pointer;
  uint64_t pitch, width, height;
};
struct Extent { // cudaExtent
  uint64_t width, height, depth;
};
struct Copy3d { // cudaMemcpy3DParms
  uint64_t sourceArray;
  uint64_t sourceAt[3];
  Pitched source;
  uint64_t targetArray;
  uint64_t targetAt[3];
  Pitched target;
  Extent extent;
  uint32_t kind;
};
static_assert(sizeof(Copy3d) == 160);

bool within(uint64_t address, const void* begin, size_t bytes) {
  return address - uint64_t(uintptr_t(begin)) < bytes;
}

// Shared and local memory cannot be passed: they are gone when the operation runs.
bool isGlobal(const DeviceCall& call, uint64_t address) {
  const auto* worker = static_cast<const Worker*>(call.block.owner);
  const AwLaunch& launch = *call.block.launch;
  if (within(address, call.block.shared, launch.total_shared))
    return false;
  const AwKernelInfo& info = Grid::of(call.block).kernel();
  if (within(address, call.block.local, size_t(info.local_size) * launch.gangs) ||
      within(address, call.block.frames, size_t(info.frame_size) * launch.gangs))
    return false;
  if (worker->stack && within(address, worker->stack.usable(), worker->stack.size()))
    return false;
  for (const Fiber& fiber : worker->fibers)
    if (within(address, fiber.stack.usable(), fiber.stack.size()))
      return false;
  return address != 0;
}

// cudaMemcpyDeviceToDevice and cudaMemcpyDefault.
bool isAllowed(uint32_t kind) {
  return kind == 3 || kind == 4;
}

uint32_t copyBox(const DeviceCall& call, Pitched target, Pitched source, Extent extent,
                 uint64_t stream) {
  if (!extent.width || !extent.height || !extent.depth)
    return kSuccess;
  if (!isGlobal(call, uint64_t(target.pointer)) || !isGlobal(call, uint64_t(source.pointer)))
    return kInvalidValue;
  if ((extent.height > 1 || extent.depth > 1) &&
      (target.pitch < extent.width || source.pitch < extent.width))
    return 12; // cudaErrorInvalidPitchValue
  CpuDevice& device = call.scope.device();
  return call.enqueue(stream, [=, &device]() -> Result<void> {
    for (uint64_t z = 0; z < extent.depth; z++)
      AW_TRY(device.copy2d(target.pointer + z * target.pitch * target.height, target.pitch,
                           source.pointer + z * source.pitch * source.height, source.pitch,
                           extent.width, extent.height));
    return {};
  });
}

uint32_t fillBox(const DeviceCall& call, Pitched target, uint32_t value, Extent extent,
                 uint64_t stream) {
  if (!extent.width || !extent.height || !extent.depth)
    return kSuccess;
  if (!isGlobal(call, uint64_t(target.pointer)))
    return kInvalidValue;
  if ((extent.height > 1 || extent.depth > 1) && target.pitch < extent.width)
    return 12; // cudaErrorInvalidPitchValue
  CpuDevice& device = call.scope.device();
  return call.enqueue(stream, [=, &device]() -> Result<void> {
    for (uint64_t z = 0; z < extent.depth; z++)
      for (uint64_t y = 0; y < extent.height; y++)
        AW_TRY(device.fill(target.pointer + (z * target.height + y) * target.pitch, value & 0xff, 1,
                           extent.width));
    return {};
  });
}

} // namespace

// (dst, src, count, kind, stream)
uint32_t deviceMemcpy(const DeviceCall& call) {
  uint64_t count = call.args[2];
  if (!count)
    return kSuccess;
  if (!isAllowed(call.word(3)))
    return kInvalidMemcpyDirection;
  if (!isGlobal(call, call.args[0]) || !isGlobal(call, call.args[1]))
    return kInvalidValue;
  CpuDevice& device = call.scope.device();
  void *target = call.pointer(0), *source = call.pointer(1);
  return call.enqueue(call.args[4], [=, &device] { return device.copy(target, source, count); });
}

// (dst, dpitch, src, spitch, width, height, kind, stream)
uint32_t deviceMemcpy2d(const DeviceCall& call) {
  if (!isAllowed(call.word(6)))
    return kInvalidMemcpyDirection;
  Pitched target{call.pointer<char>(0), call.args[1], 0, 0};
  Pitched source{call.pointer<char>(2), call.args[3], 0, 0};
  return copyBox(call, target, source, {call.args[4], call.args[5], 1}, call.args[7]);
}

// (parms, stream)
uint32_t deviceMemcpy3d(const DeviceCall& call) {
  if (!call.args[0])
    return kInvalidValue;
  auto copy = call.get<Copy3d>(call.args[0]);
  if (copy.sourceArray || copy.targetArray)
    return kInvalidValue;
  if (!isAllowed(copy.kind))
    return kInvalidMemcpyDirection;
  auto begin = [](Pitched p, const uint64_t at[3]) {
    if (p.pointer)
      p.pointer += at[0] + (at[1] + at[2] * p.height) * p.pitch;
    return p;
  };
  return copyBox(call, begin(copy.target, copy.targetAt), begin(copy.source, copy.sourceAt),
                 copy.extent, call.args[1]);
}

// (ptr, value, count, stream)
uint32_t deviceMemset(const DeviceCall& call) {
  return fillBox(call, {call.pointer<char>(0), 0, 0, 0}, call.word(1), {call.args[2], 1, 1},
                 call.args[3]);
}

// (ptr, pitch, value, width, height, stream)
uint32_t deviceMemset2d(const DeviceCall& call) {
  return fillBox(call, {call.pointer<char>(0), call.args[1], 0, 0}, call.word(2),
                 {call.args[3], call.args[4], 1}, call.args[5]);
}

// (pitched pointer, value, extent, stream)
uint32_t deviceMemset3d(const DeviceCall& call) {
  return fillBox(call, call.get<Pitched>(call.args[0]), call.word(1),
                 call.get<Extent>(call.args[2]), call.args[3]);
}

} // namespace anywarp::cpu
