// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a launch of an executable graph does: chains of work, each behind those that it waits for.
// Chains that do not wait for each other run at the same time. Immutable; made by GraphProgram,
// shared by all launches until a change.
#pragma once

#include "core/graph_work.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace anywarp::core {

struct GraphPlan {
  struct Branch;
  struct Item { // one of the four
    std::shared_ptr<const PreparedLaunch> kernel;
    std::shared_ptr<const DeviceNodeState> deviceNode; // with `kernel`: how it is now
    Stream::Operation run;
    std::shared_ptr<const Branch> branch;
    std::function<Result<void>(Stream&)> enqueue; // what only a stream can do; never in a condition
  };
  using Items = std::span<const Item>;
  struct Chain { // one thread runs all of it
    std::vector<Item> items;
    std::vector<uint32_t> before, next; // chains of the body that it waits for, that wait for it
  };
  using Body = std::vector<Chain>; // every chain behind those that it waits for
  struct Branch {                  // a conditional node
    size_t variable = 0;           // place in `conditions`
    ConditionalType type = ConditionalType::If;
    std::vector<Body> bodies;
  };
  Body top;
  bool needsStreams = false; // some item has `enqueue`
  std::vector<GraphConditionRef> conditions;
  std::vector<DeviceNodeUpload> uploads;                      // that come before anything else
  std::vector<std::shared_ptr<GraphMemory>> allocated, freed; // freed: of other graphs

  void upload() const {
    for (const DeviceNodeUpload& node : uploads)
      node.apply();
  }
};

} // namespace anywarp::core
