// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/function.h"

#include "core/context.h"
#include "core/device.h"
#include "core/handles.h"
#include "core/library.h"
#include "core/module.h"
#include "support/log.h"

#include <algorithm>

namespace anywarp::core {
namespace {

enum Attribute { // CUfunction_attribute
  kMaxThreads = 0,
  kSharedBytes = 1,
  kConstBytes = 2,
  kLocalBytes = 3,
  kRegisters = 4,
  kPtxVersion = 5,
  kBinaryVersion = 6,
  kCacheModeCa = 7,
  kMaxDynamicShared = 8,
  kSharedCarveout = 9,
  kClusterMustBeSet = 10,
  kClusterWidth = 11,
  kClusterHeight = 12,
  kClusterDepth = 13,
  kNonPortableCluster = 14,
  kClusterPolicy = 15,
};

} // namespace

Function::Function(ModuleRef module, BackendKernel& kernel)
    : module_(std::move(module)), kernel_(kernel) {}

Function::~Function() = default;

FunctionRef Function::fromHandle(const void* handle) {
  return HandleTable<Function>::get().find(handle);
}

Result<FunctionRef> Function::resolve(const void* handle, Context& context) {
  if (FunctionRef function = fromHandle(handle))
    return function;
  if (KernelRef kernel = Kernel::fromHandle(handle))
    return kernel->function(context);
  return makeError(Status::InvalidHandle, fmt::format("{} is no kernel", handle));
}

Context& Function::context() const {
  return module_->context();
}
Device& Function::device() const {
  return module_->context().device();
}

uint32_t Function::maxDynamicShared() {
  uint32_t set = maxDynamicShared_.load(std::memory_order_relaxed);
  if (set != kNotSet)
    return set;
  // Without opting in a block has 48 KiB for both kinds together.
  uint32_t limit = device().info().maxSharedPerBlock;
  Result<KernelAttributes> a = kernel_.attributes();
  return a ? limit - std::min(limit, a->staticShared) : limit;
}

Result<int> Function::attribute(int code) {
  AW_TRY(context().check());
  Result<KernelAttributes> a = kernel_.attributes();
  if (!a)
    return a.error();
  switch (code) {
  case kMaxThreads:
    return int(a->maxThreadsPerBlock);
  case kSharedBytes:
    return int(a->staticShared);
  case kConstBytes:
    return int(a->constBytes);
  case kLocalBytes:
    return int(a->localBytes);
  case kRegisters:
    return int(a->registers);
  case kPtxVersion:
    return a->ptxVersion;
  case kBinaryVersion:
    // PTX is compiled for the device at hand.
    return a->binaryVersion ? a->binaryVersion
                            : 10 * device().info().computeMajor + device().info().computeMinor;
  case kMaxDynamicShared:
    return int(maxDynamicShared());
  case kSharedCarveout:
    return carveout_.load();
  case kCacheModeCa:
    return 0;
  case kClusterMustBeSet:
    return int(a->explicitCluster && !a->requiredCluster[0]);
  case kClusterWidth:
  case kClusterHeight:
  case kClusterDepth: {
    unsigned axis = unsigned(code - kClusterWidth);
    return int(a->requiredCluster[0] ? a->requiredCluster[axis] : cluster_[axis].load());
  }
  case kNonPortableCluster:
    return nonPortableCluster_.load();
  case kClusterPolicy:
    return clusterPolicy_.load();
  default:
    return makeError(Status::InvalidValue, fmt::format("{} is no function attribute", code));
  }
}

Result<void> Function::setAttribute(int code, int value) {
  AW_TRY(context().check());
  switch (code) {
  case kMaxDynamicShared: {
    Result<KernelAttributes> a = kernel_.attributes();
    if (!a)
      return a.error();
    int64_t limit = int64_t(device().info().maxSharedPerBlockOptin) - a->staticShared;
    if (value < 0 || value > limit)
      return makeError(Status::InvalidValue,
                       fmt::format("{} may have 0 to {} bytes of dynamic shared memory, not {}",
                                   name(), limit, value));
    maxDynamicShared_.store(uint32_t(value), std::memory_order_relaxed);
    return {};
  }
  case kSharedCarveout:
    if (value < -1 || value > 100)
      return makeError(Status::InvalidValue, "a shared memory carveout is -1 to 100 percent");
    carveout_ = value;
    return {};
  case kNonPortableCluster:
    nonPortableCluster_ = value;
    return {};
  case kClusterPolicy:
    if (value < 0 || value > 2)
      return makeError(Status::InvalidValue, fmt::format("{} is no cluster policy", value));
    clusterPolicy_ = value;
    return {};
  case kClusterWidth:
  case kClusterHeight:
  case kClusterDepth: {
    Result<KernelAttributes> a = kernel_.attributes();
    if (!a)
      return a.error();
    if (a->requiredCluster[0])
      return makeError(Status::NotPermitted,
                       fmt::format("{} was compiled for its cluster size", name()));
    if (value < 0)
      return makeError(Status::InvalidValue, fmt::format("a cluster of {} blocks", value));
    cluster_[code - kClusterWidth] = uint32_t(value); // checked when launched
    return {};
  }
  default:
    return makeError(Status::InvalidValue,
                     fmt::format("function attribute {} cannot be set", code));
  }
}

void Function::runtimeCluster(uint32_t (&size)[3]) const {
  for (int i = 0; i < 3; ++i)
    size[i] = cluster_[i].load(std::memory_order_relaxed);
}

Result<void> Function::setCacheConfig(int config) {
  if (config < 0 || config > 3)
    return makeError(Status::InvalidValue, fmt::format("{} is no CUfunc_cache", config));
  return context().check();
}

Result<void> Function::setSharedMemConfig(int config) {
  if (config < 0 || config > 2)
    return makeError(Status::InvalidValue, fmt::format("{} is no CUsharedconfig", config));
  return context().check();
}

Result<KernelParam> Function::param(size_t index) {
  std::span<const KernelParam> list = kernel_.params();
  if (index >= list.size())
    return makeError(Status::InvalidValue,
                     fmt::format("{} has {} parameters", name(), list.size()));
  return list[index];
}

Result<void> Function::prepare(const uint32_t (&block)[3]) {
  uint64_t shape = uint64_t(block[0]) | uint64_t(block[1]) << 16 | uint64_t(block[2]) << 32;
  if (prepared_.load(std::memory_order_relaxed) == shape) [[likely]]
    return {};
  Result<void> done = device().backend().prepare(kernel_, block);
  if (done)
    prepared_.store(shape, std::memory_order_relaxed);
  else if (log::firstTime("prepare " + name()))
    log::error("the kernel {} cannot be compiled: {}", name(), done.error().message);
  return done;
}

} // namespace anywarp::core
