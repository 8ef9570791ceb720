// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/pool.h"

#include "core/capture.h"
#include "core/context.h"
#include "core/device.h"
#include "core/handles.h"
#include "core/memory.h"
#include "core/stream.h"
#include "core/stream_queue.h"

#include <algorithm>
#include <fmt/core.h>
#include <map>
#include <unordered_map>
#include <vector>

namespace anywarp::core {
namespace {

// Blocks are handed out again only for requests of about their size.
constexpr size_t kGranularity = 512;

enum Attribute { // CUmemPool_attribute
  kReuseFollowEvents = 1,
  kReuseOpportunistic = 2,
  kReuseInternal = 3,
  kReleaseThreshold = 4,
  kReservedCurrent = 5,
  kReservedHigh = 6,
  kUsedCurrent = 7,
  kUsedHigh = 8,
};

} // namespace

// A block is: used (in the memory table), leaving (freed in a stream that has not come there yet;
// only that stream may have it again), or free.
struct Pool::Impl {
  struct Block {
    void* base;
    size_t size;
  };
  struct Leaving {
    Block block;
    uint64_t stream;
    uint64_t ticket; // tells the stream's free operation whether the block was taken again
  };
  std::mutex mutex; // guards everything below; a leaf but for the backend
  std::unordered_map<void*, size_t> live;
  std::multimap<size_t, void*> free;
  std::vector<Leaving> leaving;
  uint64_t nextTicket = 1;
  uint64_t maxSize = 0; // 0: no limit
  uint64_t threshold = 0;
  uint64_t flags[4] = {0, 1, 1, 1}; // the reuse attributes by code
  uint64_t reserved = 0, reservedHigh = 0, used = 0, usedHigh = 0;
  std::unordered_map<int, int> access; // device ordinal -> flags
  bool destroyed = false;

