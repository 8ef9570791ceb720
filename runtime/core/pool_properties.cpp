// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a pool is made as, its attributes and access, and the pools of each place.
#include "core/device.h"
#include "core/handles.h"
#include "core/pool_impl.h"
#include "core/runtime.h"
#include "core/virtual_memory.h"

#include <fmt/core.h>

namespace anywarp::core {
namespace {

enum Attribute { // CUmemPool_attribute; 1 to 3 are Impl::flags
  kLastFlag = 3,
  kReleaseThreshold = 4,
  kReservedCurrent = 5,
  kReservedHigh = 6,
  kUsedCurrent = 7,
  kUsedHigh = 8,
};

Result<MemoryLocation> checkPlace(int type, MemoryLocation location) {
  if (type != kPoolPinned && type != kPoolManaged)
    return makeError(Status::InvalidValue, fmt::format("there are no pools of type {}", type));
  return checkLocation(location,
                       kAnyPlace | (type == kPoolManaged ? locationBit(kLocationNone) : 0));
}

Result<void> check(const PoolProperties& p) {
  if (p.handleTypes & ~(kHandleFile | kHandleOther))
    return makeError(Status::InvalidValue, "unknown handle types of a pool");
  if (p.usage & ~kUsageDecompress)
    return makeError(Status::InvalidValue, "unknown usage of a pool");
  if (p.handleTypes && (p.location.type == kLocationHost || p.type == kPoolManaged))
    return makeError(Status::InvalidValue,
                     "pools of the host, of no NUMA node, and of managed memory cannot be shared");
  if (p.handleTypes & kHandleOther)
    return makeError(Status::NotSupported, "pools are shared by POSIX file descriptors only "
                                           "(CU_DEVICE_ATTRIBUTE_MEMPOOL_SUPPORTED_HANDLE_TYPES)");
  return {};
}

// Pinned pools of devices are with their Device.
bool isDevices(int type, const MemoryLocation& location) {
  return type == kPoolPinned && location.type == kLocationDevice;
}

} // namespace

// The pools of all other places.
struct PoolPlaces {
  struct Place {
    PoolRef builtIn, current; // current null: the built-in one
  };
  std::mutex mutex; // guards places; Pool's own and the handle tables are locked inside
  std::map<std::pair<int, MemoryLocation>, Place> places;

