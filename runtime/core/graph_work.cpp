// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/graph_work.h"

#include <cstring>

namespace anywarp::core {

Residence Residence::of(const CopyBox& box) {
  if (box.array)
    return {.array = true, .host = false};
  std::optional<Allocation> found = Memory::find(box.base);
  if (!found)
    return {};
  return {.allocated = true,
          .host = found->isHost(),
          .kind = found->kind,
          .device = found->device,
          .context = found->contextId};
}

bool Residence::sameMapping(const Residence& other) const {
  if (array != other.array || host != other.host)
    return false;
  if (!allocated || !other.allocated)
    return true; // pageable memory, of no context
  return device == other.device && (!context || !other.context || context == other.context);
}

void noteResidence(GraphWork& work) {
  if (auto* copy = std::get_if<CopyParams>(&work.described)) {
    copy->dstAt = Residence::of(copy->dst);
    copy->srcAt = Residence::of(copy->src);
  } else if (auto* fill = std::get_if<FillParams>(&work.described)) {
    CopyBox box;
    box.base = fill->dst;
    fill->at = Residence::of(box);
  }
}

Result<void> applyAttributes(GraphWork& work, const NodeAttributes& attributes) {
  work.attributes = attributes;
  if (!work.kernel)
    return {};
  if (attributes.getInt(NodeAttributes::kDeviceUpdatable) && !work.deviceNode)
    work.deviceNode = GraphDeviceNode::create();
  const LaunchConfig& config = work.kernel->config;
  bool cooperative = attributes.has(NodeAttributes::kCooperative)
                         ? attributes.getInt(NodeAttributes::kCooperative) != 0
                         : config.cooperative;
  uint32_t cluster[3];
  memcpy(cluster, config.cluster, sizeof cluster);
  if (attributes.has(NodeAttributes::kClusterDimension)) {
    Result<NodeAttributes::Value> value = attributes.get(NodeAttributes::kClusterDimension);
    memcpy(cluster, value->data(), sizeof cluster);
  }
  if (cooperative == config.cooperative && !memcmp(cluster, config.cluster, sizeof cluster))
    return {};
  auto again = prepareAgain(*work.kernel, cooperative, cluster);
  if (!again)
    return again.error();
  work.kernel = std::move(*again);
  return {};
}

Result<NodeAttributes::Value> attributeOf(const GraphWork& work, int id) {
  if (id == NodeAttributes::kDeviceUpdatable && work.deviceNode) {
    const struct {
      int updatable = 1;
      void* node;
    } both = {.node = work.deviceNode->handle()};
    return NodeAttributes::valueOf(both);
  }
  Result<NodeAttributes::Value> value = work.attributes.get(id);
  if (!value || !work.kernel || work.attributes.has(id))
    return value;
  const LaunchConfig& config = work.kernel->config;
  if (id == NodeAttributes::kCooperative)
    (*value)[0] = std::byte(config.cooperative);
  else if (id == NodeAttributes::kClusterDimension)
    memcpy(value->data(), config.cluster, sizeof config.cluster);
  return value;
}

} // namespace anywarp::core
