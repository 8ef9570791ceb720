// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The table, allocation and registration. Copies are in memory_copy.cpp, attributes in
// memory_attributes.cpp.
#include "core/memory.h"

#include "core/capture_mode.h"
#include "core/context.h"
#include "core/device.h"
#include "core/graph_memory.h"
#include "core/ipc.h"
#include "core/pool.h"
#include "core/runtime.h"
#include "support/trace.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <shared_mutex>
#include <vector>

namespace anywarp::core {
namespace {

constexpr size_t kPitchAlignment = 512; // CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT
constexpr unsigned kHostAllocFlags = 7; // CU_MEMHOSTALLOC_PORTABLE | DEVICEMAP | WRITECOMBINED
constexpr unsigned kHostRegisterFlags = 15;

struct Table {
  std::shared_mutex mutex; // guards map; a leaf in the lock order
  std::map<uintptr_t, Allocation> map;
};

Table& table() {
  static Table* t = new Table; // never destroyed: see Runtime
  return *t;
}

// The entry that holds `address`; the table's lock is held.
std::map<uintptr_t, Allocation>::iterator locate(Table& t, const void* address) {
  auto it = t.map.upper_bound(uintptr_t(address));
  if (it == t.map.begin())
    return t.map.end();
  --it;
  return uintptr_t(address) - it->first < it->second.size ? it : t.map.end();
}

const char* kindName(AllocationKind kind) {
  constexpr const char* kNames[] = {"device",  "pool",     "pinned host", "registered",
                                    "managed", "variable", "imported"};
  return kNames[int(kind)];
}

Result<void*> allocateFrom(Context& context, size_t bytes, MemoryKind kind, AllocationKind entry,
                           unsigned flags) {
  AW_TRY(context.check());
  if (bytes == 0)
    return makeError(Status::InvalidValue, "an allocation of 0 bytes");
  AW_TRY(checkUnsafeCall("an allocation"));
  Result<void*> pointer = context.device().backend().allocate(bytes, kind);
  if (!pointer)
    return pointer;
  Allocation a;
  a.base = static_cast<char*>(*pointer);
  a.size = bytes;
  a.kind = entry;
  a.device = &context.device();
  a.contextId = context.id();
  a.context = &context;
  a.flags = flags;
  Memory::insert(a);
  return pointer;
}

MemoryKind backendKind(AllocationKind kind) {
  return kind == AllocationKind::HostPinned ? MemoryKind::HostPinned
         : kind == AllocationKind::Managed  ? MemoryKind::Managed
                                            : MemoryKind::Device;
}

// Waits for the work of the context that owns the allocation, if it is still there.
Result<void> waitForOwner(const Allocation& a) {
  ContextRef owner = Context::fromHandle(a.context);
  if (!owner || owner->id() != a.contextId || !owner->active())
    return {};
  return owner->drain();
}

} // namespace

std::optional<Allocation> Memory::find(const void* address) {
  Table& t = table();
  std::shared_lock lock(t.mutex);
  auto it = locate(t, address);
  return it == t.map.end() ? std::nullopt : std::optional(it->second);
}

void Memory::insert(const Allocation& allocation) {
  static std::atomic<uint64_t> nextId{1};
  Allocation a = allocation;
  a.bufferId = nextId.fetch_add(1);
  a.managed |= a.kind == AllocationKind::Managed;
  trace::line(trace::kMemory, "allocate {} bytes of {} memory at {}", a.size, kindName(a.kind),
              static_cast<const void*>(a.base));
  Table& t = table();
  std::unique_lock lock(t.mutex);
  t.map[uintptr_t(a.base)] = a;
}

std::optional<Allocation> Memory::remove(const void* base) {
  Table& t = table();
  std::unique_lock lock(t.mutex);
  auto it = t.map.find(uintptr_t(base));
  if (it == t.map.end())
    return std::nullopt;
  Allocation a = it->second;
  t.map.erase(it);
  lock.unlock();
  trace::line(trace::kMemory, "free {} bytes of {} memory at {}", a.size, kindName(a.kind),
              static_cast<const void*>(a.base));
  return a;
}

void Memory::setSyncMemops(const void* address, bool value) {
  Table& t = table();
  std::unique_lock lock(t.mutex);
  if (auto it = locate(t, address); it != t.map.end())
    it->second.syncMemops = value;
}

void Memory::setGraph(const void* address, bool value) {
  Table& t = table();
  std::unique_lock lock(t.mutex);
  if (auto it = locate(t, address); it != t.map.end())
    it->second.graph = value;
}

void Memory::releaseContext(Context& context) {
  std::vector<Allocation> gone;
  {
    Table& t = table();
    std::unique_lock lock(t.mutex);
    for (auto it = t.map.begin(); it != t.map.end();) {
      const Allocation& a = it->second;
      // Pool memory belongs to the device, not to a context.
      if (a.contextId == context.id() && a.context == &context && a.kind != AllocationKind::Pool) {
        gone.push_back(a);
        it = t.map.erase(it);
      } else {
        ++it;
      }
    }
  }
  for (const Allocation& a : gone)
    if (a.kind == AllocationKind::Imported)
      ipcUnmap(a);
    else if (a.kind != AllocationKind::Registered && a.kind != AllocationKind::Variable)
      a.device->backend().release(a.base, a.size, backendKind(a.kind));
}

Result<void*> Memory::allocate(Context& context, size_t bytes) {
  return allocateFrom(context, bytes, MemoryKind::Device, AllocationKind::Device, 0);
}

Result<void*> Memory::allocateManaged(Context& context, size_t bytes, unsigned flags) {
  if (flags != 1 && flags != 2) // CU_MEM_ATTACH_GLOBAL or _HOST
    return makeError(Status::InvalidValue,
                     fmt::format("{:#x} are no flags of managed memory", flags));
  return allocateFrom(context, bytes, MemoryKind::Managed, AllocationKind::Managed, flags);
}

Result<void*> Memory::allocateHost(Context& context, size_t bytes, unsigned flags) {
  if (flags & ~kHostAllocFlags)
    return makeError(Status::InvalidValue,
                     fmt::format("{:#x} are no flags of pinned memory", flags));
  return allocateFrom(context, bytes, MemoryKind::HostPinned, AllocationKind::HostPinned, flags);
}

Result<Memory::Pitched> Memory::allocatePitch(Context& context, size_t widthBytes, size_t height,
                                              unsigned elementSize) {
  if (elementSize != 4 && elementSize != 8 && elementSize != 16)
    return makeError(Status::InvalidValue, "the element size of a pitched allocation is not 4, 8 "
                                           "or 16 bytes");
  size_t pitch, bytes;
  if (widthBytes == 0 || height == 0 ||
      __builtin_add_overflow(widthBytes, kPitchAlignment - 1, &pitch))
    return makeError(Status::InvalidValue, "the size of a pitched allocation makes no sense");
  pitch &= ~(kPitchAlignment - 1);
  if (__builtin_mul_overflow(pitch, height, &bytes))
    return makeError(Status::OutOfMemory, "the size of a pitched allocation overflows");
  Result<void*> pointer = allocate(context, bytes);
  if (!pointer)
    return pointer.error();
  return Pitched{*pointer, pitch};
}

Result<void> Memory::free(void* pointer) {
  if (!pointer)
    return {};
  std::optional<Allocation> found = find(pointer);
  if (!found || found->base != pointer)
    return makeError(Status::InvalidValue, fmt::format("{} is not the start of an allocation; it "
                                                       "may have been freed before",
                                                       pointer));
  AW_TRY(checkUnsafeCall("a free"));
  if (auto memory = found->graph ? GraphMemory::find(pointer) : nullptr) {
    AW_TRY(waitForOwner(*found));
    return memory->free(); // it stays with the graph that allocated it, for its next launch
  }
  if (found->kind == AllocationKind::Pool)
    return Pool::freeNow(pointer);
  if (found->kind != AllocationKind::Device && found->kind != AllocationKind::Managed)
    return makeError(Status::InvalidValue, fmt::format("{} is {} memory, which cuMemFree cannot "
                                                       "free",
                                                       pointer, kindName(found->kind)));
  AW_TRY(waitForOwner(*found));
  std::optional<Allocation> removed = remove(pointer);
  if (!removed) // another thread was faster
    return makeError(Status::InvalidValue, fmt::format("{} was freed twice", pointer));
  removed->device->backend().release(removed->base, removed->size, backendKind(removed->kind));
  return {};
}

Result<void> Memory::freeHost(void* pointer) {
  if (!pointer)
    return {};
  std::optional<Allocation> found = find(pointer);
  if (!found || found->base != pointer || found->kind != AllocationKind::HostPinned)
    return makeError(Status::InvalidValue,
                     fmt::format("{} was not allocated as pinned memory", pointer));
  AW_TRY(checkUnsafeCall("a free of pinned memory"));
  AW_TRY(waitForOwner(*found));
  if (!remove(pointer))
    return makeError(Status::InvalidValue, fmt::format("{} was freed twice", pointer));
  found->device->backend().release(found->base, found->size, MemoryKind::HostPinned);
  return {};
}

Result<void> Memory::registerHost(Context& context, void* pointer, size_t bytes, unsigned flags) {
  AW_TRY(context.check());
  if (!pointer || bytes == 0 || (flags & ~kHostRegisterFlags) ||
      uintptr_t(pointer) + bytes < uintptr_t(pointer))
    return makeError(Status::InvalidValue, "the range or the flags to register make no sense");
  AW_TRY(checkUnsafeCall("a registration of host memory"));
  Allocation a;
  a.base = static_cast<char*>(pointer);
  a.size = bytes;
  a.kind = AllocationKind::Registered;
  a.device = &context.device();
  a.contextId = context.id();
  a.context = &context;
  a.flags = flags;
  {
    Table& t = table();
    std::shared_lock lock(t.mutex);
    auto next = t.map.lower_bound(uintptr_t(pointer));
    if (locate(t, pointer) != t.map.end() ||
        (next != t.map.end() && next->first < uintptr_t(pointer) + bytes))
      return makeError(Status::HostMemoryAlreadyRegistered,
                       fmt::format("memory at {} is registered already", pointer));
  }
  insert(a);
  return {};
}

Result<void> Memory::unregisterHost(void* pointer) {
  std::optional<Allocation> found = find(pointer);
  if (!found || found->base != pointer || found->kind != AllocationKind::Registered)
    return makeError(Status::HostMemoryNotRegistered,
                     fmt::format("no memory is registered at {}", pointer));
  AW_TRY(checkUnsafeCall("an end of a registration"));
  AW_TRY(waitForOwner(*found));
  remove(pointer);
  return {};
}

Result<void*> Memory::devicePointer(void* hostPointer) {
  std::optional<Allocation> found = find(hostPointer);
  if (!found || (!found->isHost() && !found->managed))
    return makeError(Status::InvalidValue,
                     fmt::format("{} is neither pinned nor registered memory", hostPointer));
  return hostPointer;
}

Result<unsigned> Memory::hostFlags(void* hostPointer) {
  std::optional<Allocation> found = find(hostPointer);
  if (!found || found->kind != AllocationKind::HostPinned)
    return makeError(Status::InvalidValue, fmt::format("{} is no pinned memory", hostPointer));
  return found->flags | 2; // all of it is mapped (unified addressing)
}

Result<Allocation> Memory::addressRange(const void* pointer) {
  std::optional<Allocation> found = find(pointer);
  if (!found)
    return makeError(Status::NotFound, fmt::format("{} lies in no allocation", pointer));
  return *found;
}

Memory::Info Memory::info(Device& device) {
  size_t total = device.info().totalMemory;
  return {std::min<size_t>(device.backend().freeMemory(), total), total};
}

} // namespace anywarp::core
