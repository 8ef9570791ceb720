// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/array_tiles.h"

#include "core/context.h"
#include "core/device.h"
#include "core/stream.h"

#include <algorithm>
#include <bit>
#include <fmt/core.h>

namespace anywarp::core {
namespace {

size_t roundUp(size_t value, size_t to) {
  return (value + to - 1) / to * to;
}

Error badRegion(const char* what) {
  return makeError(Status::InvalidValue, fmt::format("a part of a sparse array: {}", what));
}

} // namespace

SparseLayout SparseLayout::make(std::span<const ArrayDescriptor> levels, const TexelFormat& texel) {
  SparseLayout s;
  size_t rowBytes = texel.across(levels[0].width) * texel.bytes;
  size_t pitch = rowBytes > kTileBytes ? roundUp(rowBytes, kTileBytes)
                                       : std::bit_ceil(std::max<size_t>(rowBytes, 64));
  size_t tileRows = std::max<size_t>(kTileBytes / pitch, 1); // of texels or of blocks
  s.tileWidth = std::min(pitch, kTileBytes) / texel.bytes * texel.block;
  s.tileHeight = tileRows * texel.block;
  s.layered = levels[0].flags & (kArrayLayered | kArrayCubemap);
  s.tailFirst = unsigned(levels.size());
  // An array that is one level has no tail, however small it is.
  if (levels.size() > 1)
    while (s.tailFirst && texel.across(levels[s.tailFirst - 1].height) < tileRows)
      --s.tailFirst;
  for (size_t i = 0; i < levels.size(); ++i) {
    if (i == s.tailFirst)
      s.tailOffset = s.bytes;
    Level level{levels[i], {}, std::max<size_t>(levels[i].depth, 1)};
    level.layout.base += s.bytes;
    level.layout.pitch = pitch;
    size_t rows = texel.across(levels[i].height);
    level.layout.slice = pitch * rows;
    if (i < s.tailFirst) {
      level.tilesX = pitch / std::min(pitch, kTileBytes);
      level.tilesY = roundUp(rows, tileRows) / tileRows;
      level.layout.slice = roundUp(level.layout.slice, kTileBytes);
    }
    s.bytes += level.layout.slice * level.slices;
    s.levels.push_back(level);
  }
  s.bytes = roundUp(s.bytes, kTileBytes);
  if (s.tailFirst < levels.size())
    s.tailBytes = s.bytes - s.tailOffset;
  return s;
}

ArrayTiles::ArrayTiles(Device& device, char* base, size_t bytes, SparseLayout layout)
    : device_(device), base_(base), bytes_(bytes), layout_(std::move(layout)),
      memory_(bytes / kAlignment) {}

Result<std::shared_ptr<ArrayTiles>> ArrayTiles::create(Device& device, size_t bytes) {
  size_t rounded = roundUp(bytes, kAlignment);
  auto base = pages::reserve(rounded, kAlignment, nullptr);
  if (!base)
    return base.error();
  return std::shared_ptr<ArrayTiles>(
      new ArrayTiles(device, static_cast<char*>(*base), rounded, {}));
}

Result<std::shared_ptr<ArrayTiles>> ArrayTiles::create(Device& device, const SparseLayout& layout) {
  auto base = pages::reserve(layout.bytes, kAlignment, nullptr);
  if (!base)
    return base.error();
  std::shared_ptr<ArrayTiles> tiles(
      new ArrayTiles(device, static_cast<char*>(*base), layout.bytes, layout));
  if (!pages::protect(*base, layout.bytes, 3))
    return makeError(Status::OutOfMemory, "no memory for a sparse array's tiles");
  return tiles;
}

ArrayTiles::~ArrayTiles() {
  pages::unreserve(base_, bytes_);
}

Result<std::vector<ArrayTiles::Piece>> ArrayTiles::pieces(const SparseRegion& r) const {
  const SparseLayout& s = layout_;
  if (r.tail) {
    if (s.layered && r.layer)
      return badRegion("the layers have one mip tail together; the layer must be 0");
    if (r.tailOffset % kAlignment || r.tailBytes % kAlignment || r.tailOffset > s.tailBytes ||
        r.tailBytes > s.tailBytes - r.tailOffset)
      return badRegion("not whole tiles of its mip tail");
    return std::vector<Piece>{{s.tailOffset + r.tailOffset, r.tailBytes}};
  }
  if (r.level >= s.tailFirst)
    return badRegion("there is no such level, or it is of the mip tail");
  const SparseLayout::Level& level = s.levels[r.level];
  if (s.layered ? r.layer >= level.slices || r.z || r.depth != 1 : r.layer)
    return badRegion("no such layer");
  if (r.x % s.tileWidth || r.y % s.tileHeight)
    return badRegion("the offset is no multiple of the tile");
  // The last tile of a row or column may reach over the edge, or be cut there.
  auto tiles = [](size_t at, size_t length, size_t tile, size_t whole) {
    return length % tile == 0 || at + length == whole ? roundUp(length, tile) / tile : size_t(0);
  };
  size_t x = r.x / s.tileWidth, y = r.y / s.tileHeight;
  size_t nx = tiles(r.x, r.width, s.tileWidth, level.descriptor.width);
  size_t ny = tiles(r.y, r.height, s.tileHeight, level.descriptor.height);
  size_t z = s.layered ? r.layer : r.z;
  if (!nx || !ny || !r.depth || x + nx > level.tilesX || y + ny > level.tilesY ||
      z + r.depth > level.slices)
    return badRegion("not whole tiles of it");
  std::vector<Piece> list;
  for (size_t k = z; k < z + r.depth; ++k)
    for (size_t row = y; row < y + ny; ++row) {
      size_t at = uintptr_t(level.layout.base) + k * level.layout.slice +
                  (row * level.tilesX + x) * kAlignment;
      if (!list.empty() && list.back().at + list.back().bytes == at)
        list.back().bytes += nx * kAlignment;
      else
        list.push_back({at, nx * kAlignment});
    }
  return list;
}

Result<void> ArrayTiles::applyPiece(const Piece& piece, const PhysicalMemoryRef& memory,
                                    uint64_t offset) {
  std::vector<PhysicalMemoryRef> before(piece.bytes / kAlignment,
                                        memory); // let go without the lock
  std::lock_guard lock(mutex_);
  if (memory) {
    auto mapped = pages::map(base_ + piece.at, piece.bytes, memory->file->descriptor(),
                             memory->offset + offset, 3);
    if (!mapped)
      return mapped.error();
  } else {
    pages::unmap(base_ + piece.at, piece.bytes);
    if (sparse() && !pages::protect(base_ + piece.at, piece.bytes, 3))
      return makeError(Status::OutOfMemory, "no memory for a sparse array's tiles");
  }
  std::swap_ranges(before.begin(), before.end(),
                   memory_.begin() + ptrdiff_t(piece.at / kAlignment));
  return {};
}

Result<void> ArrayTiles::apply(const Operation& operation) {
  uint64_t offset = operation.offset;
  for (const Piece& piece : operation.pieces) {
    AW_TRY(applyPiece(piece, operation.memory, offset));
    offset += piece.bytes;
  }
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
    size_t bytes = 0;
    for (const Piece& piece : o.pieces)
      bytes += piece.bytes;
    if (o.offset % kAlignment || o.offset > o.memory->bytes || bytes > o.memory->bytes - o.offset)
      return makeError(Status::InvalidValue,
                       fmt::format("an array of {} bytes at byte {} of memory of {} bytes", bytes,
                                   o.offset, o.memory->bytes));
  }
  return stream.enqueue(
      [work = std::vector<Operation>(operations.begin(), operations.end())]() -> Result<void> {
        for (const Operation& o : work)
          AW_TRY(o.tiles->apply(o));
        return {};
      });
}

} // namespace anywarp::core
