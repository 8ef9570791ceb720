// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Allocation and reuse. Attributes and places are in pool_properties.cpp, other processes' pools in
// pool_share.cpp.
#include "core/pool.h"

#include "core/capture.h"
#include "core/context.h"
#include "core/device.h"
#include "core/memory.h"
#include "core/pool_impl.h"
#include "core/stream.h"

#include <fmt/core.h>

namespace anywarp::core {
namespace {

// Blocks are handed out again only for requests of about their size.
bool fits(size_t have, size_t wanted, size_t granularity) {
  return have >= wanted && have - wanted <= wanted / 4 + granularity;
}

enum Policy { kFollowEvents = 1, kOpportunistic = 2, kInternal = 3 }; // CUmemPool_attribute

} // namespace

// A block that the stream may have without waiting; null: none.
void* Pool::takeFree(Stream& stream, size_t bytes, size_t& size) {
  std::lock_guard lock(impl_->mutex);
  size_t unit = impl_->memory->granularity();
  auto mine = std::find_if(impl_->leaving.begin(), impl_->leaving.end(), [&](auto& l) {
    bool ordered = l.stream == stream.id() ||
                   (impl_->flags[kFollowEvents] && l.position.queue &&
                    stream.queue()->follows(l.position.queue->id(), l.position.number));
    return fits(l.block.size, bytes, unit) && ordered;
  });
  if (mine != impl_->leaving.end()) {
    Impl::Block block = mine->block;
    impl_->leaving.erase(mine);
    size = block.size;
    return block.base;
  }
  for (auto it = impl_->free.lower_bound(bytes);
       it != impl_->free.end() && fits(it->first, bytes, unit); ++it) {
    const Impl::Free& f = it->second;
    if (!impl_->flags[kOpportunistic] && f.stream && f.stream != stream.id() &&
        !(impl_->flags[kFollowEvents] && stream.queue()->follows(f.queue, f.number)))
      continue;
    void* base = f.base;
    size = it->first;
    impl_->free.erase(it);
    return base;
  }
  return nullptr;
}

// A block that another stream is about to free: `stream` waits for it.
void* Pool::takeLeaving(Stream& stream, size_t bytes, size_t& size) {
  Impl::Leaving taken;
  {
    std::lock_guard lock(impl_->mutex);
    if (!impl_->flags[kInternal])
      return nullptr;
    auto it = std::find_if(impl_->leaving.begin(), impl_->leaving.end(), [&](auto& l) {
      return l.position.queue && fits(l.block.size, bytes, impl_->memory->granularity());
    });
    if (it == impl_->leaving.end())
      return nullptr;
    taken = *it;
    impl_->leaving.erase(it);
  }
  StreamQueue::Push wait;
  wait.always = true;
  wait.mode = StreamQueue::Mode::Inline;
  wait.deps.push_back(taken.position);
  stream.queue()->push(std::move(wait));
  size = taken.block.size;
  return taken.block.base;
}

Result<void*> Pool::grow(size_t bytes) {
  std::vector<Impl::Block> blocks;
  bool full = false;
  {
    std::lock_guard lock(impl_->mutex);
    if (size_t most = properties_.maxSize) {
      blocks = impl_->shrink(most - std::min(most, bytes));
      full = bytes > most || impl_->reserved > most - bytes;
    }
    if (!full) {
      impl_->reserved += bytes;
      impl_->reservedHigh = std::max(impl_->reservedHigh, impl_->reserved);
    }
  }
  impl_->giveBack(blocks);
  if (full)
    return makeError(Status::OutOfMemory, "the memory pool has reached its maximum size");
  Result<void*> fresh = impl_->memory->obtain(bytes);
  if (!fresh) {
    // What lies unused in the pool may be what is missing.
    {
      std::lock_guard lock(impl_->mutex);
      blocks = impl_->shrink(0);
    }
    impl_->giveBack(blocks);
    fresh = impl_->memory->obtain(bytes);
  }
  if (!fresh) {
    std::lock_guard lock(impl_->mutex);
    impl_->reserved -= bytes;
  }
  return fresh;
}

Result<void*> Pool::allocate(Stream& stream, size_t bytes) {
  AW_TRY(stream.context().check());
  if (imported())
    return makeError(Status::InvalidValue, "nothing can be allocated from an imported pool");
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
  size_t unit = impl_->memory->granularity();
  if (bytes > SIZE_MAX - unit)
    return makeError(Status::OutOfMemory, "a pool allocation overflows");
  size_t wanted = (bytes + unit - 1) / unit * unit, size = wanted;
  void* base = takeFree(stream, wanted, size);
  if (!base) {
    Result<void*> fresh = grow(wanted);
    base = fresh ? *fresh : takeLeaving(stream, wanted, size);
    if (!base)
      return fresh;
  }
  {
    std::lock_guard lock(impl_->mutex);
    impl_->take(size);
    impl_->live[base] = size;
  }
  enter(stream, base, bytes);
  return base;
}

void Pool::enter(Stream& stream, void* base, size_t bytes) {
  Allocation a;
  a.base = static_cast<char*>(base);
  a.size = bytes;
  a.kind = AllocationKind::Pool;
  a.device = &device_;
  a.context = &stream.context();
  a.contextId = stream.context().id();
  a.pool = this;
  a.managed = properties_.type == kPoolManaged;
  a.host = !a.managed && properties_.location.isHost();
  a.decompress = properties_.usage != 0;
  Memory::insert(a);
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
  PoolRef pool = found->kind == AllocationKind::Pool ? found->pool->shared_from_this() : nullptr;
  if (pool && pool->imported() && !pool->dropImport(pointer))
    return {}; // it was opened more often
  std::optional<Allocation> removed = Memory::remove(pointer);
  if (!removed)
    return makeError(Status::InvalidValue, fmt::format("{} was freed twice", pointer));
  StreamQueue::Push push;
  push.always = true;
  push.mode = StreamQueue::Mode::Inline;
  uint64_t ticket = 0;
  if (!pool) {
    push.run = [a = *removed] {
      a.device->backend().release(a.base, a.size,
                                  a.kind == AllocationKind::Managed ? MemoryKind::Managed
                                                                    : MemoryKind::Device);
      return Result<void>();
    };
  } else if (pool->imported()) {
    push.run = [pool, pointer, bytes = removed->size] {
      pool->closeImport(pointer, bytes);
      return Result<void>();
    };
  } else {
    ticket = pool->startLeaving(pointer, stream.id());
    push.run = [pool, ticket] {
      pool->finishLeaving(ticket);
      return Result<void>();
    };
  }
  uint64_t number = stream.queue()->push(std::move(push));
  if (ticket)
    pool->leavesAt(ticket, {stream.queue(), number});
  return {};
}

uint64_t Pool::startLeaving(void* base, uint64_t stream) {
  std::lock_guard lock(impl_->mutex);
  auto it = impl_->live.find(base);
  Impl::Block block{base, it->second};
  impl_->live.erase(it);
  impl_->used -= block.size;
  impl_->leaving.push_back({block, stream, impl_->nextTicket, {}});
  return impl_->nextTicket++;
}

void Pool::leavesAt(uint64_t ticket, const QueuePosition& position) {
  std::lock_guard lock(impl_->mutex);
  for (Impl::Leaving& l : impl_->leaving)
    if (l.ticket == ticket)
      l.position = position;
}

void Pool::finishLeaving(uint64_t ticket) {
  PoolRef keep;
  std::lock_guard lock(impl_->mutex);
  auto it = std::find_if(impl_->leaving.begin(), impl_->leaving.end(),
                         [&](auto& l) { return l.ticket == ticket; });
  if (it == impl_->leaving.end()) // it was allocated again
    return;
  const QueuePosition& at = it->position;
  impl_->free.emplace(it->block.size, Impl::Free{it->block.base, it->stream,
                                                 at.queue ? at.queue->id() : 0, at.number});
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
  PoolRef pool = found->pool->shared_from_this();
  if (pool->imported() && !pool->dropImport(pointer))
    return {};
  std::optional<Allocation> removed = Memory::remove(pointer);
  if (!removed)
    return makeError(Status::InvalidValue, fmt::format("{} was freed twice", pointer));
  if (pool->imported()) {
    pool->closeImport(pointer, removed->size);
    return {};
  }
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

} // namespace anywarp::core
