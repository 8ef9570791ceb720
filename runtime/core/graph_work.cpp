// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/graph_work.h"

#include <cstring>

namespace anywarp::core {

Result<void> applyAttributes(GraphWork& work, const NodeAttributes& attributes) {
  work.attributes = attributes;
  if (!work.kernel)
    return {};
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
