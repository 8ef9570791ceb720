// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pools of several processes: one file has all blocks, at the same offsets for everybody.
#include "core/context.h"
#include "core/device.h"
#include "core/handles.h"
#include "core/memory.h"
#include "core/pool_impl.h"
#include "core/runtime.h"
#include "core/stream.h"
#include "core/virtual_memory.h"

#include <cstring>
#include <fmt/core.h>

namespace anywarp::core {
namespace {

// What stands in the bytes of an exported pointer.
struct Exported {
  static constexpr uint64_t kMagic = 0x3152'5450'5057'4e41; // "ANWPPTR1"
  uint64_t magic = 0;
  uint64_t file = 0; // MemoryFile::identity()
  uint64_t offset = 0, bytes = 0;
};
static_assert(sizeof(Exported) <= kPoolPointerBytes);

} // namespace

Result<int> Pool::exportFile(int handleType) {
  AW_TRY(checkShareable(properties_.handleTypes, handleType));
  if (imported())
    return makeError(Status::InvalidValue, "the pool is another process's to export");
  return impl_->memory->file()->duplicate();
}

Result<PoolRef> Pool::importFile(int descriptor, int handleType) {
  AW_TRY(checkShareable(kHandleFile, handleType));
  PoolProperties properties;
  auto memory = PoolMemory::open(descriptor, properties);
  if (!memory)
    return memory.error();
  properties.handleTypes = 0;
  // A device that is not visible here: its memory is as good as any.
  if (properties.location.type == kLocationDevice &&
      size_t(properties.location.id) >= Runtime::get().devices().size())
    properties.location.id = 0;
  if (auto known = checkLocation(properties.location, kAnyPlace); !known)
    return known.error();
  int owner = properties.location.type == kLocationDevice ? properties.location.id : 0;
  auto pool = std::make_shared<Pool>(*Runtime::get().devices()[size_t(owner)], properties, false);
  pool->impl_->memory = std::move(*memory);
  HandleTable<Pool>::get().insert(pool);
  return pool;
}

Result<void> Pool::exportPointer(const void* pointer, void* data) {
  std::optional<Allocation> a = Memory::find(pointer);
  if (!a || a->kind != AllocationKind::Pool || a->base != pointer || a->pool->imported() ||
      !a->pool->impl_->memory->file())
    return makeError(Status::InvalidValue,
                     fmt::format("{} is no allocation of a pool that can be shared", pointer));
  Exported exported;
  exported.magic = Exported::kMagic;
  exported.file = a->pool->impl_->memory->file()->identity();
  exported.offset = a->pool->impl_->memory->offsetOf(pointer);
  exported.bytes = a->size;
  std::memset(data, 0, kPoolPointerBytes);
  std::memcpy(data, &exported, sizeof exported);
  return {};
}

Result<void*> Pool::importPointer(Stream& stream, const void* data) {
  AW_TRY(stream.context().check());
  Exported exported;
  std::memcpy(&exported, data, sizeof exported);
  if (!imported() || exported.magic != Exported::kMagic ||
      exported.file != impl_->memory->file()->identity())
    return makeError(Status::InvalidValue,
                     "the data is of no allocation of the pool, or the pool is not imported");
  std::unique_lock lock(impl_->mutex);
  Result<void*> block = impl_->memory->show(exported.offset, size_t(exported.bytes));
  if (!block)
    return block;
  Impl::Import& import = impl_->imports[*block];
  if (import.count++)
    return block;
  import.bytes = size_t(exported.bytes);
  impl_->take(import.bytes);
  enter(stream, *block, import.bytes); // under the lock: a second import finds it done
  return block;
}

bool Pool::dropImport(void* base) {
  std::lock_guard lock(impl_->mutex);
  auto it = impl_->imports.find(base);
  if (it == impl_->imports.end())
    return true; // the caller finds that it is gone
  if (--it->second.count)
    return false;
  impl_->used -= it->second.bytes;
  impl_->imports.erase(it);
  return true;
}

void Pool::closeImport(void* base, size_t bytes) {
  PoolRef keep;
  std::lock_guard lock(impl_->mutex);
  if (!impl_->imports.count(base)) // else it was opened again
    impl_->memory->hide(base, bytes);
  if (impl_->used == 0)
    keep = std::move(orphan_);
}

} // namespace anywarp::core
