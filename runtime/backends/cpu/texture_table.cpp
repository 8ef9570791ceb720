// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "texture_table.h"

#include "ptx/devicelib/block.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace anywarp::cpu {
namespace {

constexpr size_t kPlace = (std::max(sizeof(AwTexture), sizeof(AwSurface)) + AW_TEXTURE_ALIGN - 1) /
                          AW_TEXTURE_ALIGN * AW_TEXTURE_ALIGN;
constexpr size_t kPlacesInBlock = 64;
constexpr size_t kRest = 32; // places that stay free before they are used again

// The magic number last: a description is whole when it can be recognised.
template <typename T> uint64_t write(void* place, const T& description) {
  std::memcpy(static_cast<char*>(place) + sizeof(uint64_t),
              reinterpret_cast<const char*>(&description) + sizeof(uint64_t),
              sizeof(T) - sizeof(uint64_t));
  __atomic_store_n(static_cast<uint64_t*>(place), description.magic, __ATOMIC_RELEASE);
  return uint64_t(uintptr_t(place));
}

} // namespace

TextureTable::~TextureTable() {
  for (void* block : blocks_)
    std::free(block);
}

Result<void*> TextureTable::place() {
  std::lock_guard lock(mutex_);
  if (free_.size() <= kRest) {
    auto* block = static_cast<char*>(std::aligned_alloc(AW_TEXTURE_ALIGN, kPlace * kPlacesInBlock));
    if (!block)
      return makeError(Status::OutOfMemory, "no memory for descriptions of textures");
    std::memset(block, 0, kPlace * kPlacesInBlock);
    blocks_.push_back(block);
    for (size_t i = kPlacesInBlock; i-- > 0;)
      free_.push_front(block + i * kPlace); // new places first
  }
  void* first = free_.front();
  free_.pop_front();
  return first;
}

Result<uint64_t> TextureTable::add(const AwTexture& description) {
  Result<void*> where = place();
  if (!where)
    return where.error();
  AwTexture complete = description;
  complete.image.block_texel = ptx_block_texel;
  return write(*where, complete);
}

Result<uint64_t> TextureTable::add(const AwSurface& description) {
  Result<void*> where = place();
  if (!where)
    return where.error();
  return write(*where, description);
}

void TextureTable::remove(uint64_t handle) {
  void* where = reinterpret_cast<void*>(handle);
  __atomic_store_n(static_cast<uint64_t*>(where), 0, __ATOMIC_RELEASE);
  std::lock_guard lock(mutex_);
  free_.push_back(where);
}

} // namespace anywarp::cpu
