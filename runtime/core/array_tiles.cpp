// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/array_tiles.h"

#include "core/context.h"
#include "core/device.h"
#include "core/stream.h"

#include <fmt/core.h>
#include <vector>

namespace anywarp::core {

Result<std::shared_ptr<ArrayTiles>> ArrayTiles::create(Device& device, size_t bytes) {
  size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  auto base = pages::reserve(rounded, kAlignment, nullptr);
  if (!base)
    return base.error();
  return std::shared_ptr<ArrayTiles>(new ArrayTiles(device, static_cast<char*>(*base), rounded));
}

ArrayTiles::~ArrayTiles() {
  pages::unreserve(base_, bytes_);
}

Result<void> ArrayTiles::apply(const PhysicalMemoryRef& memory, uint64_t offset) {
  PhysicalMemoryRef before = memory; // let go without the lock
  std::lock_guard lock(mutex_);
  if (memory) {
    auto mapped = pages::map(base_, bytes_, memory->file->descriptor(), memory->offset + offset, 3);
    if (!mapped)
      return mapped.error();
  } else {
    pages::unmap(base_, bytes_);
  }
  before.swap(memory_);
  return {};
}

Result<void> ArrayTiles::enqueue(Stream& stream, std::span<const Operation> operations) {
  for (const Operation& o : operations) {
    if (&o.tiles->device_ != &stream.device())
      return makeError(Status::InvalidValue, "the array is on another device than the stream");
    if (!o.memory)
      continue;
    const PhysicalProperties& p = o.memory->properties;
    if (!(p.usage & kUsageTilePool))
      return makeError(Status::InvalidValue,
                       "the memory was made without CU_MEM_CREATE_USAGE_TILE_POOL");
    if (p.location != MemoryLocation{kLocationDevice, stream.device().ordinal()})
      return makeError(Status::InvalidValue, "the memory is not of the stream's device");
    if (o.offset % kAlignment || o.offset > o.memory->bytes ||
        o.tiles->bytes_ > o.memory->bytes - o.offset)
      return makeError(Status::InvalidValue,
                       fmt::format("an array of {} bytes at byte {} of memory of {} bytes",
                                   o.tiles->bytes_, o.offset, o.memory->bytes));
  }
  return stream.enqueue(
      [work = std::vector<Operation>(operations.begin(), operations.end())]() -> Result<void> {
        for (const Operation& o : work)
          AW_TRY(o.tiles->apply(o.memory, o.offset));
        return {};
      });
}

} // namespace anywarp::core
