// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/launch.h"

#include "core/capture.h"
#include "core/context.h"
#include "core/device.h"
#include "core/function.h"
#include "core/green_context.h"
#include "core/module.h"
#include "core/node_attributes.h"
#include "core/stream.h"
#include "core/usage.h"
#include "support/options.h"
#include "support/timeline.h"
#include "support/trace.h"

#include <cstring>
#include <memory>

namespace anywarp::core {
namespace {

Error refuse(const Function& function, std::string why, Status status = Status::InvalidValue) {
  return makeError(status, fmt::format("launch of {}: {}", function.name(), why));
}

Result<void> checkGridLimits(const Function& function, const LaunchRequest& r) {
  const uint32_t gridLimit[3] = {0x7fffffff, 65535, 65535};
  for (int i = 0; i < 3; ++i)
    if (r.grid[i] == 0 || r.grid[i] > gridLimit[i])
      return refuse(function, fmt::format("grid dimension {} is {}; 1 to {} are allowed", i,
                                          r.grid[i], gridLimit[i]));
  return {};
}

Result<void> checkShape(Function& function, const LaunchRequest& r, const KernelAttributes& a) {
  const DeviceInfo& d = function.device().info();
  const uint32_t blockLimit[3] = {1024, 1024, 64};
  AW_TRY(checkGridLimits(function, r));
  for (int i = 0; i < 3; ++i) {
    if (r.block[i] == 0 || r.block[i] > blockLimit[i])
      return refuse(function, fmt::format("block dimension {} is {}; 1 to {} are allowed", i,
                                          r.block[i], blockLimit[i]));
  }
  uint64_t threads = uint64_t(r.block[0]) * r.block[1] * r.block[2];
  if (threads > d.maxThreadsPerBlock)
    return refuse(function, fmt::format("{} threads a block; the device allows {}", threads,
                                        d.maxThreadsPerBlock));
  if (threads > a.maxThreadsPerBlock)
    return refuse(function, fmt::format("{} threads a block; the kernel was compiled for {}",
                                        threads, a.maxThreadsPerBlock));
  for (int i = 0; i < 3; ++i)
    if (a.requiredThreads[i] && a.requiredThreads[i] != r.block[i])
      return refuse(function, fmt::format("block dimension {} is {}; the kernel requires {}", i,
                                          r.block[i], a.requiredThreads[i]));
  if (uint64_t(a.staticShared) + r.dynamicShared > d.maxSharedPerBlockOptin)
    return refuse(function, fmt::format("{} + {} bytes of shared memory; the device has {} a block",
                                        a.staticShared, r.dynamicShared, d.maxSharedPerBlockOptin));
  if (r.dynamicShared > function.maxDynamicShared())
    return refuse(function, fmt::format("{} bytes of dynamic shared memory; {} are allowed (raise "
                                        "CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES)",
                                        r.dynamicShared, function.maxDynamicShared()));
  return {};
}

uint64_t product(const uint32_t (&v)[3]) {
  return uint64_t(v[0]) * v[1] * v[2];
}

Error refuseCluster(const Function& function, std::string why) {
  return refuse(function, std::move(why), Status::InvalidClusterSize);
}

// CUDA C++ Programming Guide, "Thread Block Clusters": the size comes from the kernel, from its
// attributes or from the launch. Leaves the effective size in r.cluster (0: no clusters).
Result<void> chooseCluster(Function& function, LaunchRequest& r, const KernelAttributes& a) {
  auto set = [](const uint32_t(&v)[3]) { return v[0] || v[1] || v[2]; };
  uint32_t own[3];
  std::copy(a.requiredCluster, a.requiredCluster + 3, own);
  if (!set(own))
    function.runtimeCluster(own);
  if (!set(r.cluster))
    std::copy(own, own + 3, r.cluster);
  else if (set(a.requiredCluster) && !std::equal(own, own + 3, r.cluster))
    return refuseCluster(
        function, fmt::format("clusters of ({}, {}, {}) blocks; the kernel was compiled for "
                              "({}, {}, {})",
                              r.cluster[0], r.cluster[1], r.cluster[2], own[0], own[1], own[2]));
  if (!set(r.cluster)) {
    if (a.explicitCluster)
      return refuseCluster(function, "the kernel needs a cluster size, and the launch gives none");
    return {};
  }
  uint64_t blocks = product(r.cluster);
  if (blocks == 0)
    return refuseCluster(function, "a dimension of the cluster is 0");
  const DeviceInfo& d = function.device().info();
  uint64_t most =
      function.nonPortableCluster() ? d.maxClusterBlocksNonPortable : d.maxClusterBlocks;
  if (a.maxClusterBlocks)
    most = std::min<uint64_t>(most, a.maxClusterBlocks);
  if (blocks > most)
    return refuseCluster(function, fmt::format("{} blocks in a cluster; {} are allowed (see "
                                               "CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_"
                                               "ALLOWED)",
                                               blocks, most));
  return {};
}

Result<void> checkClusterGrid(const Function& function, const LaunchRequest& r) {
  for (int i = 0; i < 3; ++i)
    if (r.cluster[i] && r.grid[i] % r.cluster[i])
      return refuseCluster(function, fmt::format("grid dimension {} is {}; clusters have {} blocks "
                                                 "there",
                                                 i, r.grid[i], r.cluster[i]));
  return {};
}

Result<void> checkCooperative(Function& function, const LaunchRequest& r) {
  uint32_t threads = r.block[0] * r.block[1] * r.block[2];
  Result<uint32_t> each =
      function.device().backend().maxActiveBlocks(function.kernel(), threads, r.dynamicShared);
  if (!each)
    return each.error();
  uint64_t blocks = uint64_t(r.grid[0]) * r.grid[1] * r.grid[2];
  uint64_t many =
      r.multiprocessors ? r.multiprocessors : uint64_t(function.device().info().multiprocessors);
  uint64_t fit = uint64_t(*each) * many;
  if (blocks > fit)
    return refuse(function,
                  fmt::format("{} blocks in a cooperative grid; {} fit at once", blocks, fit),
                  Status::CooperativeLaunchTooLarge);
  return {};
}

// The list of `extra`: pairs of a CU_LAUNCH_PARAM_* key and a value, ended by CU_LAUNCH_PARAM_END.
Result<void> packExtra(Function& function, void** extra, std::byte* block, size_t blockBytes) {
  const void* buffer = nullptr;
  size_t size = 0;
  for (size_t i = 0;; i += 2) {
    auto key = reinterpret_cast<uintptr_t>(extra[i]);
    if (key == 0) // END
      break;
    if (key == 1) // BUFFER_POINTER
      buffer = extra[i + 1];
    else if (key == 2 && extra[i + 1]) // BUFFER_SIZE: points to a size_t
      std::memcpy(&size, extra[i + 1], sizeof size);
    else
      return refuse(function, fmt::format("`extra` has the unknown key {}", key));
  }
  size_t needed = 0;
  for (const KernelParam& p : function.kernel().params())
    needed = std::max<size_t>(needed, p.offset + p.size);
  if (size < needed || (needed && !buffer))
    return refuse(function, fmt::format("`extra` holds {} bytes of parameters; the kernel has {}",
                                        size, needed));
  // Padding behind the last one is no argument.
  constexpr size_t kMostPadding = 16;
  if (size >= needed + kMostPadding)
    return refuse(
        function,
        fmt::format("`extra` holds {} bytes of parameters; the kernel has {}", size, needed),
        Status::LaunchOutOfResources);
  if (needed)
    std::memcpy(block, buffer, std::min(size, blockBytes));
  return {};
}

Result<std::unique_ptr<std::byte[]>> pack(Function& function, const LaunchRequest& r) {
  std::span<const KernelParam> list = function.kernel().params();
  size_t bytes = function.kernel().paramBytes();
  auto block = std::make_unique<std::byte[]>(std::max<size_t>(bytes, 16));
  if (r.params && r.extra)
    return refuse(function, "both `kernelParams` and `extra` are given");
  if (r.extra) {
    AW_TRY(packExtra(function, r.extra, block.get(), bytes));
    return block;
  }
  if (list.empty())
    return block;
  if (!r.params)
    return refuse(function,
                  fmt::format("the kernel has {} parameters and none is given", list.size()));
  for (size_t i = 0; i < list.size(); ++i) {
    if (!r.params[i])
      return refuse(function, fmt::format("the address of parameter {} is null", i));
    std::memcpy(block.get() + list[i].offset, r.params[i], list[i].size);
  }
  return block;
}

} // namespace

Result<void> PreparedLaunch::runNow(GraphCalls* graph) const {
  if (!graph)
    return function->device().backend().run(function->kernel(), config);
  LaunchConfig ofNode = config;
  ofNode.graph = graph;
  return function->device().backend().run(function->kernel(), ofNode);
}

Result<void> PreparedLaunch::runTraced(GraphCalls* graph) const {
  timeline::Work work(timeline::Kind::Kernel, timeline::intern(function->name()));
  if (timeline::Event* event = work.event()) {
    std::copy(config.grid, config.grid + 3, event->grid);
    std::copy(config.block, config.block + 3, event->block);
    event->shared = config.dynamicShared;
  }
  return runNow(graph);
}

Result<void> PreparedLaunch::run(GraphCalls* graph) const {
  KernelScope scope(function->device().counters());
  if (timeline::on()) [[unlikely]]
    return runTraced(graph);
  return runNow(graph);
}

Result<std::shared_ptr<const PreparedLaunch>>
prepareAgain(const PreparedLaunch& launch, bool cooperative, const uint32_t cluster[3]) {
  Result<KernelAttributes> attributes = launch.function->attributes();
  if (!attributes)
    return attributes.error();
  LaunchRequest request;
  const LaunchConfig& config = launch.config;
  for (int i = 0; i < 3; ++i) {
    // .blocksareclusters: requests count clusters (prepareLaunch()).
    request.grid[i] = attributes->gridInClusters ? config.grid[i] / std::max(config.cluster[i], 1u)
                                                 : config.grid[i];
    request.block[i] = attributes->gridInClusters ? 1 : config.block[i];
    request.cluster[i] = cluster[i];
  }
  request.dynamicShared = config.dynamicShared;
  request.cooperative = cooperative;
  size_t bytes = config.params.size();
  void* extra[] = {reinterpret_cast<void*>(1), launch.params.get(), reinterpret_cast<void*>(2),
                   &bytes, nullptr}; // CU_LAUNCH_PARAM_BUFFER_POINTER, _SIZE, _END
  request.extra = extra;
  return prepareLaunch(launch.function, launch.function->context(), request);
}

Result<GridSize> checkGrid(const PreparedLaunch& launch, const uint32_t (&grid)[3]) {
  Function& function = *launch.function;
  const LaunchConfig& config = launch.config;
  Result<KernelAttributes> attributes = function.attributes();
  if (!attributes)
    return attributes.error();
  LaunchRequest r;
  for (int i = 0; i < 3; ++i) {
    uint64_t blocks =
        attributes->gridInClusters ? uint64_t(grid[i]) * std::max(config.cluster[i], 1u) : grid[i];
    r.grid[i] = uint32_t(std::min<uint64_t>(blocks, UINT32_MAX)); // which no grid may have
    r.block[i] = config.block[i];
    r.cluster[i] = config.cluster[i];
  }
  r.dynamicShared = config.dynamicShared;
  r.multiprocessors = config.maxWorkers;
  AW_TRY(checkGridLimits(function, r));
  AW_TRY(checkClusterGrid(function, r));
  if (config.cooperative)
    AW_TRY(checkCooperative(function, r));
  return GridSize{r.grid[0], r.grid[1], r.grid[2]};
}

Result<std::shared_ptr<const PreparedLaunch>>
prepareLaunch(const FunctionRef& function, Context& context, const LaunchRequest& asked) {
  LaunchRequest r = asked;
  AW_TRY(context.check());
  if (&function->context() != &context)
    return refuse(*function, "the kernel and the stream are of different contexts",
                  Status::InvalidHandle);
  Result<KernelAttributes> attributes = function->attributes();
  if (!attributes)
    return attributes.error();
  AW_TRY(chooseCluster(*function, r, *attributes));
  if (attributes->gridInClusters) // .blocksareclusters: the kernel knows its blocks' shape itself
    for (int i = 0; i < 3; ++i) {
      r.grid[i] *= std::max(r.cluster[i], 1u);
      r.block[i] = std::max(attributes->requiredThreads[i], 1u);
    }
  AW_TRY(checkShape(*function, r, *attributes));
  AW_TRY(checkClusterGrid(*function, r));
  if (r.cooperative)
    AW_TRY(checkCooperative(*function, r));
  Result<std::unique_ptr<std::byte[]>> params = pack(*function, r);
  if (!params)
    return params.error();
  AW_TRY(function->prepare(r.block));
  AW_TRY(function->module().applyReferences());

  auto launch = std::make_shared<PreparedLaunch>();
  launch->function = function;
  launch->params = std::move(*params);
  launch->context = context.backend();
  launch->config.context = launch->context.get();
  launch->team = r.team;
  launch->config.team = r.team.get();
  launch->config.teamRank = r.teamRank;
  std::copy(r.grid, r.grid + 3, launch->config.grid);
  std::copy(r.block, r.block + 3, launch->config.block);
  launch->config.dynamicShared = r.dynamicShared;
  launch->config.cooperative = r.cooperative;
  launch->config.maxWorkers = r.multiprocessors;
  std::copy(r.cluster, r.cluster + 3, launch->config.cluster);
  launch->config.params = {launch->params.get(), function->kernel().paramBytes()};
  return std::shared_ptr<const PreparedLaunch>(std::move(launch));
}

Result<void> launch(const FunctionRef& function, Stream& stream, const LaunchRequest& asked) {
  LaunchRequest r = asked;
  if (stream.green()) [[unlikely]]
    r.multiprocessors = stream.green()->resource().count;
  auto prepared = prepareLaunch(function, stream.context(), r);
  if (!prepared)
    return prepared.error();
  trace::line(trace::kLaunch, "{}<<<({},{},{}), ({},{},{}), {}, stream {}>>>{}", function->name(),
              r.grid[0], r.grid[1], r.grid[2], r.block[0], r.block[1], r.block[2], r.dynamicShared,
              stream.id(), r.cooperative ? " cooperative" : "");
  // The manual: "passing it to a launch in a non-capturing stream will result in an error".
  if (r.attributes && r.attributes->has(NodeAttributes::kDeviceUpdatable) && !stream.capturing())
    return refuse(*function, "only nodes of graphs can be device-updatable");
  if (stream.capturing())
    return captureKernel(stream, std::move(*prepared), r);
  AW_TRY(stream.enqueue([launch = std::move(*prepared)] { return launch->run(); }));
  return options().launchBlocking ? stream.synchronize() : Result<void>();
}

Result<int> occupancyMaxActiveBlocks(Function& function, int blockSize, size_t dynamicShared) {
  AW_TRY(function.context().check());
  const DeviceInfo& d = function.device().info();
  if (blockSize <= 0)
    return makeError(Status::InvalidValue, fmt::format("a block of {} threads", blockSize));
  Result<KernelAttributes> a = function.attributes();
  if (!a)
    return a.error();
  if (uint32_t(blockSize) > std::min(d.maxThreadsPerBlock, a->maxThreadsPerBlock) ||
      dynamicShared + a->staticShared > d.maxSharedPerBlockOptin)
    return 0;
  Result<uint32_t> blocks = function.device().backend().maxActiveBlocks(
      function.kernel(), uint32_t(blockSize), uint32_t(dynamicShared));
  if (!blocks)
    return blocks.error();
  return int(*blocks);
}

Result<int> occupancyMaxActiveClusters(Function& function, const LaunchRequest& asked) {
  AW_TRY(function.context().check());
  LaunchRequest r = asked;
  Result<KernelAttributes> a = function.attributes();
  if (!a)
    return a.error();
  AW_TRY(chooseCluster(function, r, *a));
  if (product(r.block) == 0 || product(r.block) > function.device().info().maxThreadsPerBlock)
    return makeError(Status::InvalidValue, fmt::format("a block of {} threads", product(r.block)));
  Result<int> blocks = occupancyMaxActiveBlocks(function, int(product(r.block)), r.dynamicShared);
  if (!blocks)
    return blocks.error();
  // One thread runs all blocks of a cluster, so a multiprocessor has room for a whole one.
  uint64_t each = std::max<uint64_t>(product(r.cluster), 1);
  uint64_t perMultiprocessor = *blocks ? std::max<uint64_t>(uint64_t(*blocks) / each, 1) : 0;
  return int(perMultiprocessor * uint64_t(function.device().info().multiprocessors));
}

Result<int> occupancyMaxPotentialClusterSize(Function& function, const LaunchRequest& r) {
  AW_TRY(function.context().check());
  Result<KernelAttributes> a = function.attributes();
  if (!a)
    return a.error();
  if (product(r.block) == 0 || product(r.block) > function.device().info().maxThreadsPerBlock)
    return makeError(Status::InvalidValue, fmt::format("a block of {} threads", product(r.block)));
  Result<int> blocks = occupancyMaxActiveBlocks(function, int(product(r.block)), r.dynamicShared);
  if (!blocks)
    return blocks.error();
  const DeviceInfo& d = function.device().info();
  uint32_t most =
      function.nonPortableCluster() ? d.maxClusterBlocksNonPortable : d.maxClusterBlocks;
  if (a->maxClusterBlocks)
    most = std::min(most, a->maxClusterBlocks);
  return *blocks ? int(most) : 0;
}

Result<PotentialBlockSize> occupancyMaxPotentialBlockSize(Function& function,
                                                          size_t (*sharedForBlock)(int),
                                                          size_t dynamicShared, int limit) {
  Result<KernelAttributes> a = function.attributes();
  if (!a)
    return a.error();
  const DeviceInfo& d = function.device().info();
  int most = int(std::min(d.maxThreadsPerBlock, a->maxThreadsPerBlock));
  if (limit > 0)
    most = std::min(most, limit);
  PotentialBlockSize best;
  int bestThreads = 0;
  // From the largest block downwards in steps of a warp; the first of equals wins.
  for (int size = most; size > 0; size = (size - 1) / 32 * 32) {
    Result<int> blocks = occupancyMaxActiveBlocks(
        function, size, sharedForBlock ? sharedForBlock(size) : dynamicShared);
    if (!blocks)
      return blocks.error();
    if (*blocks * size > bestThreads) {
      bestThreads = *blocks * size;
      best = {*blocks * d.multiprocessors, size};
    }
    if (bestThreads >= int(d.maxThreadsPerMultiprocessor))
      break;
  }
  if (best.block == 0)
    return makeError(Status::InvalidValue, "no block size fits on the device");
  return best;
}

Result<size_t> occupancyAvailableDynamicShared(Function& function, int blocks, int blockSize) {
  if (blocks <= 0 || blockSize <= 0)
    return makeError(Status::InvalidValue, "the numbers of blocks and threads must be positive");
  Result<KernelAttributes> a = function.attributes();
  if (!a)
    return a.error();
  const DeviceInfo& d = function.device().info();
  size_t reserved = d.reservedSharedPerBlock;
  size_t each = d.maxSharedPerMultiprocessor / size_t(blocks);
  each = std::min<size_t>(each - std::min(each, reserved), d.maxSharedPerBlockOptin);
  return each - std::min<size_t>(each, a->staticShared);
}

} // namespace anywarp::core
