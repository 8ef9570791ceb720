// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory without an address: its files, its handles and what other processes are given. Memory that
// may be shared has a file of its own; all other shares one for each place, so that a program may
// have more pieces than file descriptors.
#include "core/device.h"
#include "core/handles.h"
#include "core/multicast.h"
#include "core/runtime.h"
#include "core/virtual_memory_table.h"

#include <algorithm>
#include <cstring>
#include <fmt/core.h>
#include <type_traits>

namespace anywarp::core {
namespace {

constexpr uint64_t kCapacity = uint64_t(1) << 44; // of a file without a limit of its own; sparse

// Behind the memory in a file that is shared. Without holes: they would show bytes of the stack.
struct Note {
  static constexpr uint64_t kMagic = 0x314d'4d56'5057'4e41; // "ANWPVMM1"
  uint64_t magic = kMagic;
  uint64_t bytes = 0;
  PhysicalProperties properties;
  uint8_t uuid[16] = {}; // of the device
  uint32_t unused = 0;
};
static_assert(std::has_unique_object_representations_v<Note>);

Result<std::shared_ptr<MemoryFile>> commonFile(const MemoryLocation& location) {
  static std::mutex mutex; // guards files; a leaf
  static auto* files = new std::map<MemoryLocation, std::shared_ptr<MemoryFile>>;
  std::lock_guard lock(mutex);
  std::shared_ptr<MemoryFile>& file = (*files)[location];
  if (!file) {
    auto made = MemoryFile::create("anywarp memory", kCapacity);
    if (!made)
      return made.error();
    file = std::move(*made);
  }
  return file;
}

Error badProperties(const char* what) {
  return makeError(Status::InvalidValue, fmt::format("properties of memory: {}", what));
}

} // namespace

PhysicalMemory::PhysicalMemory(const PhysicalProperties& p, std::shared_ptr<MemoryFile> f,
                               uint64_t o, size_t n, Device* charged)
    : properties(p), file(std::move(f)), offset(o), bytes(n), charged_(charged) {}

PhysicalMemory::~PhysicalMemory() {
  // A file of its own goes with its last holder, which may be another process.
  if (!(properties.handleTypes & kHandleFile))
    file->give(offset, bytes);
  if (charged_)
    charged_->backend().discharge(bytes);
}

Result<void> checkShareable(unsigned allowed, int type) {
  if (type <= 0 || (unsigned(type) & ~(kHandleFile | kHandleOther)) ||
      (unsigned(type) & (unsigned(type) - 1)))
    return makeError(Status::InvalidValue, fmt::format("{:#x} is no type of handle", type));
  if (unsigned(type) != kHandleFile)
    return makeError(Status::NotSupported,
                     "memory is shared by POSIX file descriptors only (device attributes "
                     "HANDLE_TYPE_*_SUPPORTED)");
  if (!(allowed & kHandleFile))
    return makeError(Status::InvalidValue,
                     "the memory was not made to be shared by this type of handle");
  return {};
}

Result<void> VirtualMemory::checkProperties(const PhysicalProperties& p) {
  if (p.type != 1)
    return badProperties("the type must be CU_MEM_ALLOCATION_TYPE_PINNED");
  Result<MemoryLocation> location = checkLocation(p.location, kAnyPlace);
  if (!location)
    return location.error();
  if (p.handleTypes & ~(kHandleFile | kHandleOther))
    return badProperties("unknown handle types");
  if (p.location.type == kLocationHost && p.handleTypes)
    return badProperties("memory of the host, of no NUMA node, cannot be shared");
  if (p.compression > 1 || (p.usage & ~(kUsageTilePool | kUsageDecompress)))
    return badProperties("unknown compression or usage");
  if (p.handleTypes & kHandleOther)
    return makeError(Status::NotSupported,
                     "memory is shared by POSIX file descriptors only (device attributes "
                     "HANDLE_TYPE_*_SUPPORTED)");
  if (p.rdma)
    return makeError(Status::NotSupported,
                     "there is no GPUDirect RDMA, as GPU_DIRECT_RDMA_WITH_CUDA_VMM_SUPPORTED says");
  return {};
}

Result<PhysicalMemoryRef> VirtualMemory::create(size_t bytes, const PhysicalProperties& wanted) {
  AW_TRY(checkProperties(wanted));
  if (!bytes || bytes % kGranularity)
    return makeError(Status::InvalidValue,
                     fmt::format("{} bytes are no multiple of cuMemGetAllocationGranularity's {}",
                                 bytes, kGranularity));
  PhysicalProperties properties = wanted;
  properties.location = *checkLocation(wanted.location, kAnyPlace);
  properties.compression = 0; // it is a wish; the answer is read back
  Device* charged = properties.location.isHost()
                        ? nullptr
                        : Runtime::get().devices()[size_t(properties.location.id)];
  if (charged)
    AW_TRY(charged->backend().charge(bytes));
  auto failed = [&](Error error) {
    if (charged)
      charged->backend().discharge(bytes);
    return error;
  };
  std::shared_ptr<MemoryFile> file;
  std::optional<uint64_t> offset = 0;
  if (properties.handleTypes) {
    auto made = MemoryFile::create("anywarp shared memory", bytes);
    if (!made)
      return failed(made.error());
    file = std::move(*made);
    Note note;
    note.bytes = bytes;
    note.properties = properties;
    if (charged)
      std::memcpy(note.uuid, charged->info().uuid, sizeof note.uuid);
    if (!file->writeNote(&note, sizeof note))
      return failed(makeError(Status::OutOfMemory, "no memory to share with other processes"));
  } else {
    auto common = commonFile(properties.location);
    if (!common)
      return failed(common.error());
    file = std::move(*common);
    offset = file->take(bytes);
  }
  if (!offset)
    return failed(makeError(Status::OutOfMemory, "the file of the device's memory is full"));
  auto memory =
      std::make_shared<PhysicalMemory>(properties, std::move(file), *offset, bytes, charged);
  HandleTable<PhysicalMemory>::get().insert(memory);
  return memory;
}

PhysicalMemoryRef VirtualMemory::fromHandle(const void* handle) {
  return HandleTable<PhysicalMemory>::get().find(handle);
}

Result<void> VirtualMemory::release(const void* handle) {
  std::shared_ptr<void> last; // let go without the lock
  VirtualTable& t = virtualTable();
  std::unique_lock lock(t.mutex);
  if (PhysicalMemoryRef memory = fromHandle(handle)) {
    if (--memory->handles_ == 0)
      last = HandleTable<PhysicalMemory>::get().remove(handle);
    memory.reset();
    lock.unlock();
    return {};
  }
  if (MulticastRef object = Multicast::fromHandle(handle)) {
    if (--object->handles_ == 0)
      last = HandleTable<Multicast>::get().remove(handle);
    object.reset();
    lock.unlock();
    return {};
  }
  return makeError(Status::InvalidValue, fmt::format("{} is no handle of memory", handle));
}

Result<void*> VirtualMemory::retain(const void* address) {
  VirtualTable& t = virtualTable();
  std::unique_lock lock(t.mutex);
  const auto* mapping = t.find(address);
  if (!mapping)
    return makeError(Status::InvalidValue,
                     fmt::format("nothing is mapped at {} by cuMemMap", address));
  auto keep = [](const auto& object) {
    using Object = typename std::remove_cvref_t<decltype(object)>::element_type;
    if (object->handles_++ == 0)
      HandleTable<Object>::get().insert(object);
    return object->handle();
  };
  return mapping->second.multicast ? keep(mapping->second.multicast) : keep(mapping->second.memory);
}

Result<MulticastRef> VirtualMemory::retainMulticast(const void* handle) {
  VirtualTable& t = virtualTable();
  std::unique_lock lock(t.mutex);
  MulticastRef object = Multicast::fromHandle(handle);
  if (!object)
    return makeError(Status::InvalidValue, "the multicast object is not there any more");
  ++object->handles_;
  return object;
}

Result<int> VirtualMemory::exportFile(PhysicalMemory& memory, int handleType) {
  AW_TRY(checkShareable(memory.properties.handleTypes, handleType));
  return memory.file->duplicate();
}

Result<PhysicalMemoryRef> VirtualMemory::importFile(int descriptor, int handleType) {
  AW_TRY(checkShareable(kHandleFile, handleType));
  auto file = MemoryFile::open(descriptor);
  if (!file)
    return file.error();
  Note note;
  if (!(*file)->readNote(&note, sizeof note) || note.magic != Note::kMagic ||
      note.bytes != (*file)->capacity() || !note.bytes || note.bytes % kGranularity)
    return makeError(
        Status::InvalidValue,
        fmt::format("file descriptor {} is not of cuMemExportToShareableHandle", descriptor));
  PhysicalProperties properties = note.properties;
  properties.handleTypes = kHandleFile;
  if (properties.location.type == kLocationDevice) {
    // The same device, whatever its number is here; memory of one that is not visible is as good.
    properties.location.id = 0;
    for (Device* device : Runtime::get().devices())
      if (!std::memcmp(device->info().uuid, note.uuid, sizeof note.uuid))
        properties.location.id = device->ordinal();
  }
  AW_TRY(checkProperties(properties));
  auto memory = std::make_shared<PhysicalMemory>(properties, std::move(*file), 0,
                                                 size_t(note.bytes), nullptr);
  HandleTable<PhysicalMemory>::get().insert(memory);
  return memory;
}

} // namespace anywarp::core
