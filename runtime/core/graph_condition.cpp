// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What graphs keep besides nodes: conditions and user objects.
#include "core/graph.h"

#include <algorithm>

namespace anywarp::core {

Result<GraphConditionRef> Graph::createCondition(uint32_t value, bool assign, const void* context) {
  auto condition = std::make_shared<GraphCondition>(value, assign, context);
  std::lock_guard lock(mutex_);
  conditions_.push_back(condition);
  return condition;
}

Result<GraphConditionRef> Graph::takeCondition(uint64_t handle) {
  GraphRef above;
  {
    std::lock_guard lock(mutex_);
    for (const GraphConditionRef& condition : conditions_)
      if (condition->handle() == handle) {
        if (condition->used_.exchange(true))
          return makeError(Status::InvalidValue, "the condition has a node already");
        return condition;
      }
    above = parent_.lock();
  }
  if (above)
    return above->takeCondition(handle);
  return makeError(Status::InvalidValue, "not a condition of this graph or of one above it");
}

bool Graph::hasUnusedCondition() const {
  {
    std::lock_guard lock(mutex_);
    for (const GraphConditionRef& condition : conditions_)
      if (!condition->used_)
        return true;
  }
  for (GraphNode* node : nodes()) {
    GraphWork work = node->work();
    if (work.child && work.child->hasUnusedCondition())
      return true;
    for (const GraphRef& body : work.conditional.bodies)
      if (body->hasUnusedCondition())
        return true;
  }
  return false;
}

Result<void> Graph::retainUserObject(const UserObjectRef& object, uint32_t count, bool move) {
  std::lock_guard lock(mutex_);
  return userObjects_.retain(object, count, move);
}

Result<void> Graph::releaseUserObject(const UserObjectRef& object, uint32_t count) {
  std::lock_guard lock(mutex_);
  return userObjects_.release(object, count);
}

UserObjects Graph::userObjects() const {
  std::lock_guard lock(mutex_);
  return userObjects_;
}

} // namespace anywarp::core
