// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernel launches: today's calls and those from before CUDA 4.0.
#include "core/launch.h"

#include "common/launch.h"
#include "cuda/export_tables.h"
#include "cuda/old_launch.h"
#include "cuda/support.h"

namespace anywarp::cuda {
namespace {

#ifdef ANYWARP_STATIC_CUDART
// Is this shape one that no kernel can have on the device?
bool impossibleShape(const core::LaunchRequest& request, const core::Device& device) {
  uint64_t threads = 1;
  for (int axis = 0; axis < 3; ++axis) {
    auto block = device.attribute(CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X + axis);
    auto grid = device.attribute(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X + axis);
    if (request.block[axis] == 0 || request.grid[axis] == 0)
      return true;
    if (block && request.block[axis] > uint32_t(*block))
      return true;
    if (grid && request.grid[axis] > uint32_t(*grid))
      return true;
    threads *= request.block[axis];
  }
  return threads > device.info().maxThreadsPerBlock;
}

// CUDA's runtime says "invalid configuration argument" (9) for such a shape where the driver says
// "invalid value". Static cudart passes our code on as it is, so it has to be the runtime's.
constexpr auto kInvalidConfiguration = Status(9);
#endif

Result<void> run(CUfunction handle, CUstream streamHandle, const core::LaunchRequest& request,
                 const shim::LaunchExtras* extras = nullptr) {
  AW_LET(stream, findStream(streamHandle));
  AW_LET(function, core::Function::resolve(handle, stream->context()));
  auto result = core::launch(function, *stream, request);
#ifdef ANYWARP_STATIC_CUDART
  if (result.status() == Status::InvalidValue && staticCudartSeen() &&
      impossibleShape(request, stream->device()))
    return makeError(kInvalidConfiguration, result.error().message);
#endif
  return result && extras ? extras->record(*stream) : result;
}

Result<void> runOld(CUfunction handle, unsigned width, unsigned height, CUstream stream) {
  OldLaunch old = oldLaunch(handle);
  core::LaunchRequest request;
  request.grid[0] = width, request.grid[1] = height;
  for (int i = 0; i < 3; ++i)
    request.block[i] = old.block[i];
  request.dynamicShared = old.dynamicShared;
  size_t bytes = old.params.size();
  void* extra[] = {CU_LAUNCH_PARAM_BUFFER_POINTER, old.params.data(), CU_LAUNCH_PARAM_BUFFER_SIZE,
                   &bytes, CU_LAUNCH_PARAM_END};
  if (bytes)
    request.extra = extra;
  return run(handle, stream, request);
}

} // namespace

Result<void> launchKernel(CUfunction handle, unsigned int gridX, unsigned int gridY,
                          unsigned int gridZ, unsigned int blockX, unsigned int blockY,
                          unsigned int blockZ, unsigned int sharedBytes, CUstream stream,
                          void** params, void** extra) {
  core::LaunchRequest request{
      {gridX, gridY, gridZ}, {blockX, blockY, blockZ}, sharedBytes, false, params, extra};
  return run(handle, stream, request);
}

Result<void> launchCooperativeKernel(CUfunction handle, unsigned int gridX, unsigned int gridY,
                                     unsigned int gridZ, unsigned int blockX, unsigned int blockY,
                                     unsigned int blockZ, unsigned int sharedBytes, CUstream stream,
                                     void** params) {
  core::LaunchRequest request{
      {gridX, gridY, gridZ}, {blockX, blockY, blockZ}, sharedBytes, true, params, nullptr};
  return run(handle, stream, request);
}

Result<void> launchCooperativeKernelMultiDevice(CUDA_LAUNCH_PARAMS* list, unsigned int count,
                                                unsigned int flags) {
  AW_ARG(list && count, "launchParamsList is null or numDevices is 0");
  AW_ARG(count <= core::Runtime::get().devices().size(), "more launches than devices");
  std::vector<core::DeviceLaunch> launches;
  for (unsigned i = 0; i < count; ++i) {
    const CUDA_LAUNCH_PARAMS& p = list[i];
    core::StreamRef stream = core::Stream::fromHandle(p.hStream);
    if (!stream)
      return makeError(Status::InvalidHandle, "not a stream that was created");
    AW_LET(function, core::Function::resolve(p.function, stream->context()));
    launches.push_back({function,
                        stream,
                        {{p.gridDimX, p.gridDimY, p.gridDimZ},
                         {p.blockDimX, p.blockDimY, p.blockDimZ},
                         p.sharedMemBytes,
                         true,
                         p.kernelParams,
                         nullptr}});
  }
  return core::launchOnDevices(std::move(launches), flags);
}

Result<void> launchKernelEx(const CUlaunchConfig* config, CUfunction handle, void** params,
                            void** extra, CUstream defaultStream) {
  AW_ARG(config, "config is null");
  core::LaunchRequest request{{config->gridDimX, config->gridDimY, config->gridDimZ},
                              {config->blockDimX, config->blockDimY, config->blockDimZ},
                              config->sharedMemBytes,
                              false,
                              params,
                              extra};
  AW_ARG(config->numAttrs == 0 || config->attrs, "attrs is null");
  shim::LaunchExtras extras;
  for (unsigned i = 0; i < config->numAttrs; ++i)
    AW_TRY(shim::readLaunchAttribute(int(config->attrs[i].id), config->attrs[i].value, request,
                                     extras));
  request.attributes = &extras.node;
  return run(handle, config->hStream ? config->hStream : defaultStream, request, &extras);
}

Result<void> launch(CUfunction handle) {
  return runOld(handle, 1, 1, nullptr);
}

Result<void> launchGrid(CUfunction handle, int width, int height) {
  return launchGridAsync(handle, width, height, nullptr);
}

Result<void> launchGridAsync(CUfunction handle, int width, int height, CUstream stream) {
  AW_ARG(width > 0 && height > 0, "grid dimensions must be positive");
  return runOld(handle, unsigned(width), unsigned(height), stream);
}

} // namespace anywarp::cuda
