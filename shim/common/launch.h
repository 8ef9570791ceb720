// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What both APIs do alike with attributes of launches: the unions of their values are the same.
// Stateless; safe from any thread.
#pragma once

#include "common/call.h"
#include "core/event.h"
#include "core/graph_device_node.h"
#include "core/launch.h"
#include "core/node_attributes.h"

#include <cstring>

namespace anywarp::shim {

// What launch attributes ask for, beyond the request itself.
struct LaunchExtras {
  core::EventRef after[2];   // recorded behind the kernel: programmatic, launch completion
  core::NodeAttributes node; // of the node that it becomes in a captured stream
  // Of a device-updatable one: its handle, and the place for that in the attribute's value.
  core::GraphDeviceNodeRef deviceNode;
  void* deviceNodePlace = nullptr;

  // Behind the launch. Both events fire once the kernel is done; a captured kernel's waiters are
  // told what they wait for: CU_GRAPH_KERNEL_NODE_PORT_PROGRAMMATIC 1, _LAUNCH_ORDER 2.
  Result<void> record(core::Stream& stream) const {
    if (deviceNode) {
      void* handle = deviceNode->handle();
      std::memcpy(deviceNodePlace, &handle, sizeof handle);
    }
    for (uint8_t i = 0; i < 2; ++i)
      if (after[i])
        AW_TRY(after[i]->recordPart(stream, uint8_t(i + 1), i == 0));
    return {};
  }
};

// One attribute, by its CUlaunchAttributeID.
template <typename Value>
Result<void> readLaunchAttribute(int id, Value& value, core::LaunchRequest& request,
                                 LaunchExtras& extras) {
  using Node = core::NodeAttributes;
  constexpr int kIgnore = 0, kSynchronizationPolicy = 3, kProgrammaticSerialization = 6,
                kProgrammaticEvent = 7, kLaunchCompletionEvent = 12, kNvlinkScheduling = 16;
  switch (id) {
  case Node::kCooperative:
    request.cooperative = value.cooperative != 0;
    return {};
  case Node::kClusterDimension:
    if (!value.clusterDim.x || !value.clusterDim.y || !value.clusterDim.z)
      return makeError(Status::InvalidClusterSize, "a dimension of the cluster is 0");
    request.cluster[0] = value.clusterDim.x;
    request.cluster[1] = value.clusterDim.y;
    request.cluster[2] = value.clusterDim.z;
    return {};
  case kProgrammaticSerialization:
    request.programmatic = value.programmaticStreamSerializationAllowed != 0;
    return {};
  case kProgrammaticEvent:
  case kLaunchCompletionEvent: { // both values start with the event
    auto event = core::Event::fromHandle(value.programmaticEvent.event);
    if (!event)
      return makeError(Status::InvalidHandle, "a launch attribute names an event that is none");
    extras.after[id == kLaunchCompletionEvent] = std::move(event);
    return {};
  }
  case Node::kAccessPolicyWindow: // hints, which a node keeps
  case Node::kClusterScheduling:
  case Node::kPriority:
  case Node::kMemSyncDomainMap:
  case Node::kMemSyncDomain:
  case Node::kPreferredCluster:
  case Node::kCarveout:
    return extras.node.set(id, &value);
  case Node::kDeviceUpdatable:
    AW_TRY(extras.node.set(id, &value));
    if (extras.node.getInt(id)) {
      request.deviceNode = extras.deviceNode = core::GraphDeviceNode::create();
      extras.deviceNodePlace = core::deviceNodePlace(&value);
    }
    return {};
  case kIgnore:
  case kSynchronizationPolicy:
  case kNvlinkScheduling:
    return {};
  default:
    return makeError(Status::InvalidValue, "unknown launch attribute");
  }
}

} // namespace anywarp::shim
