// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A user object (CUuserObject): something of the application's that graphs keep alive. The last
// reference to go, of the application or of a graph, an executable graph or a launch under way, has
// the destructor called on a thread of our own: it may not call CUDA, and nobody waits for it.
// Owned by the handle table while referenced. Safe from any thread.
#pragma once

#include "core/api.h"
#include "support/result.h"

#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace anywarp::core {

class UserObject;
using UserObjectRef = std::shared_ptr<UserObject>;

class AW_API UserObject : public std::enable_shared_from_this<UserObject> {
public:
  using Destructor = void (*)(void*);
  static Result<UserObjectRef> create(void* data, Destructor destroy, uint32_t references,
                                      uint32_t flags);
  static UserObjectRef fromHandle(const void* handle); // null: not live
  void* handle() { return this; }
  UserObject(void* data, Destructor destroy, uint32_t references);

  // References of the application. InvalidValue: 0, too many, or more than it has.
  Result<void> retain(uint32_t count);
  Result<void> release(uint32_t count);

private:
  friend class UserObjects;
  Result<void> change(int64_t own, int64_t graphs);

  void* const data_;
  const Destructor destroy_;
  std::mutex mutex_;        // guards the two below
  uint64_t own_, held_ = 0; // references of the application, of graphs
};

// The references that one graph holds. Copies hold as many again.
class UserObjects {
public:
  UserObjects() = default;
  UserObjects(const UserObjects& other);
  UserObjects& operator=(UserObjects other);
  ~UserObjects();
  // cuGraphRetainUserObject; `move`: the application's references become the graph's.
  Result<void> retain(const UserObjectRef& object, uint32_t count, bool move);
  Result<void> release(const UserObjectRef& object, uint32_t count);
  bool empty() const { return held_.empty(); }

private:
  std::unordered_map<UserObjectRef, uint64_t> held_;
};

} // namespace anywarp::core