  void take(size_t size) {
    used += size;
    usedHigh = std::max(usedHigh, used);
  }
  // Blocks to give back to the backend until no more than `keep` bytes are reserved.
  std::vector<Block> shrink(uint64_t keep) {
    std::vector<Block> blocks;
    while (!free.empty() && reserved > keep) {
      auto largest = std::prev(free.end());
      blocks.push_back({largest->second, largest->first});
      reserved -= largest->first;
      free.erase(largest);
    }
    return blocks;
  }
};

namespace {

void releaseBlocks(Device& device, const auto& blocks) {
  for (const auto& block : blocks)
    device.backend().release(block.base, block.size, MemoryKind::Device);
}

} // namespace

Pool::Pool(Device& device, bool isDefault)
    : device_(device), isDefault_(isDefault), impl_(std::make_unique<Impl>()) {}

Pool::~Pool() {
  for (auto& [size, base] : impl_->free)
    device_.backend().release(base, size, MemoryKind::Device);
}

Result<PoolRef> Pool::create(Device& device, size_t maxSize) {
  auto pool = std::make_shared<Pool>(device, false);
  pool->impl_->maxSize = maxSize;
  HandleTable<Pool>::get().insert(pool);
  return pool;
}

Result<void> Pool::destroy() {
  if (isDefault_)
    return makeError(Status::InvalidValue, "a device's default pool cannot be destroyed");
  PoolRef self = HandleTable<Pool>::get().remove(this);
  if (!self)
    return makeError(Status::InvalidValue, "the pool was destroyed before");
  // The manual: a device whose current pool is destroyed goes back to its default pool.
  if (device_.currentPool() == self)
    device_.setCurrentPool(nullptr);
  std::lock_guard lock(impl_->mutex);
  impl_->destroyed = true;
  if (impl_->used > 0)
    orphan_ = self; // lives until its last allocation is freed
  return {};
}

PoolRef Pool::fromHandle(const void* handle) {
  return HandleTable<Pool>::get().find(handle);
}

Result<void*> Pool::allocate(Stream& stream, size_t bytes) {
  AW_TRY(stream.context().check());
  if (bytes == 0)
    return nullptr;
  if (std::shared_ptr<Capture> capture = stream.capture()) {
    auto memory = GraphMemory::create(stream.context(), bytes);
    if (!memory)
      return memory.error();
    GraphWork work;
    work.type = GraphNodeType::MemAlloc;
    work.memory = *memory;
    AW_TRY(capture->add(stream, std::move(work)));
    return (*memory)->address;
  }
  if (bytes > SIZE_MAX - kGranularity)
    return makeError(Status::OutOfMemory, "a pool allocation overflows");
  size_t size = (bytes + kGranularity - 1) & ~(kGranularity - 1);
  void* base = nullptr;
  size_t blockSize = 0;
  {
    std::lock_guard lock(impl_->mutex);
    auto fits = [&](size_t have) { return have >= size && have - size <= size / 4 + kGranularity; };
    auto mine = std::find_if(impl_->leaving.begin(), impl_->leaving.end(), [&](auto& l) {
      return l.stream == stream.id() && fits(l.block.size);
    });
    if (mine != impl_->leaving.end()) {
      base = mine->block.base;
      blockSize = mine->block.size;
      impl_->leaving.erase(mine);
    } else if (auto it = impl_->free.lower_bound(size);
               it != impl_->free.end() && fits(it->first)) {
      base = it->second;
      blockSize = it->first;
      impl_->free.erase(it);
    } else if (impl_->maxSize && impl_->reserved + size > impl_->maxSize) {
      return makeError(Status::OutOfMemory, "the memory pool has reached its maximum size");
    }
  }
  if (!base) {
    Result<void*> fresh = device_.backend().allocate(size, MemoryKind::Device);
    if (!fresh) {
      // What lies unused in the pool may be what is missing.
      std::vector<Impl::Block> blocks;
      {
        std::lock_guard lock(impl_->mutex);
        blocks = impl_->shrink(0);
      }
      releaseBlocks(device_, blocks);
      fresh = device_.backend().allocate(size, MemoryKind::Device);
    }
    if (!fresh)
      return fresh;
    base = *fresh;
    blockSize = size;
    std::lock_guard lock(impl_->mutex);
    impl_->reserved += size;
    impl_->reservedHigh = std::max(impl_->reservedHigh, impl_->reserved);
  }
  {
    std::lock_guard lock(impl_->mutex);
    impl_->take(blockSize);
    impl_->live[base] = blockSize;
  }
  Allocation a;
  a.base = static_cast<char*>(base);
  a.size = bytes;
  a.kind = AllocationKind::Pool;
  a.device = &device_;
  a.context = &stream.context();
  a.contextId = stream.context().id();
  a.pool = this;
  Memory::insert(a);
  return base;
}

Result<void> Pool::freeAsync(Stream& stream, void* pointer) {
  AW_TRY(stream.context().check());
  if (!pointer)
    return {};
  std::optional<Allocation> found = Memory::find(pointer);
  if (!found || found->base != pointer ||
      (found->kind != AllocationKind::Pool && found->kind != AllocationKind::Device &&
       found->kind != AllocationKind::Managed))
    return makeError(Status::InvalidValue,
                     fmt::format("{} is not the start of a device allocation", pointer));
  auto memory = found->graph ? GraphMemory::find(pointer) : nullptr;
  if (std::shared_ptr<Capture> capture = stream.capture()) {
    if (!memory)
      return capture->refuse("only memory that a graph allocated can be freed in a graph");
    GraphWork work;
    work.type = GraphNodeType::MemFree;
    work.memory = memory;
    return capture->add(stream, std::move(work));
  }
  if (memory)
    return memory->free(); // it stays with the graph that allocated it, for its next launch
  std::optional<Allocation> removed = Memory::remove(pointer);
  if (!removed)
    return makeError(Status::InvalidValue, fmt::format("{} was freed twice", pointer));
  StreamQueue::Push push;
  push.always = true;
  push.mode = StreamQueue::Mode::Inline;
  if (removed->kind != AllocationKind::Pool) {
    push.run = [a = *removed] {
      a.device->backend().release(a.base, a.size,
                                  a.kind == AllocationKind::Managed ? MemoryKind::Managed
                                                                    : MemoryKind::Device);
      return Result<void>();
    };
  } else {
    PoolRef pool = removed->pool->shared_from_this();
    uint64_t ticket = pool->startLeaving(pointer, stream.id());
    push.run = [pool, ticket] {
      pool->finishLeaving(ticket);
      return Result<void>();
    };
  }
  stream.queue()->push(std::move(push));
  return {};
}

uint64_t Pool::startLeaving(void* base, uint64_t stream) {
  std::lock_guard lock(impl_->mutex);
  auto it = impl_->live.find(base);
  Impl::Block block{base, it->second};
  impl_->live.erase(it);
  impl_->used -= block.size;
  impl_->leaving.push_back({block, stream, impl_->nextTicket});
  return impl_->nextTicket++;
}

void Pool::finishLeaving(uint64_t ticket) {
  PoolRef keep;
  std::lock_guard lock(impl_->mutex);
  auto it = std::find_if(impl_->leaving.begin(), impl_->leaving.end(),
                         [&](auto& l) { return l.ticket == ticket; });
  if (it == impl_->leaving.end()) // the stream has allocated it again
    return;
  impl_->free.emplace(it->block.size, it->block.base);
  impl_->leaving.erase(it);
  if (impl_->reserved > impl_->threshold)
    device_.notePoolExcess(shared_from_this());
  if (impl_->used == 0)
    keep = std::move(orphan_);
}

Result<void> Pool::freeNow(void* pointer) {
  std::optional<Allocation> found = Memory::find(pointer);
  if (!found || found->kind != AllocationKind::Pool || found->base != pointer)
    return makeError(Status::InvalidValue, fmt::format("{} is no pool allocation", pointer));
  // As cuMemFree: nothing in flight may still use it.
  if (ContextRef owner = Context::fromHandle(found->context); owner && owner->active())
    AW_TRY(owner->drain());
  std::optional<Allocation> removed = Memory::remove(pointer);
  if (!removed)
    return makeError(Status::InvalidValue, fmt::format("{} was freed twice", pointer));
  PoolRef pool = removed->pool->shared_from_this();
  pool->finishLeaving(pool->startLeaving(pointer, 0));
  pool->releaseExcess();
  return {};
}

void Pool::freeGraph(void* pointer) {
  std::optional<Allocation> removed = Memory::remove(pointer);
  if (!removed || removed->kind != AllocationKind::Pool)
    return; // went with its context
  PoolRef pool = removed->pool->shared_from_this();
  pool->finishLeaving(pool->startLeaving(pointer, 0));
}

void Pool::releaseExcess() {
  std::vector<Impl::Block> blocks;
  {
    std::lock_guard lock(impl_->mutex);
    blocks = impl_->shrink(impl_->threshold);
  }
  releaseBlocks(device_, blocks);
}

Result<void> Pool::trimTo(size_t minBytesToKeep) {
  std::vector<Impl::Block> blocks;
  {
    std::lock_guard lock(impl_->mutex);
    blocks = impl_->shrink(minBytesToKeep);
  }
  releaseBlocks(device_, blocks);
  return {};
}

Result<uint64_t> Pool::attribute(int code) const {
  std::lock_guard lock(impl_->mutex);
  switch (code) {
  case kReuseFollowEvents:
  case kReuseOpportunistic:
  case kReuseInternal:
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
  case kReuseFollowEvents:
  case kReuseOpportunistic:
  case kReuseInternal:
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

Result<int> Pool::access(const Device& device) const {
  if (&device == &device_)
    return 3;
  std::lock_guard lock(impl_->mutex);
  auto it = impl_->access.find(device.ordinal());
  return it == impl_->access.end() ? 0 : it->second;
}

Result<void> Pool::setAccess(const Device& device, int flags) {
  if (flags != 0 && flags != 1 && flags != 3)
    return makeError(Status::InvalidValue, fmt::format("{} are no access flags", flags));
  if (&device == &device_) {
    if (flags != 3)
      return makeError(Status::InvalidDevice, "a device cannot lose access to its own pool");
    return {};
  }
  std::lock_guard lock(impl_->mutex);
  impl_->access[device.ordinal()] = flags;
  return {};
}

} // namespace anywarp::core
