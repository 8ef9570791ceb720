// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernel launches and occupancy: checks as the CUDA driver API manual has them, parameter packing,
// then one stream operation. Stateless; safe from any thread.
#pragma once

#include "core/api.h"
#include "core/backend.h"
#include "support/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace anywarp::core {

class NodeAttributes;
class GraphDeviceNode;

struct LaunchRequest {
  uint32_t grid[3] = {1, 1, 1};
  uint32_t block[3] = {1, 1, 1};
  uint32_t dynamicShared = 0;
  bool cooperative = false;
  void** params = nullptr;         // kernelParams: one address for each parameter
  void** extra = nullptr;          // CU_LAUNCH_PARAM_* list; not both
  uint32_t cluster[3] = {0, 0, 0}; // blocks of a cluster; 0: what the kernel itself says
  // For the node that it becomes in a captured stream: attributes besides those above, and whether
  // it waits only for the trigger of the kernel before it (programmatic dependent launch).
  const NodeAttributes* attributes = nullptr;
  bool programmatic = false;
  uint32_t multiprocessors = 0; // that the grid may use; 0: the device's
  // That the node shall have, if `attributes` make it device-updatable; null: a new one.
  std::shared_ptr<GraphDeviceNode> deviceNode = nullptr;
  std::shared_ptr<LaunchTeam> team = nullptr; // grids that this one may wait for
  uint32_t teamRank = 0;
};

// A launch that was checked and waits to run, any number of times. Immutable.
struct AW_API PreparedLaunch {
  FunctionRef function; // keeps the module
  LaunchConfig config;
  std::shared_ptr<BackendContext> context;             // behind config.context
  std::shared_ptr<LaunchTeam> team;                    // behind config.team
  std::unique_ptr<std::byte[]> params;                 // operator new[] aligns to 16
  Result<void> run(GraphCalls* graph = nullptr) const; // `graph`: that it is a node of

private:
  Result<void> runTraced(GraphCalls* graph) const;
  Result<void> runNow(GraphCalls* graph) const;
};
// The same with another choice of these two.
Result<std::shared_ptr<const PreparedLaunch>>
prepareAgain(const PreparedLaunch& launch, bool cooperative, const uint32_t cluster[3]);
// Could it have this grid? In the numbers of a launch; the result counts blocks.
using GridSize = std::array<uint32_t, 3>;
Result<GridSize> checkGrid(const PreparedLaunch& launch, const uint32_t (&grid)[3]);
AW_API Result<std::shared_ptr<const PreparedLaunch>>
prepareLaunch(const FunctionRef& function, Context& context, const LaunchRequest& request);

AW_API Result<void> launch(const FunctionRef& function, Stream& stream,
                           const LaunchRequest& request);

// cuLaunchCooperativeKernelMultiDevice: one grid for each device, each in its stream.
struct DeviceLaunch {
  FunctionRef function;
  StreamRef stream;
  LaunchRequest request;
};
AW_API Result<void> launchOnDevices(std::vector<DeviceLaunch> launches, unsigned flags);

// How many clusters of the request's size fit on the device at once, and the largest size that
// does.
AW_API Result<int> occupancyMaxActiveClusters(Function& function, const LaunchRequest& request);
AW_API Result<int> occupancyMaxPotentialClusterSize(Function& function,
                                                    const LaunchRequest& request);
AW_API Result<int> occupancyMaxActiveBlocks(Function& function, int blockSize,
                                            size_t dynamicShared);
struct PotentialBlockSize {
  int minGrid = 0, block = 0;
};
// `sharedForBlock` may be null; then `dynamicShared` holds for every block size. limit 0 = none.
AW_API Result<PotentialBlockSize> occupancyMaxPotentialBlockSize(Function& function,
                                                                 size_t (*sharedForBlock)(int),
                                                                 size_t dynamicShared, int limit);
AW_API Result<size_t> occupancyAvailableDynamicShared(Function& function, int blocks,
                                                      int blockSize);

} // namespace anywarp::core
