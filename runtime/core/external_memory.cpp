// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/external_memory.h"

#include "core/context.h"
#include "core/device.h"
#include "core/handles.h"
#include "core/memory.h"
#include "support/memory_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <unistd.h>

namespace anywarp::core {
namespace {

enum Type { kOpaqueFile = 1, kFirstOther = 2, kLastOther = 8, kDmaBuf = 9 };
constexpr unsigned kDedicated = 1; // CUDA_EXTERNAL_MEMORY_DEDICATED

} // namespace

struct ExternalMemory::Mapping {
  void* memory;
  size_t bytes;
  char* begin; // inside of it
  ~Mapping() { munmap(memory, bytes); }
};

Result<ExternalMemoryRef> ExternalMemory::import(int type, int descriptor, uint64_t bytes,
                                                 unsigned flags) {
  if (type >= kFirstOther && type <= kLastOther)
    return makeError(Status::NotSupported,
                     fmt::format("handles of type {} are of Windows or NvSciBuf; memory comes by "
                                 "file descriptor here",
                                 type));
  if ((type != kOpaqueFile && type != kDmaBuf) || (flags & ~(type == kDmaBuf ? 0 : kDedicated)))
    return makeError(Status::InvalidValue, "unknown type of handle or flags");
  if (!bytes)
    return makeError(Status::InvalidValue, "the size of external memory is 0");
  if (fcntl(descriptor, F_GETFD) < 0)
    return makeError(Status::InvalidHandle, fmt::format("{} is no file descriptor", descriptor));
  off_t end = lseek(descriptor, 0, SEEK_END); // dma-bufs tell their size so, too
  if (end >= 0 && bytes > uint64_t(end))
    return makeError(
        Status::InvalidValue,
        fmt::format("{} bytes are more than the {} of the external memory", bytes, end));
  void* probe = mmap(nullptr, pages::size(), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (probe == MAP_FAILED)
    return makeError(Status::InvalidHandle,
                     fmt::format("file descriptor {} is not of memory that can be mapped for "
                                 "reading and writing",
                                 descriptor));
  munmap(probe, pages::size());
  ExternalMemoryRef memory(new ExternalMemory(type, descriptor, bytes));
  HandleTable<ExternalMemory>::get().insert(memory);
  return memory;
}

ExternalMemory::~ExternalMemory() {
  ::close(descriptor_);
}

Result<void> ExternalMemory::destroy() {
  if (!HandleTable<ExternalMemory>::get().remove(this))
    return makeError(Status::InvalidHandle, "the external memory was destroyed before");
  return {};
}

ExternalMemoryRef ExternalMemory::fromHandle(const void* handle) {
  return HandleTable<ExternalMemory>::get().find(handle);
}

Result<std::shared_ptr<ExternalMemory::Mapping>> ExternalMemory::map(uint64_t offset,
                                                                     uint64_t bytes) const {
  if (!bytes || offset > bytes_ || bytes > bytes_ - offset)
    return makeError(
        Status::InvalidValue,
        fmt::format("{} bytes at byte {} of external memory of {} bytes", bytes, offset, bytes_));
  size_t rest = offset % pages::size(), whole = size_t(bytes) + rest;
  auto memory = pages::map(nullptr, whole, descriptor_, offset - rest, 3);
  if (!memory)
    return memory.error();
  return std::make_shared<Mapping>(*memory, whole, static_cast<char*>(*memory) + rest);
}

Result<void*> ExternalMemory::mapBuffer(Context& context, uint64_t offset, uint64_t bytes,
                                        unsigned flags) {
  AW_TRY(context.check());
  if (flags)
    return makeError(Status::InvalidValue, "the flags of a mapped buffer must be 0");
  auto mapping = map(offset, bytes);
  if (!mapping)
    return mapping.error();
  Allocation a;
  a.base = (*mapping)->begin;
  a.size = size_t(bytes);
  a.kind = AllocationKind::External;
  a.device = &context.device();
  a.context = &context;
  a.contextId = context.id();
  a.owner = *mapping;
  Memory::insert(a);
  return a.base;
}

Result<MipmappedArrayRef> ExternalMemory::mapArray(Context& context, uint64_t offset,
                                                   const ArrayDescriptor& descriptor,
                                                   unsigned levels) {
  AW_TRY(context.check());
  if (type_ == kDmaBuf)
    return makeError(Status::NotSupported, "a dma-buf cannot be mapped as an array");
  if (!levels || (descriptor.flags & (kArraySparse | kArrayDeferred)))
    return makeError(Status::InvalidValue,
                     "an array in external memory has levels, and memory from the start");
  if (offset >= bytes_)
    return makeError(Status::InvalidValue, "the offset is beyond the external memory");
  auto mapping = map(offset, bytes_ - offset);
  if (!mapping)
    return mapping.error();
  return MipmappedArray::create(context, descriptor, levels,
                                {(*mapping)->begin, size_t(bytes_ - offset), *mapping});
}

} // namespace anywarp::core
