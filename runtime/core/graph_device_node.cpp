// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/graph_device_node.h"

#include "core/device.h"
#include "core/function.h"
#include "core/handles.h"

#include <atomic>
#include <cstring>

namespace anywarp::core {
namespace {

std::unique_ptr<std::byte[]> copyOf(const std::byte* params, size_t bytes) {
  auto copy = std::make_unique<std::byte[]>(std::max<size_t>(bytes, 16)); // aligned to 16
  std::memcpy(copy.get(), params, bytes);
  return copy;
}

} // namespace

uint64_t DeviceNodeState::nextVersion() {
  static std::atomic<uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

void DeviceNodeState::upload(const std::shared_ptr<const PreparedLaunch>& launch, bool enabled,
                             uint64_t version) {
  std::lock_guard lock(mutex_);
  if (version <= version_)
    return;
  version_ = version;
  launch_ = launch;
  std::copy(launch->config.grid, launch->config.grid + 3, grid_);
  params_ = copyOf(launch->params.get(), launch->config.params.size());
  enabled_ = enabled;
}

Result<void> DeviceNodeState::change(int ordinal, const NodeChange& change) {
  std::lock_guard lock(mutex_);
  if (!launch_)
    return makeError(Status::InvalidValue, "the graph was not uploaded");
  if (launch_->function->device().ordinal() != ordinal)
    return makeError(Status::InvalidValue, "the node is of another device than the kernel");
  return write(change);
}

Result<void> DeviceNodeState::write(const NodeChange& change) {
  switch (change.field) {
  case NodeChange::Field::GridDim: {
    Result<GridSize> blocks = checkGrid(*launch_, change.grid);
    if (!blocks)
      return blocks.error();
    std::copy(blocks->begin(), blocks->end(), grid_);
    return {};
  }
  case NodeChange::Field::Param: {
    const size_t all = launch_->config.params.size();
    if (change.offset > all || change.value.size() > all - change.offset)
      return makeError(Status::InvalidValue, "not inside of the kernel's parameters");
    std::memcpy(params_.get() + change.offset, change.value.data(), change.value.size());
    return {};
  }
  case NodeChange::Field::Enabled:
    enabled_ = change.enabled;
    return {};
  }
  return makeError(Status::InvalidValue, "a node has no such field");
}

Result<void> DeviceNodeState::run(GraphCalls* graph) const {
  PreparedLaunch now;
  {
    std::lock_guard lock(mutex_);
    if (!launch_ || !enabled_)
      return {};
    now.function = launch_->function;
    now.config = launch_->config;
    now.context = launch_->context;
    now.params = copyOf(params_.get(), now.config.params.size());
    std::copy(grid_, grid_ + 3, now.config.grid);
  }
  now.config.params = {now.params.get(), now.config.params.size()};
  return now.run(graph);
}

GraphDeviceNodeRef GraphDeviceNode::create() {
  GraphDeviceNodeRef node(new GraphDeviceNode);
  HandleTable<Place>::get().insert(node->place_);
  return node;
}

GraphDeviceNode::~GraphDeviceNode() {
  HandleTable<Place>::get().remove(handle());
}

void GraphDeviceNode::attach(const std::shared_ptr<DeviceNodeState>& state) {
  std::lock_guard lock(place_->mutex);
  place_->state = state;
}

uint32_t GraphDeviceNode::change(int ordinal, const NodeChange& change) {
  auto place = HandleTable<Place>::get().find(reinterpret_cast<const void*>(change.node));
  std::shared_ptr<DeviceNodeState> state;
  if (place) {
    std::lock_guard lock(place->mutex);
    state = place->state.lock();
  }
  constexpr uint32_t kSuccess = 0, kInvalidValue = 1; // the only two that the manual names
  return state && state->change(ordinal, change) ? kSuccess : kInvalidValue;
}

} // namespace anywarp::core
