// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/ipc.h"

#include "core/context.h"
#include "core/device.h"
#include "core/memory.h"
#include "support/log.h"

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <fmt/core.h>
#include <linux/futex.h>
#include <map>
#include <mutex>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace anywarp::core {
namespace {

constexpr auto kMapFailed = Status(205); // CUDA_ERROR_MAP_FAILED

// What stands in the 64 bytes of a handle.
struct Handle {
  static constexpr uint32_t kMemory = 0x4d435041, kEvent = 0x45435041;
  uint32_t kind = 0;
  uint32_t reserved = 0;
  ForeignFile file;
  uint64_t offset = 0, bytes = 0;
};
static_assert(sizeof(Handle) <= kIpcHandleBytes);

void write(void* to, const Handle& handle) {
  std::memset(to, 0, kIpcHandleBytes);
  std::memcpy(to, &handle, sizeof handle);
}

Result<Handle> read(const void* from, uint32_t kind) {
  Handle handle;
  std::memcpy(&handle, from, sizeof handle);
  if (handle.kind != kind)
    return makeError(Status::InvalidValue, "this is no handle of the kind");
  return handle;
}

// Memory of other processes that is mapped here, with how often it was opened.
struct Opened {
  Handle handle;
  BackendDevice* device;
  unsigned count;
};
struct Table {
  std::mutex mutex; // guards opened; held while mapping, so that a handle is mapped once
  std::map<void*, Opened> opened;
};
Table& table() {
  static Table* t = new Table; // never destroyed: see Runtime
  return *t;
}

bool same(const Handle& a, const Handle& b) {
  return a.file.process == b.file.process && a.file.inode == b.file.inode && a.offset == b.offset;
}

} // namespace

Result<void> ipcExport(Context& context, const void* pointer, void* to) {
  AW_TRY(context.check());
  std::optional<Allocation> a = Memory::find(pointer);
  if (!a || a->kind != AllocationKind::Device)
    return makeError(Status::InvalidValue,
                     fmt::format("{} is not memory of cuMemAlloc; only such memory can be opened "
                                 "by other processes",
                                 pointer));
  // The pages are exchanged for shared ones; no kernel or copy may be at work on them.
  AW_TRY(context.drain());
  Result<SharedBlock> block = a->device->backend().share(a->base, a->size);
  if (!block)
    return block.error();
  Handle handle;
  handle.kind = Handle::kMemory;
  handle.file = block->file;
  handle.offset = block->offset;
  handle.bytes = a->size;
  write(to, handle);
  return {};
}

Result<void*> ipcOpen(Context& context, const void* from, unsigned flags) {
  AW_TRY(context.check());
  if (flags != 1) // CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS
    return makeError(Status::InvalidValue,
                     fmt::format("{:#x} are no flags of opened memory", flags));
  Result<Handle> handle = read(from, Handle::kMemory);
  if (!handle)
    return handle.error();
  if (handle->file.process == getpid())
    return makeError(Status::InvalidContext, "the handle was made by this process");
  Table& t = table();
  std::lock_guard lock(t.mutex);
  for (auto& [pointer, opened] : t.opened)
    if (same(opened.handle, *handle)) {
      ++opened.count;
      return pointer;
    }
  BackendDevice& backend = context.device().backend();
  Result<void*> pointer = backend.openShared({handle->file, handle->offset}, size_t(handle->bytes));
  if (!pointer)
    return pointer;
  t.opened[*pointer] = {*handle, &backend, 1};
  Allocation a;
  a.base = static_cast<char*>(*pointer);
  a.size = size_t(handle->bytes);
  a.kind = AllocationKind::Imported;
  a.device = &context.device();
  a.contextId = context.id();
  a.context = &context;
  Memory::insert(a);
  return pointer;
}

Result<void> ipcClose(void* pointer) {
  std::optional<Allocation> a = Memory::find(pointer);
  if (!a || a->base != pointer || a->kind != AllocationKind::Imported)
    return makeError(Status::InvalidValue,
                     fmt::format("{} is no opened memory of another process", pointer));
  if (ContextRef owner = Context::fromHandle(a->context); owner && owner->check())
    AW_TRY(owner->drain());
  Table& t = table();
  std::unique_lock lock(t.mutex);
  auto it = t.opened.find(pointer);
  if (it == t.opened.end())
    return makeError(Status::InvalidValue, "the memory was closed before");
  if (--it->second.count)
    return {};
  t.opened.erase(it);
  Memory::remove(pointer);
  a->device->backend().closeShared(pointer, a->size);
  return {};
}

void ipcUnmap(const Allocation& a) {
  Table& t = table();
  std::lock_guard lock(t.mutex);
  if (t.opened.erase(a.base))
    a.device->backend().closeShared(a.base, a.size);
}

Result<std::shared_ptr<SharedEvent>> SharedEvent::create() {
  Result<ForeignFile> file = ForeignFile::make("anywarp event", sizeof(Page));
  if (!file)
    return file.error();
  void* page = mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, file->descriptor, 0);
  if (page == MAP_FAILED) {
    ::close(file->descriptor);
    return makeError(Status::OutOfMemory, "an event cannot be mapped");
  }
  return std::shared_ptr<SharedEvent>(
      new SharedEvent(file->descriptor, static_cast<Page*>(page), *file));
}

Result<std::shared_ptr<SharedEvent>> SharedEvent::open(const void* from) {
  Result<Handle> handle = read(from, Handle::kEvent);
  if (!handle)
    return handle.error();
  Result<int> file = handle->file.open();
  if (!file)
    return file.error();
  struct stat info = {};
  void* page = fstat(*file, &info) == 0 && size_t(info.st_size) >= sizeof(Page)
                   ? mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, *file, 0)
                   : MAP_FAILED;
  if (page == MAP_FAILED) {
    ::close(*file);
    return makeError(kMapFailed, "an event cannot be mapped");
  }
  return std::shared_ptr<SharedEvent>(
      new SharedEvent(*file, static_cast<Page*>(page), handle->file));
}

SharedEvent::~SharedEvent() {
  munmap(page_, sizeof(Page));
  ::close(file_);
}

void SharedEvent::exportTo(void* to) const {
  Handle handle;
  handle.kind = Handle::kEvent;
  handle.file = name_;
  handle.bytes = sizeof(Page);
  write(to, handle);
}

uint32_t SharedEvent::noteRecord() {
  page_->lastRecorder.store(getpid(), std::memory_order_relaxed);
  return page_->recorded.fetch_add(1, std::memory_order_acq_rel) + 1;
}

void SharedEvent::reach(uint32_t number) {
  uint32_t old = page_->reached.load(std::memory_order_relaxed);
  while (int32_t(number - old) > 0 &&
         !page_->reached.compare_exchange_weak(old, number, std::memory_order_acq_rel)) {
  }
  syscall(SYS_futex, &page_->reached, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

bool SharedEvent::settled(uint32_t number) const {
  if (reached(number))
    return true;
  int recorder = page_->lastRecorder.load(std::memory_order_relaxed);
  if (!recorder || kill(recorder, 0) == 0 || errno != ESRCH)
    return false;
  if (!reached(number)) // it may have been its last act
    log::warn("process {}, which recorded an event, has ended before it got there", recorder);
  return true;
}

void SharedEvent::waitFor(uint32_t number) const {
  for (;;) {
    uint32_t now = page_->reached.load(std::memory_order_acquire);
    if (settled(number))
      return;
    timespec pause = {0, 200'000'000};
    syscall(SYS_futex, &page_->reached, FUTEX_WAIT, now, &pause, nullptr, 0);
  }
}

} // namespace anywarp::core
