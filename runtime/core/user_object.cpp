// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/user_object.h"

#include "core/handles.h"
#include "support/thread.h"

#include <climits>
#include <condition_variable>
#include <deque>

namespace anywarp::core {
namespace {

// Calls destructors, one after the other.
class DestructorThread {
public:
  static DestructorThread& get() {
    static DestructorThread* thread = new DestructorThread; // never destroyed: see Runtime
    return *thread;
  }
  void add(UserObject::Destructor destroy, void* data) {
    std::lock_guard lock(mutex_);
    calls_.push_back({destroy, data});
    changed_.notify_one();
  }

private:
  struct Call {
    UserObject::Destructor destroy;
    void* data;
  };
  DestructorThread() {
    startThread("anywarp-destroy", [] { get().run(); });
  }
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return !calls_.empty(); });
      Call call = calls_.front();
      calls_.pop_front();
      lock.unlock();
      call.destroy(call.data);
      lock.lock();
    }
  }
  std::mutex mutex_; // guards calls_
  std::condition_variable changed_;
  std::deque<Call> calls_;
};

Result<void> checkCount(uint32_t count) {
  if (count == 0 || count > INT_MAX)
    return makeError(Status::InvalidValue, "the number of references is 0 or above INT_MAX");
  return {};
}

} // namespace

Result<UserObjectRef> UserObject::create(void* data, Destructor destroy, uint32_t references,
                                         uint32_t flags) {
  if (!destroy)
    return makeError(Status::InvalidValue, "the destructor is null");
  if (flags != 1) // CU_USER_OBJECT_NO_DESTRUCTOR_SYNC
    return makeError(Status::InvalidValue, "the flags must be NO_DESTRUCTOR_SYNC");
  AW_TRY(checkCount(references));
  auto object = std::make_shared<UserObject>(data, destroy, references);
  HandleTable<UserObject>::get().insert(object);
  return object;
}

UserObject::UserObject(void* data, Destructor destroy, uint32_t references)
    : data_(data), destroy_(destroy), own_(references) {}

UserObjectRef UserObject::fromHandle(const void* handle) {
  return HandleTable<UserObject>::get().find(handle);
}

Result<void> UserObject::change(int64_t own, int64_t graphs) {
  bool last;
  {
    std::lock_guard lock(mutex_);
    if (own_ + held_ == 0 || (own < 0 && own_ < uint64_t(-own)))
      return makeError(Status::InvalidValue,
                       "more references of a user object are given back than there are");
    own_ += uint64_t(own);
    held_ += uint64_t(graphs);
    last = own_ + held_ == 0;
  }
  if (!last)
    return {};
  HandleTable<UserObject>::get().remove(this);
  DestructorThread::get().add(destroy_, data_);
  return {};
}

Result<void> UserObject::retain(uint32_t count) {
  AW_TRY(checkCount(count));
  return change(count, 0);
}

Result<void> UserObject::release(uint32_t count) {
  AW_TRY(checkCount(count));
  return change(-int64_t(count), 0);
}

UserObjects::UserObjects(const UserObjects& other) : held_(other.held_) {
  for (auto& [object, count] : held_)
    (void)object->change(0, int64_t(count));
}

UserObjects& UserObjects::operator=(UserObjects other) {
  held_.swap(other.held_);
  return *this;
}

UserObjects::~UserObjects() {
  for (auto& [object, count] : held_)
    (void)object->change(0, -int64_t(count));
}

Result<void> UserObjects::retain(const UserObjectRef& object, uint32_t count, bool move) {
  AW_TRY(checkCount(count));
  AW_TRY(object->change(move ? -int64_t(count) : 0, count));
  held_[object] += count;
  return {};
}

Result<void> UserObjects::release(const UserObjectRef& object, uint32_t count) {
  AW_TRY(checkCount(count));
  auto it = held_.find(object);
  if (it == held_.end() || it->second < count)
    return makeError(Status::InvalidValue, "the graph holds fewer references of this user object");
  UserObjectRef keep = object;
  if ((it->second -= count) == 0)
    held_.erase(it);
  return keep->change(0, -int64_t(count));
}

} // namespace anywarp::core