  static PoolPlaces& get() {
    static PoolPlaces* p = new PoolPlaces; // never destroyed: see Runtime
    return *p;
  }
  // The built-in pool of a place or, `current`, the one that was chosen for it.
  static Result<PoolRef> at(int type, MemoryLocation where, bool current) {
    Result<MemoryLocation> location = checkPlace(type, where);
    if (!location)
      return location.error();
    if (isDevices(type, *location)) {
      Device& device = *Runtime::get().devices()[size_t(location->id)];
      return current ? device.currentPool() : device.defaultPool();
    }
    PoolPlaces& all = get();
    std::lock_guard lock(all.mutex);
    Place& place = all.places[{type, *location}];
    if (current && place.current)
      return place.current;
    if (!place.builtIn) {
      PoolProperties properties;
      properties.type = type;
      properties.location = *location;
      auto made = Pool::make(properties, true);
      if (!made)
        return made;
      place.builtIn = *made;
    }
    return place.builtIn;
  }
};

Pool::Pool(Device& device, const PoolProperties& properties, bool isDefault)
    : device_(device), properties_(properties), isDefault_(isDefault),
      impl_(std::make_unique<Impl>()) {
  if (auto memory = PoolMemory::create(device, properties)) // fails for shared ones only
    impl_->memory = std::move(*memory);
}

Pool::~Pool() {
  for (auto& [size, block] : impl_->free)
    impl_->memory->giveBack(block.base, size);
}

Result<PoolRef> Pool::make(const PoolProperties& properties, bool isDefault) {
  int owner = properties.location.type == kLocationDevice ? properties.location.id : 0;
  auto pool =
      std::make_shared<Pool>(*Runtime::get().devices()[size_t(owner)], properties, isDefault);
  if (!pool->impl_->memory)
    return makeError(Status::OutOfMemory, "no file or addresses for a pool that can be shared");
  HandleTable<Pool>::get().insert(pool);
  return pool;
}

Result<PoolRef> Pool::create(const PoolProperties& wanted) {
  PoolProperties properties = wanted;
  Result<MemoryLocation> location = checkPlace(wanted.type, wanted.location);
  if (!location)
    return location.error();
  properties.location = *location;
  AW_TRY(check(properties));
  return make(properties, false);
}

Result<void> Pool::destroy() {
  if (isDefault_)
    return makeError(Status::InvalidValue, "a default pool cannot be destroyed");
  PoolRef self = HandleTable<Pool>::get().remove(this);
  if (!self)
    return makeError(Status::InvalidValue, "the pool was destroyed before");
  // The manual: a place whose current pool is destroyed goes back to its default pool.
  if (isDevices(properties_.type, properties_.location)) {
    if (device_.currentPool() == self)
      device_.setCurrentPool(nullptr);
  } else {
    PoolPlaces& places = PoolPlaces::get();
    std::lock_guard lock(places.mutex);
    auto it = places.places.find({properties_.type, properties_.location});
    if (it != places.places.end() && it->second.current == self)
      it->second.current = nullptr;
  }
  std::lock_guard lock(impl_->mutex);
  impl_->destroyed = true;
  if (impl_->used > 0)
    orphan_ = self; // lives until its last allocation is freed
  return {};
}

PoolRef Pool::fromHandle(const void* handle) {
  return HandleTable<Pool>::get().find(handle);
}

bool Pool::imported() const {
  return impl_->memory->imported();
}

Result<PoolRef> Pool::defaultAt(int type, MemoryLocation where) {
  return PoolPlaces::at(type, where, /*current=*/false);
}

Result<PoolRef> Pool::currentAt(int type, MemoryLocation where) {
  return PoolPlaces::at(type, where, /*current=*/true);
}

Result<void> Pool::setCurrentAt(int type, MemoryLocation where, PoolRef pool) {
  Result<MemoryLocation> location = checkPlace(type, where);
  if (!location)
    return location.error();
  if (pool->properties_.type != type || pool->properties_.location != *location || pool->imported())
    return makeError(Status::InvalidValue,
                     "the pool is of another place or type, or another process's");
  if (isDevices(type, *location)) {
    pool->device_.setCurrentPool(pool);
    return {};
  }
  PoolPlaces& places = PoolPlaces::get();
  std::lock_guard lock(places.mutex);
  places.places[{type, *location}].current = pool->isDefault_ ? nullptr : pool;
  return {};
}

void Pool::releaseExcess() {
  std::vector<Impl::Block> blocks;
  {
    std::lock_guard lock(impl_->mutex);
    blocks = impl_->shrink(impl_->threshold);
  }
  impl_->giveBack(blocks);
}

Result<void> Pool::trimTo(size_t minBytesToKeep) {
  std::vector<Impl::Block> blocks;
  {
    std::lock_guard lock(impl_->mutex);
    blocks = impl_->shrink(minBytesToKeep);
  }
  impl_->giveBack(blocks);
  return {};
}

Result<uint64_t> Pool::attribute(int code) const {
  std::lock_guard lock(impl_->mutex);
  switch (code) {
  case 1:
  case 2:
  case kLastFlag:
    return impl_->flags[code];
  case kReleaseThreshold:
    return impl_->threshold;
  case kReservedCurrent:
    return impl_->reserved;
  case kReservedHigh:
    return impl_->reservedHigh;
  case kUsedCurrent:
    return impl_->used;
  case kUsedHigh:
    return impl_->usedHigh;
  default:
    return makeError(Status::InvalidValue, fmt::format("{} is no memory pool attribute", code));
  }
}

Result<void> Pool::setAttribute(int code, uint64_t value) {
  std::lock_guard lock(impl_->mutex);
  switch (code) {
  case 1:
  case 2:
  case kLastFlag:
    impl_->flags[code] = value != 0;
    return {};
  case kReleaseThreshold:
    impl_->threshold = value;
    return {};
  case kReservedHigh: // the manual: high-water marks can only be reset to 0
  case kUsedHigh:
    if (value != 0)
      return makeError(Status::InvalidValue, "a high-water mark can only be set to 0");
    (code == kReservedHigh ? impl_->reservedHigh : impl_->usedHigh) =
        code == kReservedHigh ? impl_->reserved : impl_->used;
    return {};
  default:
    return makeError(Status::InvalidValue,
                     fmt::format("memory pool attribute {} cannot be set", code));
  }
}

Result<int> Pool::access(MemoryLocation where) const {
  Result<MemoryLocation> location = checkLocation(where, kAnyPlace);
  if (!location)
    return location.error();
  if (*location == properties_.location || properties_.type == kPoolManaged ||
      (location->isHost() && properties_.location.isHost()))
    return 3;
  std::lock_guard lock(impl_->mutex);
  auto it = impl_->access.find(*location);
  return it == impl_->access.end() ? 0 : it->second;
}

Result<void> Pool::setAccess(MemoryLocation where, int flags) {
  Result<MemoryLocation> location = checkLocation(where, kAnyPlace);
  if (!location)
    return location.error();
  if (flags != 0 && flags != 1 && flags != 3)
    return makeError(Status::InvalidValue, fmt::format("{} are no access flags", flags));
  if (location->isHost() && !properties_.location.isHost())
    return makeError(Status::InvalidValue, "the host has no access to a device's pool");
  if (*location == properties_.location) {
    if (flags != 3)
      return makeError(Status::InvalidDevice, "a device cannot lose access to its own pool");
    return {};
  }
  std::lock_guard lock(impl_->mutex);
  impl_->access[*location] = flags;
  return {};
}

} // namespace anywarp::core
