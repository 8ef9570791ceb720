// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/multicast.h"

#include "core/context.h"
#include "core/device.h"
#include "core/handles.h"
#include "core/memory.h"
#include "core/runtime.h"
#include "core/virtual_memory_table.h"
#include "support/log.h"

#include <algorithm>
#include <atomic>
#include <fmt/core.h>
#include <unistd.h>

namespace anywarp::core {
namespace {

Error bad(const char* what) {
  return makeError(Status::InvalidValue, fmt::format("multicast object: {}", what));
}

// What stands in a file descriptor that an object is exported as.
struct Note {
  static constexpr uint64_t kMagic = 0x3154'5341'5057'4e41; // "ANWPAST1"
  uint64_t magic = kMagic;
  int64_t process = 0;
  uint64_t handle = 0;
};

// Where objects are mapped. Kernels read it without a lock: whoever reads while it is written reads
// again. A list of distances lives as long as its mapping, which nobody may take away from a
// kernel.
class Places {
public:
  static constexpr size_t kMost = 1024;

  bool add(uintptr_t begin, size_t bytes, std::unique_ptr<AwReplicas> list) {
    std::lock_guard lock(mutex_);
    size_t n = count_.load(std::memory_order_relaxed);
    if (n == kMost)
      return false;
    Writing writing(version_);
    places_[n].set(begin, bytes, list.release());
    count_.store(n + 1, std::memory_order_release);
    return true;
  }
  void remove(uintptr_t begin) {
    std::lock_guard lock(mutex_);
    size_t n = count_.load(std::memory_order_relaxed), i = 0;
    while (i < n && places_[i].begin.load(std::memory_order_relaxed) != begin)
      ++i;
    if (i == n)
      return;
    delete places_[i].list.load(std::memory_order_relaxed);
    Writing writing(version_);
    const Place& last = places_[n - 1];
    places_[i].set(last.begin, last.bytes, last.list);
    count_.store(n - 1, std::memory_order_release);
  }
  const AwReplicas* find(uintptr_t address) const {
    for (;;) {
      uint64_t version = version_.load(std::memory_order_acquire);
      size_t n = count_.load(std::memory_order_acquire);
      const AwReplicas* found = nullptr;
      for (size_t i = 0; i < n && !found; ++i)
        if (address - places_[i].begin.load(std::memory_order_acquire) <
            places_[i].bytes.load(std::memory_order_acquire))
          found = places_[i].list.load(std::memory_order_acquire);
      if (!(version & 1) && version == version_.load(std::memory_order_acquire))
        return found;
    }
  }

private:
  struct Writing {
    explicit Writing(std::atomic<uint64_t>& v) : version(v) { ++version; }
    ~Writing() { ++version; }
    std::atomic<uint64_t>& version;
  };
  struct Place {
    std::atomic<uintptr_t> begin{0};
    std::atomic<size_t> bytes{0};
    std::atomic<AwReplicas*> list{nullptr};
    void set(uintptr_t b, size_t n, AwReplicas* l) {
      begin.store(b, std::memory_order_release);
      bytes.store(n, std::memory_order_release);
      list.store(l, std::memory_order_release);
    }
  };
  std::mutex mutex_;                 // held by writers
  std::atomic<uint64_t> version_{0}; // odd: being written
  std::atomic<size_t> count_{0};
  Place places_[kMost];
};

Places& places() {
  static Places* p = new Places; // never destroyed: see Runtime
  return *p;
}

} // namespace

Result<void> Multicast::checkProperties(const MulticastProperties& p) {
  size_t most = std::min<size_t>(Runtime::get().devices().size(), AW_MOST_REPLICAS);
  if (!p.devices || p.devices > most)
    return makeError(Status::InvalidValue,
                     fmt::format("a team of {} devices; there may be 1 to {}", p.devices, most));
  if (p.flags)
    return bad("flags must be 0");
  if (p.handleTypes & ~(unsigned long long)(kHandleFile | kHandleOther))
    return bad("unknown handle types");
  if (p.handleTypes & kHandleOther)
    return makeError(Status::NotSupported,
                     "memory is shared by POSIX file descriptors only (device attributes "
                     "HANDLE_TYPE_*_SUPPORTED)");
  return {};
}

Result<MulticastRef> Multicast::create(const MulticastProperties& p) {
  AW_TRY(checkProperties(p));
  if (!p.bytes || p.bytes % kGranularity)
    return bad("the size must be a multiple of cuMulticastGetGranularity");
  MulticastRef object(new Multicast(p));
  HandleTable<Multicast>::get().insert(object);
  return object;
}

MulticastRef Multicast::fromHandle(const void* handle) {
  return HandleTable<Multicast>::get().find(handle);
}

Result<int> Multicast::exportFile(int handleType) {
  AW_TRY(checkShareable(unsigned(properties.handleTypes), handleType));
  auto file = MemoryFile::create("anywarp multicast object", pages::size());
  if (!file)
    return file.error();
  Note note;
  note.process = getpid();
  note.handle = uint64_t(uintptr_t(handle()));
  if (!(*file)->writeNote(&note, sizeof note))
    return makeError(Status::OutOfMemory, "no memory to share a multicast object");
  return (*file)->duplicate();
}

Result<MulticastRef> Multicast::importFile(int descriptor, int handleType) {
  AW_TRY(checkShareable(kHandleFile, handleType));
  auto file = MemoryFile::open(descriptor);
  Note note;
  if (!file || !(*file)->readNote(&note, sizeof note) || note.magic != Note::kMagic)
    return MulticastRef();
  if (note.process != getpid())
    return makeError(Status::NotSupported,
                     "a multicast object of another process; its team must be of one process");
  return VirtualMemory::retainMulticast(reinterpret_cast<void*>(uintptr_t(note.handle)));
}

Multicast::~Multicast() {
  for (Member& member : members_)
    pages::unreserve(member.window, properties.bytes);
}

Result<void> Multicast::addDevice(Device& device) {
  std::lock_guard lock(mutex_);
  for (Member& member : members_)
    if (member.device == &device)
      return bad("the device is in the team already");
  if (members_.size() == properties.devices)
    return bad("the team is complete");
  Result<void*> window = pages::reserve(properties.bytes, kGranularity, nullptr);
  if (!window)
    return window.error();
  members_.push_back({&device, static_cast<char*>(*window), {}});
  joined_.notify_all();
  return {};
}

void Multicast::waitForTeam() {
  std::unique_lock lock(mutex_);
  if (members_.size() < properties.devices)
    log::info("a multicast object waits for {} more of its {} devices (cuMulticastAddDevice)",
              properties.devices - members_.size(), properties.devices);
  joined_.wait(lock, [&] { return members_.size() == properties.devices; });
}

Result<void> Multicast::checkRange(size_t offset, size_t bytes) const {
  if (!bytes || offset % kGranularity || bytes % kGranularity)
    return bad("offset and size must be multiples of cuMulticastGetGranularity");
  if (offset > properties.bytes || bytes > properties.bytes - offset)
    return bad("the range ends behind the object");
  return {};
}

Result<void> Multicast::attach(Device* device, size_t offset, size_t bytes, int descriptor,
                               uint64_t fileOffset, std::shared_ptr<void> memory) {
  std::lock_guard lock(mutex_);
  auto member = std::find_if(members_.begin(), members_.end(),
                             [&](const Member& m) { return m.device == device; });
  if (member == members_.end())
    return makeError(Status::InvalidDevice,
                     "the memory is of a device that is not in the multicast object's team");
  auto after = member->bindings.lower_bound(offset + bytes);
  if (after != member->bindings.begin())
    if (auto before = std::prev(after); before->first + before->second.bytes > offset)
      return bad("memory of the device is bound there already");
  auto mapped = pages::map(member->window + offset, bytes, descriptor, fileOffset, 3);
  if (!mapped)
    return mapped.error();
  member->bindings[offset] = {bytes, std::move(memory)};
  return {};
}

Result<void> Multicast::bind(size_t offset, const PhysicalMemoryRef& memory, size_t memoryOffset,
                             size_t bytes) {
  AW_TRY(checkRange(offset, bytes));
  if (memoryOffset % kGranularity || memoryOffset > memory->bytes ||
      bytes > memory->bytes - memoryOffset)
    return bad("no such part of the memory, or its offset is no multiple of the granularity");
  const PhysicalProperties& p = memory->properties;
  if (p.usage & kUsageTilePool)
    return bad("memory made as a tile pool is for cuMemMapArrayAsync only");
  if (properties.handleTypes && !p.handleTypes)
    return bad("the object may be shared, so the memory must be, too");
  if (p.location.isHost())
    return makeError(Status::InvalidDevice, "memory of the host cannot be bound to a team");
  waitForTeam();
  return attach(Runtime::get().devices()[size_t(p.location.id)], offset, bytes,
                memory->file->descriptor(), memory->offset + memoryOffset, memory);
}

// Memory of cuMemMap, and of pools: theirs becomes part of a file first.
Result<void> Multicast::bindAddress(size_t offset, const void* address, size_t bytes) {
  AW_TRY(checkRange(offset, bytes));
  if (uintptr_t(address) % kGranularity)
    return bad("the address must be a multiple of cuMulticastGetGranularity");
  std::optional<Allocation> a = Memory::find(address);
  if (!a || (a->kind != AllocationKind::Mapped && a->kind != AllocationKind::Pool) || a->managed)
    return bad("only memory of cuMemCreate and of cudaMallocAsync can be bound");
  size_t from = size_t(static_cast<const char*>(address) - a->base);
  if (bytes > a->size - from)
    return bad("more than the memory at the address has");
  if (a->host)
    return makeError(Status::InvalidDevice, "memory of the host cannot be bound to a team");
  if (a->kind == AllocationKind::Mapped) {
    auto mapped = VirtualMemory::mappedAt(address);
    return mapped ? bind(offset, mapped->memory, mapped->offset, bytes) : mapped.error();
  }
  if (a->handleTypes)
    return makeError(Status::NotSupported,
                     "memory of a pool that is shared with other processes cannot be bound");
  waitForTeam();
  AW_TRY(a->device->primary().drain()); // its pages are exchanged
  Result<SharedBlock> block = a->device->backend().share(a->base, a->size);
  if (!block)
    return block.error();
  Result<int> file = block->file.open();
  if (!file)
    return file.error();
  auto attached = attach(a->device, offset, bytes, *file, block->offset + from, nullptr);
  ::close(*file);
  return attached;
}

Result<void> Multicast::unbind(Device& device, size_t offset, size_t bytes) {
  AW_TRY(checkRange(offset, bytes));
  std::vector<std::shared_ptr<void>> last; // let go without the lock
  std::lock_guard lock(mutex_);
  auto member = std::find_if(members_.begin(), members_.end(),
                             [&](const Member& m) { return m.device == &device; });
  if (member == members_.end())
    return makeError(Status::InvalidDevice, "the device is not in the multicast object's team");
  auto& bindings = member->bindings;
  auto first = bindings.lower_bound(offset), end = bindings.lower_bound(offset + bytes);
  if (first != bindings.begin())
    if (auto before = std::prev(first); before->first + before->second.bytes > offset)
      return bad("offset and size must be those of whole bindings");
  if (first != end)
    if (auto final = std::prev(end); final->first + final->second.bytes > offset + bytes)
      return bad("offset and size must be those of whole bindings");
  if (first == end)
    return bad("nothing of the device is bound there");
  pages::unmap(member->window + offset, bytes);
  for (auto it = first; it != end; ++it)
    last.push_back(std::move(it->second.memory));
  bindings.erase(first, end);
  return {};
}

Result<void> Multicast::show(void* address, size_t bytes, size_t offset) {
  auto list = std::make_unique<AwReplicas>();
  {
    std::lock_guard lock(mutex_);
    list->count = members_.size();
    for (size_t i = 0; i < members_.size(); ++i)
      list->distance[i] = int64_t(uintptr_t(members_[i].window) + offset - uintptr_t(address));
  }
  if (!places().add(uintptr_t(address), bytes, std::move(list)))
    return makeError(Status::OutOfMemory, "too many mappings of multicast objects");
  return {};
}

void Multicast::hide(void* address) {
  places().remove(uintptr_t(address));
}

const AwReplicas* Multicast::replicas(const void* address) {
  static const AwReplicas itself = {1, {0}};
  const AwReplicas* found = places().find(uintptr_t(address));
  return found ? found : &itself;
}

} // namespace anywarp::core
