// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "device_runtime.h"

#include "device.h"
#include "device_call.h"
#include "ptx/device_runtime.h"
#include "support/log.h"

#include <algorithm>

namespace anywarp::cpu {
namespace {

using namespace cuda_error;
using Id = ptx::DeviceRuntimeId;

struct ErrorText {
  uint32_t code;
  const char* name;
  const char* text;
};
constexpr ErrorText kErrors[] = {
#define AW_ERROR(value, driver, runtime, text, driverCode, runtimeCode) {value, runtime, text},
#include "api/cuda/errors.inc"
#undef AW_ERROR
};

const ErrorText& errorText(uint32_t code) {
  static constexpr ErrorText kNone = {0, "unrecognized error code", "unrecognized error code"};
  auto it = std::find_if(std::begin(kErrors), std::end(kErrors),
                         [code](const ErrorText& e) { return e.code == code && e.name; });
  return it == std::end(kErrors) ? kNone : *it;
}

// Codes of the runtime that both APIs share stand for themselves.
uint32_t errorOf(Status status) {
  return status == Status::InvalidPtx ? kInvalidDeviceFunction : uint32_t(status);
}

CpuKernel* kernelAt(const DeviceCall& call, uint64_t function) {
  return call.scope.kernel().program().kernelAt(function);
}

// What the host's launch checks (core/launch.cpp), with the runtime API's codes.
uint32_t checkLaunch(const DeviceCall& call, const ChildLaunch& launch) {
  const uint32_t gridLimit[3] = {0x7fffffff, 65535, 65535}, blockLimit[3] = {1024, 1024, 64};
  for (int i = 0; i < 3; i++)
    if (!launch.grid[i] || launch.grid[i] > gridLimit[i] || !launch.block[i] ||
        launch.block[i] > blockLimit[i])
      return kInvalidConfiguration;
  auto attributes = launch.kernel->attributes();
  if (!attributes)
    return errorOf(attributes.status());
  const DeviceInfo& info = call.scope.device().info();
  uint64_t threads = uint64_t(launch.block[0]) * launch.block[1] * launch.block[2];
  if (threads > std::min(info.maxThreadsPerBlock, attributes->maxThreadsPerBlock))
    return kInvalidConfiguration;
  for (int i = 0; i < 3; i++)
    if (attributes->requiredThreads[i] && attributes->requiredThreads[i] != launch.block[i])
      return kInvalidConfiguration;
  if (uint64_t(attributes->staticShared) + launch.dynamicShared > info.maxSharedPerBlockOptin)
    return kInvalidValue;
  return kSuccess;
}

void getDim3(const DeviceCall& call, int i, uint32_t dim[3]) {
  memcpy(dim, call.pointer(i), 12);
}

uint64_t parameterBuffer(const DeviceCall& call, ChildLaunch launch) {
  void* memory = call.scope.tree().addBuffer(call.scope, std::move(launch));
  if (!memory)
    call.scope.setError(call.threadNumber(), kMemoryAllocation);
  return uint64_t(uintptr_t(memory));
}

// cudaGetParameterBufferV2(func, grid, block, sharedBytes)
uint64_t getParameterBufferV2(const DeviceCall& call) {
  ChildLaunch launch;
  launch.kernel = kernelAt(call, call.args[0]);
  if (!launch.kernel) {
    call.scope.setError(call.threadNumber(), kInvalidDeviceFunction);
    return 0;
  }
  getDim3(call, 1, launch.grid);
  getDim3(call, 2, launch.block);
  launch.dynamicShared = call.word(3);
  launch.bytes = launch.kernel->paramBytes();
  return parameterBuffer(call, std::move(launch));
}

// cudaGetParameterBuffer(alignment, size)
uint64_t getParameterBuffer(const DeviceCall& call) {
  if (call.args[1] > kMaxParamBytes || call.args[0] > 64) {
    call.scope.setError(call.threadNumber(), kInvalidValue);
    return 0;
  }
  ChildLaunch launch;
  launch.bytes = call.args[1];
  return parameterBuffer(call, std::move(launch));
}

uint32_t launch(const DeviceCall& call, ChildLaunch launch, uint64_t streamHandle) {
  StreamKey stream = call.stream(streamHandle);
  if (uint32_t error = checkLaunch(call, launch))
    return error;
  if (stream.kind != StreamKey::Tail && call.scope.depth() >= kMaxLaunchDepth)
    return kLaunchMaxDepthExceeded;
  bool ok = call.scope.tree().launch(call.scope, stream, call.blockNumber(), std::move(launch));
  return ok ? kSuccess : kInvalidResourceHandle;
}

// cudaLaunchDeviceV2(buffer, stream)
uint32_t launchV2(const DeviceCall& call) {
  ChildLaunch child = call.scope.tree().takeBuffer(call.scope, call.pointer(0));
  return child.kernel ? launch(call, std::move(child), call.args[1]) : kInvalidValue;
}

// cudaLaunchDevice(func, buffer, grid, block, sharedBytes, stream); without parameters the buffer
// is null.
uint32_t launchV1(const DeviceCall& call) {
  CpuKernel* kernel = kernelAt(call, call.args[0]);
  if (!kernel)
    return kInvalidDeviceFunction;
  ChildLaunch child;
  if (call.args[1]) {
    child = call.scope.tree().takeBuffer(call.scope, call.pointer(1));
    if (!child.params)
      return kInvalidValue;
  }
  if (child.bytes < kernel->paramBytes() && kernel->paramBytes())
    return kInvalidValue;
  child.kernel = kernel;
  getDim3(call, 2, child.grid);
  getDim3(call, 3, child.block);
  child.dynamicShared = call.word(4);
  return launch(call, std::move(child), call.args[5]);
}

// Tail and fire-and-forget streams are for launches: events there are invalid (programming guide).
bool takesEvents(StreamKey stream) {
  return stream.kind != StreamKey::Tail && stream.kind != StreamKey::Alone;
}

uint32_t eventRecord(const DeviceCall& call, uint32_t flags) {
  StreamKey stream = call.stream(call.args[1]);
  if (flags > 1 || !takesEvents(stream)) // 1: cudaEventRecordExternal
    return kInvalidValue;
  bool ok = call.scope.tree().record(call.scope, stream, call.blockNumber(), call.args[0]);
  return ok ? kSuccess : kInvalidResourceHandle;
}

uint32_t streamWaitEvent(const DeviceCall& call) {
  StreamKey stream = call.stream(call.args[0]);
  if (call.word(2) > 1 || !takesEvents(stream))
    return kInvalidValue;
  bool ok = call.scope.tree().wait(call.scope, stream, call.blockNumber(), call.args[1]);
  return ok ? kSuccess : kInvalidResourceHandle;
}

uint32_t makeHandle(const DeviceCall& call, uint32_t neededFlags,
                    uint64_t (LaunchTree::*make)(GridScope&)) {
  if (!call.args[0] || call.word(1) != neededFlags)
    return kInvalidValue;
  return call.put(0, (call.scope.tree().*make)(call.scope));
}

uint32_t getLimit(const DeviceCall& call) {
  auto value = Grid::of(call.block).context().limit(int(call.word(1)));
  return value ? call.put(0, uint64_t(*value)) : kUnsupportedLimit;
}

uint32_t getAttribute(const DeviceCall& call) {
  const DeviceRole& role = call.scope.device().role();
  if (int(call.word(2)) != role.ordinal)
    return kInvalidDevice;
  auto value = role.attribute ? role.attribute(call.scope.device().info(), int(call.word(1)))
                              : std::optional<int>();
  return value ? call.put(0, *value) : kInvalidValue;
}

// cudaFuncAttributes. CUDA 11 had it without what follows `carveout`.
struct FuncAttributes {
  uint64_t shared, constant, local;
  int32_t maxThreads, registers, ptxVersion, binaryVersion, cacheModeCA, maxDynamicShared, carveout;
};

uint32_t funcGetAttributes(const DeviceCall& call) {
  CpuKernel* kernel = kernelAt(call, call.args[1]);
  if (!kernel)
    return kInvalidDeviceFunction;
  if (!call.args[0])
    return kInvalidValue;
  auto attributes = kernel->attributes();
  if (!attributes)
    return errorOf(attributes.status());
  const DeviceInfo& info = call.scope.device().info();
  int binary = info.computeMajor * 10 + info.computeMinor;
  FuncAttributes result = {
      attributes->staticShared,
      attributes->constBytes,
      attributes->localBytes,
      int32_t(attributes->maxThreadsPerBlock),
      int32_t(attributes->registers),
      attributes->ptxVersion,
      attributes->binaryVersion ? attributes->binaryVersion : binary,
      0,
      int32_t(info.maxSharedPerBlock - std::min(info.maxSharedPerBlock, attributes->staticShared)),
      -1};
  constexpr size_t kOldBytes = 52, kBytes = 144; // of the structure
  static_assert(offsetof(FuncAttributes, carveout) + 4 == kOldBytes);
  memcpy(call.pointer(0), &result, kOldBytes);
  if (call.cdp2)
    memset(call.pointer<char>(0) + kOldBytes, 0, kBytes - kOldBytes);
  return kSuccess;
}

uint32_t maxActiveBlocks(const DeviceCall& call) {
  CpuKernel* kernel = kernelAt(call, call.args[1]);
  if (!kernel)
    return kInvalidDeviceFunction;
  int threads = int(call.word(2));
  if (threads <= 0 || !call.args[0])
    return kInvalidValue;
  auto shared = uint32_t(std::min<uint64_t>(call.args[3], UINT32_MAX));
  auto blocks = call.scope.device().maxActiveBlocks(*kernel, uint32_t(threads), shared);
  return blocks ? call.put(0, int(*blocks)) : errorOf(blocks.status());
}

uint32_t allocate(const DeviceCall& call) {
  if (!call.args[0])
    return kInvalidValue;
  void* memory = Grid::of(call.block).context().heap().allocate(call.args[1]);
  if (!memory)
    return kMemoryAllocation;
  return call.put(0, memory);
}

uint32_t release(const DeviceCall& call) {
  if (Grid::of(call.block).context().heap().release(call.pointer(0)))
    return kSuccess;
  log::warn("kernel {}: cudaFree({}): not memory that a kernel allocated; ignored",
            Grid::of(call.block).name(), call.pointer(0));
  return kInvalidDevicePointer;
}

constexpr uint32_t kScopeGrid = 1, kScopeMultiGrid = 2; // cudaCGScope

const ptx::GroupWorkspace* groupOf(AwBlock& block, uint32_t scope) {
  const Grid& grid = Grid::of(block);
  return scope == kScopeGrid        ? grid.workspace()
         : scope == kScopeMultiGrid ? grid.teamWorkspace()
                                    : nullptr;
}

// The group that a handle stands for, one of the caller's own; null: none.
const ptx::GroupWorkspace* group(const DeviceCall& call) {
  for (uint32_t scope : {kScopeGrid, kScopeMultiGrid})
    if (const auto* g = groupOf(call.block, scope); g && call.args[2] == uint64_t(uintptr_t(g)))
      return g;
  return nullptr;
}

uint32_t putNumbers(const DeviceCall& call, uint32_t threads, uint32_t grids) {
  if (call.args[0])
    call.put(0, threads);
  if (call.args[1])
    call.put(1, grids);
  return kSuccess;
}

uint32_t groupSize(const DeviceCall& call) {
  const auto* g = group(call);
  if (!g)
    return putNumbers(call, 0, 0), kUnknown;
  return putNumbers(call, g->blocks * call.block.launch->threads, g->grids);
}

uint32_t groupRank(const DeviceCall& call) {
  const auto* g = group(call);
  if (!g)
    return putNumbers(call, 0, 0), kUnknown;
  uint64_t threads = call.block.launch->threads;
  uint64_t block = uint64_t(g->rank) * (g->blocks / g->grids) + call.blockNumber();
  return putNumbers(call, uint32_t(block * threads + call.block.current_thread), g->rank);
}

uint32_t setConditional(const DeviceCall& call) {
  if (GraphCalls* graph = call.scope.graph())
    graph->setCondition(call.args[0], call.word(1));
  else
    log::warn("kernel {}: cudaGraphSetConditional outside of a graph; ignored",
              Grid::of(call.block).name());
  return kSuccess; // it has no result
}

uint32_t synchronize(const DeviceCall& call) {
  return errorOf(call.scope.tree().waitForBlock(call.scope, call.blockNumber()).status());
}

uint32_t dispatch(const DeviceCall& call, Id id) {
  LaunchTree& tree = call.scope.tree();
  switch (id) {
  case Id::cudaLaunchDevice:
    return launchV1(call);
  case Id::cudaLaunchDeviceV2:
    return launchV2(call);
  case Id::cudaDeviceSynchronize:
  case Id::__cudaDeviceSynchronizeDeprecationAvoidance:
    return synchronize(call);
  case Id::cudaDeviceGetAttribute:
    return getAttribute(call);
  case Id::cudaDeviceGetLimit:
    return getLimit(call);
  case Id::cudaDeviceGetCacheConfig:
    return call.put(0, 0); // cudaFuncCachePreferNone
  case Id::cudaDeviceGetSharedMemConfig:
    return call.put(0, 1); // cudaSharedMemBankSizeFourByte
  case Id::cudaGetDevice:
    return call.put(0, call.scope.device().role().ordinal);
  case Id::cudaGetDeviceCount:
    return call.put(0, call.scope.device().role().count);
  case Id::cudaRuntimeGetVersion:
    return call.put(0, 13000);
  case Id::cudaStreamCreateWithFlags:
    return makeHandle(call, 1, &LaunchTree::makeStream); // cudaStreamNonBlocking
  case Id::cudaStreamDestroy:
    return tree.destroyStream(call.scope, call.args[0]) ? kSuccess : kInvalidResourceHandle;
  case Id::cudaStreamWaitEvent:
    return streamWaitEvent(call);
  case Id::cudaEventCreateWithFlags:
    return makeHandle(call, 2, &LaunchTree::makeEvent); // cudaEventDisableTiming
  case Id::cudaEventRecord:
    return eventRecord(call, 0);
  case Id::cudaEventRecordWithFlags:
    return eventRecord(call, call.word(2));
  case Id::cudaEventDestroy:
    return tree.destroyEvent(call.scope, call.args[0]) ? kSuccess : kInvalidResourceHandle;
  case Id::cudaFuncGetAttributes:
    return funcGetAttributes(call);
  case Id::cudaMalloc:
    return allocate(call);
  case Id::cudaFree:
    return release(call);
  case Id::cudaMemcpyAsync:
    return deviceMemcpy(call);
  case Id::cudaMemcpy2DAsync:
    return deviceMemcpy2d(call);
  case Id::cudaMemcpy3DAsync:
    return deviceMemcpy3d(call);
  case Id::cudaMemsetAsync:
    return deviceMemset(call);
  case Id::cudaMemset2DAsync:
    return deviceMemset2d(call);
  case Id::cudaMemset3DAsync:
    return deviceMemset3d(call);
  case Id::cudaOccupancyMaxActiveBlocksPerMultiprocessor:
  case Id::cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags:
    return maxActiveBlocks(call);
  case Id::cudaCGGetSize:
    return groupSize(call);
  case Id::cudaCGGetRank:
    return groupRank(call);
  case Id::cudaGraphSetConditional:
    return setConditional(call);
  case Id::cudaGraphLaunch: // only kernels of a graph may
    return call.scope.graph() ? call.scope.graph()->launchGraph(call.args[0], call.args[1])
                              : kInvalidValue;
  case Id::cudaGraphKernelNodeSetParam:
    return deviceNodeSetParam(call);
  case Id::cudaGraphKernelNodeSetEnabled:
    return deviceNodeSetEnabled(call);
  case Id::cudaGraphKernelNodeSetGridDim:
    return deviceNodeSetGridDim(call);
  case Id::cudaGraphKernelNodeUpdatesApply:
    return deviceNodeUpdatesApply(call);
  default: // callDeviceRuntime() has the others
    return kNotSupported;
  }
}

} // namespace

uint64_t callDeviceRuntime(AwBlock* block, uint32_t function, const uint64_t* args) {
  if (function == uint32_t(Id::cudaCGGetIntrinsicHandle))
    return uint64_t(uintptr_t(groupOf(*block, uint32_t(args[0]))));
  GridScope* scope = Grid::of(*block).scope();
  if (!scope)
    return kNotSupported;
  DeviceCall call{*block, *scope, args, (function & ptx::kPerThreadStream) != 0,
                  (function & ptx::kCdp2) != 0};
  const auto id = Id(function & ~(ptx::kPerThreadStream | ptx::kCdp2));
  switch (id) { // those that do not return an error
  case Id::cudaGetParameterBuffer:
    return getParameterBuffer(call);
  case Id::cudaGetParameterBufferV2:
    return getParameterBufferV2(call);
  case Id::cudaGetErrorString:
    return uint64_t(uintptr_t(errorText(call.word(0)).text));
  case Id::cudaGetErrorName:
    return uint64_t(uintptr_t(errorText(call.word(0)).name));
  case Id::cudaGetLastError:
    return scope->error(call.threadNumber(), true);
  case Id::cudaPeekAtLastError:
    return scope->error(call.threadNumber(), false);
  case Id::cudaGetCurrentGraphExec:
    return scope->graph() ? scope->graph()->deviceGraph() : 0;
  default:
    break;
  }
  uint32_t error = dispatch(call, id);
  scope->setError(call.threadNumber(), error);
  return error;
}

} // namespace anywarp::cpu
