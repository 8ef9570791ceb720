// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernel launches: the stubs that nvcc writes and the explicit calls. The runtime checks the grid
// itself, because it has a code of its own for a bad one; the rest is core's.
#include "common/launch.h"

#include "api/cudart/impl.h"
#include "core/runtime.h"
#include "cudart/current.h"
#include "cudart/last_error.h"
#include "cudart/registry.h"

namespace anywarp::cudart {
namespace {

// Execution configurations wait here between the call of a kernel and its stub; arguments of a call
// may launch kernels themselves, so they are a stack. Plain data: used during static construction.
struct CallConfiguration {
  unsigned grid[3], block[3];
  size_t shared;
  void* stream;
};
constexpr unsigned kMaxNestedCalls = 32;
thread_local constinit CallConfiguration tlsCalls[kMaxNestedCalls] = {};
thread_local constinit unsigned tlsCallCount = 0;

// CUDA C++ Programming Guide, "Technical Specifications per Compute Capability": the same limits
// for every capability since 3.0.
constexpr unsigned kMaxGridX = 0x7fffffff, kMaxGridYZ = 65535;
constexpr unsigned kMaxBlockXY = 1024, kMaxBlockZ = 64;

struct Launch {
  core::LaunchRequest request;
  core::FunctionRef function;
  core::StreamRef stream;
};

Result<void> checkShape(dim3 grid, dim3 block, core::Device& device) {
  auto bad = [](unsigned v, unsigned max) { return v == 0 || v > max; };
  if (bad(grid.x, kMaxGridX) || bad(grid.y, kMaxGridYZ) || bad(grid.z, kMaxGridYZ) ||
      bad(block.x, kMaxBlockXY) || bad(block.y, kMaxBlockXY) || bad(block.z, kMaxBlockZ) ||
      uint64_t(block.x) * block.y * block.z > device.info().maxThreadsPerBlock)
    return makeError(RuntimeStatus::InvalidConfiguration,
                     fmt::format("grid ({}, {}, {}) of blocks ({}, {}, {}) is beyond the limits",
                                 grid.x, grid.y, grid.z, block.x, block.y, block.z));
  return {};
}

Result<Launch> prepare(const void* kernel, dim3 grid, dim3 block, size_t shared, void** args,
                       const void* stream) {
  AW_LET(context, currentContext());
  Launch launch;
  AW_LET(function, Registry::get().function(kernel, *context));
  AW_TRY(checkShape(grid, block, context->device()));
  AW_LET(place, core::Stream::resolve(stream, *context, false));
  if (&place->context() != &function->context())
    return makeError(Status::InvalidHandle, "the stream belongs to another device");
  if (shared > UINT32_MAX)
    return makeError(Status::InvalidValue, "more than 4 GiB of shared memory");
  launch.function = std::move(function);
  launch.stream = std::move(place);
  launch.request.grid[0] = grid.x;
  launch.request.grid[1] = grid.y;
  launch.request.grid[2] = grid.z;
  launch.request.block[0] = block.x;
  launch.request.block[1] = block.y;
  launch.request.block[2] = block.z;
  launch.request.dynamicShared = uint32_t(shared);
  launch.request.params = args;
  return launch;
}

Result<void> start(const void* kernel, dim3 grid, dim3 block, size_t shared, void** args,
                   const void* stream, bool cooperative) {
  AW_LET(launch, prepare(kernel, grid, block, shared, args, stream));
  launch.request.cooperative = cooperative;
  return core::launch(launch.function, *launch.stream, launch.request);
}

} // namespace

unsigned int __cudaPushCallConfiguration(dim3 gridDim, dim3 blockDim, size_t sharedMem,
                                         void* stream) {
  if (tlsCallCount == kMaxNestedCalls) {
    recordFailure("__cudaPushCallConfiguration",
                  makeError(RuntimeStatus::InvalidConfiguration, "kernel calls nested too deeply"));
    return 1;
  }
  tlsCalls[tlsCallCount++] = {
      {gridDim.x, gridDim.y, gridDim.z}, {blockDim.x, blockDim.y, blockDim.z}, sharedMem, stream};
  return 0;
}

Result<void> __cudaPopCallConfiguration(dim3* gridDim, dim3* blockDim, size_t* sharedMem,
                                        void* stream) {
  if (tlsCallCount == 0)
    return makeError(Status(52), "a kernel stub was called without an execution configuration");
  const CallConfiguration& call = tlsCalls[--tlsCallCount];
  AW_ARG(gridDim && blockDim && sharedMem && stream, "null result");
  *gridDim = dim3(call.grid[0], call.grid[1], call.grid[2]);
  *blockDim = dim3(call.block[0], call.block[1], call.block[2]);
  *sharedMem = call.shared;
  *static_cast<void**>(stream) = call.stream;
  return {};
}

Result<void> launchKernel(const void* func, dim3 gridDim, dim3 blockDim, void** args,
                          size_t sharedMem, cudaStream_t stream) {
  return start(func, gridDim, blockDim, sharedMem, args, stream, false);
}

Result<void> launchCooperativeKernel(const void* func, dim3 gridDim, dim3 blockDim, void** args,
                                     size_t sharedMem, cudaStream_t stream) {
  return start(func, gridDim, blockDim, sharedMem, args, stream, true);
}

#if CUDART_VERSION >= 12000
// The stub keeps the answer for good, so it gets the host function itself: a kernel's handle would
// tie it to a module that may not even be loadable yet, and the launch reports why.
Result<void> __cudaGetKernel(cudaKernel_t* kernel, const void* hostFunction) {
  AW_ARG(kernel, "kernel is null");
  *kernel = reinterpret_cast<cudaKernel_t>(const_cast<void*>(hostFunction));
  return {};
}

Result<void> __cudaLaunchKernel(cudaKernel_t kernel, dim3 gridDim, dim3 blockDim, void** args,
                                size_t sharedMem, cudaStream_t stream) {
  return start(kernel, gridDim, blockDim, sharedMem, args, stream, false);
}
#endif

Result<void> launchKernelExC(const cudaLaunchConfig_t* config, const void* func, void** args,
                             cudaStream_t defaultStream) {
  AW_ARG(config, "config is null");
  AW_ARG(config->numAttrs == 0 || config->attrs, "attrs is null");
  const void* stream = config->stream ? config->stream : defaultStream;
  AW_LET(launch,
         prepare(func, config->gridDim, config->blockDim, config->dynamicSmemBytes, args, stream));
  shim::LaunchExtras extras;
  for (unsigned i = 0; i < config->numAttrs; ++i)
    AW_TRY(shim::readLaunchAttribute(int(config->attrs[i].id), config->attrs[i].val, launch.request,
                                     extras));
  launch.request.attributes = &extras.node;
  AW_TRY(core::launch(launch.function, *launch.stream, launch.request));
  return extras.record(*launch.stream);
}

#if CUDART_VERSION < 13000
Result<void> launchCooperativeKernelMultiDevice(cudaLaunchParams* list, unsigned int count,
                                                unsigned int flags) {
  AW_TRY(initialize());
  AW_ARG(list && count, "launchParamsList is null or numDevices is 0");
  AW_ARG(count <= core::Runtime::get().devices().size(), "more launches than devices");
  std::vector<core::DeviceLaunch> launches;
  for (unsigned i = 0; i < count; ++i) {
    const cudaLaunchParams& p = list[i];
    core::StreamRef stream = core::Stream::fromHandle(p.stream);
    if (!stream)
      return makeError(Status::InvalidHandle, "not a stream that was created");
    AW_TRY(checkShape(p.gridDim, p.blockDim, stream->device()));
    AW_ARG(p.sharedMem <= UINT32_MAX, "more than 4 GiB of shared memory");
    AW_LET(function, Registry::get().function(p.func, stream->context()));
    launches.push_back({function,
                        stream,
                        {{p.gridDim.x, p.gridDim.y, p.gridDim.z},
                         {p.blockDim.x, p.blockDim.y, p.blockDim.z},
                         uint32_t(p.sharedMem),
                         true,
                         p.args,
                         nullptr}});
  }
  return core::launchOnDevices(std::move(launches), flags);
}
#endif

} // namespace anywarp::cudart
