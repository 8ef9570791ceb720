// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/pool_memory.h"

#include "core/device.h"
#include "core/runtime.h"

#include <fmt/core.h>
#include <type_traits>

namespace anywarp::core {
namespace {

constexpr size_t kGranularity = 512;
constexpr size_t kFileAlignment = size_t(2) << 20;

// Behind the memory in a shared pool's file. Without holes: they would show bytes of the stack.
struct Note {
  static constexpr uint64_t kMagic = 0x324c'4f4f'5057'4e41; // "ANWPOOL2"
  uint64_t magic = kMagic;
  uint64_t maxSize = 0;
  int32_t type = 0;
  MemoryLocation location;
  uint32_t handleTypes = 0, usage = 0, unused = 0;
};
static_assert(std::has_unique_object_representations_v<Note>);

} // namespace

Result<std::unique_ptr<PoolMemory>> PoolMemory::create(Device& device, const PoolProperties& p) {
  std::unique_ptr<PoolMemory> memory(new PoolMemory);
  memory->device_ = &device;
  memory->kind_ = p.type == kPoolManaged ? MemoryKind::Managed
                  : p.location.isHost()  ? MemoryKind::HostPinned
                                         : MemoryKind::Device;
  if (!p.handleTypes)
    return memory;
  uint64_t capacity = p.maxSize ? p.maxSize : device.info().totalMemory;
  capacity = (capacity + kFileAlignment - 1) / kFileAlignment * kFileAlignment;
  auto file = MemoryFile::create("anywarp pool", capacity);
  if (!file)
    return file.error();
  memory->file_ = std::move(*file);
  Note note;
  note.maxSize = p.maxSize;
  note.type = p.type;
  note.location = p.location;
  note.handleTypes = p.handleTypes;
  note.usage = p.usage;
  if (!memory->file_->writeNote(&note, sizeof note))
    return makeError(Status::OutOfMemory, "no memory for a pool to share");
  AW_TRY(memory->mapFile());
  return memory;
}

Result<std::unique_ptr<PoolMemory>> PoolMemory::open(int descriptor, PoolProperties& properties) {
  auto file = MemoryFile::open(descriptor);
  if (!file)
    return file.error();
  Note note;
  if (!(*file)->readNote(&note, sizeof note) || note.magic != Note::kMagic)
    return makeError(
        Status::InvalidValue,
        fmt::format("file descriptor {} is not of cuMemPoolExportToShareableHandle", descriptor));
  std::unique_ptr<PoolMemory> memory(new PoolMemory);
  memory->file_ = std::move(*file);
  AW_TRY(memory->mapFile());
  properties = {note.type, note.location, note.handleTypes, size_t(note.maxSize), note.usage};
  return memory;
}

Result<void> PoolMemory::mapFile() {
  auto base = pages::reserve(file_->capacity(), kFileAlignment, nullptr);
  if (!base)
    return base.error();
  base_ = static_cast<char*>(*base);
  auto mapped = pages::map(base_, file_->capacity(), file_->descriptor(), 0, 0);
  return mapped ? Result<void>() : mapped.error();
}

PoolMemory::~PoolMemory() {
  if (base_)
    pages::unreserve(base_, file_->capacity());
}

size_t PoolMemory::granularity() const {
  return file_ ? pages::size() : kGranularity;
}

Result<void*> PoolMemory::obtain(size_t bytes) {
  if (!file_)
    return device_->backend().allocate(bytes, kind_);
  bool charged = kind_ == MemoryKind::Device;
  if (charged)
    AW_TRY(device_->backend().charge(bytes));
  std::optional<uint64_t> offset = file_->take(bytes);
  if (offset && pages::protect(base_ + *offset, bytes, 3))
    return base_ + *offset;
  if (offset)
    file_->give(*offset, bytes);
  if (charged)
    device_->backend().discharge(bytes);
  return makeError(Status::OutOfMemory,
                   fmt::format("{} bytes are not left in a pool that is shared", bytes));
}

void PoolMemory::giveBack(void* block, size_t bytes) {
  if (!file_)
    return device_->backend().release(block, bytes, kind_);
  pages::protect(block, bytes, 0);
  file_->give(offsetOf(block), bytes);
  if (kind_ == MemoryKind::Device)
    device_->backend().discharge(bytes);
}

Result<void*> PoolMemory::show(uint64_t offset, size_t bytes) {
  size_t rounded = (bytes + pages::size() - 1) / pages::size() * pages::size();
  if (!bytes || offset % pages::size() || offset > file_->capacity() ||
      rounded > file_->capacity() - offset || !pages::protect(base_ + offset, rounded, 3))
    return makeError(Status::InvalidValue, "this is no allocation of the pool");
  return base_ + offset;
}

void PoolMemory::hide(void* block, size_t bytes) {
  pages::protect(block, (bytes + pages::size() - 1) / pages::size() * pages::size(), 0);
}

} // namespace anywarp::core
