// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which handles are alive. Applications pass addresses of our objects; before one is used it is
// looked up here, so that garbage and stale handles give an error instead of a crash. The table is
// also what owns most objects. Sharded: launches from many threads look up at once.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

namespace anywarp::core {

template <typename T> class HandleTable {
public:
  static HandleTable& get() {
    static HandleTable* table = new HandleTable; // never destroyed: see Runtime
    return *table;
  }
  void insert(std::shared_ptr<T> object) {
    const void* handle = object.get();
    Shard& shard = shardOf(handle);
    std::unique_lock lock(shard.mutex);
    shard.objects[handle] = std::move(object);
  }
  // Null: not there.
  std::shared_ptr<T> remove(const void* handle) {
    Shard& shard = shardOf(handle);
    std::unique_lock lock(shard.mutex);
    auto it = shard.objects.find(handle);
    if (it == shard.objects.end())
      return nullptr;
    std::shared_ptr<T> object = std::move(it->second);
    shard.objects.erase(it);
    return object;
  }
  std::shared_ptr<T> find(const void* handle) {
    Shard& shard = shardOf(handle);
    std::shared_lock lock(shard.mutex);
    auto it = shard.objects.find(handle);
    return it == shard.objects.end() ? nullptr : it->second;
  }

  std::vector<std::shared_ptr<T>> all() {
    std::vector<std::shared_ptr<T>> list;
    for (Shard& shard : shards_) {
      std::shared_lock lock(shard.mutex);
      for (auto& [handle, object] : shard.objects)
        list.push_back(object);
    }
    return list;
  }

  // Lets all objects go of which `gone` is true. `gone` is called under a lock.
  template <typename Predicate> void removeIf(Predicate gone) {
    for (Shard& shard : shards_) {
      std::vector<std::shared_ptr<T>> last; // destroyed without the lock
      std::unique_lock lock(shard.mutex);
      for (auto it = shard.objects.begin(); it != shard.objects.end();) {
        if (gone(*it->second)) {
          last.push_back(std::move(it->second));
          it = shard.objects.erase(it);
        } else {
          ++it;
        }
      }
      lock.unlock();
    }
  }

private:
  struct alignas(64) Shard {
    std::shared_mutex mutex; // guards objects; a leaf in the lock order
    std::unordered_map<const void*, std::shared_ptr<T>> objects;
  };
  Shard& shardOf(const void* handle) { return shards_[(uintptr_t(handle) >> 6) % shards_.size()]; }
  std::array<Shard, 16> shards_;
};

} // namespace anywarp::core
