// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernel nodes that kernels may change (CU_LAUNCH_ATTRIBUTE_DEVICE_UPDATABLE_KERNEL_NODE). The
// handle (CUgraphDeviceNode) belongs to a node of a graph, what it stands for to the one executable
// graph that there may be of it: the node as the device knows it, which uploads overwrite with what
// the host has set. Safe from any thread; kernels change nodes while others run them.
#pragma once

#include "core/api.h"
#include "core/launch.h"

#include <mutex>

namespace anywarp::core {

class GraphDeviceNode;
using GraphDeviceNodeRef = std::shared_ptr<GraphDeviceNode>;

// A node of an executable graph as the device knows it. A launch takes it as it is when its turn
// comes; changes are for launches after that.
class DeviceNodeState {
public:
  // Overwrites everything, unless it has this version or a later one already. Versions come from
  // nextVersion().
  void upload(const std::shared_ptr<const PreparedLaunch>& launch, bool enabled, uint64_t version);
  Result<void> change(int ordinal, const NodeChange& change); // by a kernel of that device
  Result<void> run(GraphCalls* graph) const;
  static uint64_t nextVersion(); // greater than all before; 0 is none

private:
  Result<void> write(const NodeChange& change); // mutex_ held

  mutable std::mutex mutex_; // guards all below; a leaf but for what a launch's checks take
  uint64_t version_ = 0;
  std::shared_ptr<const PreparedLaunch>
      launch_; // all that the device cannot change; null: no upload
  uint32_t grid_[3] = {};
  std::unique_ptr<std::byte[]> params_;
  bool enabled_ = false;
};

// What an upload brings to the device.
struct DeviceNodeUpload {
  std::shared_ptr<DeviceNodeState> node;
  std::shared_ptr<const PreparedLaunch> launch;
  bool enabled = true;
  uint64_t version = 0;
  void apply() const { node->upload(launch, enabled, version); }
};

class AW_API GraphDeviceNode {
public:
  static GraphDeviceNodeRef create();
  ~GraphDeviceNode();
  void* handle() const { return place_.get(); } // dead with this object
  // The node of the executable graph that there is now.
  void attach(const std::shared_ptr<DeviceNodeState>& state);
  // For backends (DeviceRole): a kernel of this device asks for a change. A cudaError_t.
  static uint32_t change(int ordinal, const NodeChange& change);

private:
  struct Place { // what a handle leads to
    std::mutex mutex;
    std::weak_ptr<DeviceNodeState> state; // guarded by it
  };
  GraphDeviceNode() = default;
  const std::shared_ptr<Place> place_ = std::make_shared<Place>();
};

// Where the handle is in an attribute's value, {int deviceUpdatable; CUgraphDeviceNode devNode}.
inline void* deviceNodePlace(void* value) {
  return static_cast<std::byte*>(value) + sizeof(void*);
}

} // namespace anywarp::core
