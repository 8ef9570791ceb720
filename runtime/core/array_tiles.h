// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The memory of an array that is mapped later: addresses from the start, memory of a tile pool when
// a stream comes to cuMemMapArrayAsync. With deferred mapping it is mapped as a whole, and what
// touches the array before that faults. A sparse array is mapped by tiles; those without memory of
// a pool read as zero until somebody writes there, which nobody may count on. Shared by the array
// and the operations under way. Safe from any thread.
#pragma once

#include "core/array.h"
#include "core/virtual_memory.h"

#include <mutex>
#include <span>
#include <vector>

namespace anywarp::core {

// Where texels of a sparse array lie. Images are row-major for the kernels, so tiles are bands of
// rows: as wide as a row of the first level, or, of very wide ones, a part of a row. All levels
// have rows of that length. Levels without a whole band are the mip tail, behind all others.
struct SparseLayout {
  static constexpr size_t kTileBytes = size_t(64) << 10;
  struct Level {
    ArrayDescriptor descriptor;
    Array::Layout layout; // from address 0
    size_t slices = 1, tilesX = 0, tilesY = 0;
  };
  size_t tileWidth = 0, tileHeight = 0; // texels; the depth is 1
  unsigned tailFirst = 0;               // the first level of the tail; all: there is none
  size_t tailOffset = 0, tailBytes = 0;
  bool layered = false;
  std::vector<Level> levels;
  size_t bytes = 0;

  static SparseLayout make(std::span<const ArrayDescriptor> levels, const TexelFormat& texel);
};

// CUarrayMapInfo's part of a sparse array, in texels.
struct SparseRegion {
  bool tail = false;
  unsigned level = 0, layer = 0;
  size_t x = 0, y = 0, z = 0, width = 0, height = 0, depth = 0;
  uint64_t tailOffset = 0, tailBytes = 0;
};

class AW_API ArrayTiles {
public:
  static constexpr size_t kAlignment = SparseLayout::kTileBytes; // also in the tile pool
  static Result<std::shared_ptr<ArrayTiles>> create(Device& device, size_t bytes);
  static Result<std::shared_ptr<ArrayTiles>> create(Device& device, const SparseLayout& layout);
  ~ArrayTiles();
  ArrayTiles(const ArrayTiles&) = delete;

  char* base() const { return base_; }
  size_t bytes() const { return bytes_; } // a multiple of kAlignment
  Device& device() const { return device_; }
  bool sparse() const { return bool(!layout_.levels.empty()); }
  const SparseLayout& layout() const { return layout_; }

  struct Piece {
    size_t at, bytes; // multiples of kAlignment
  };
  std::vector<Piece> whole() const { return {{0, bytes_}}; }
  // In the order in which they take memory of the pool. InvalidValue: no such tiles.
  Result<std::vector<Piece>> pieces(const SparseRegion& region) const;

  struct Operation {
    std::shared_ptr<ArrayTiles> tiles;
    std::vector<Piece> pieces;
    PhysicalMemoryRef memory; // null: unmap
    uint64_t offset = 0;
  };
  // cuMemMapArrayAsync, all in one operation. InvalidValue: the memory is no tile pool, of another
  // device or too small.
  static Result<void> enqueue(Stream& stream, std::span<const Operation> operations);

private:
  ArrayTiles(Device& device, char* base, size_t bytes, SparseLayout layout);
  Result<void> apply(const Operation& operation);
  Result<void> applyPiece(const Piece& piece, const PhysicalMemoryRef& memory, uint64_t offset);
  Device& device_;
  char* const base_;
  const size_t bytes_;
  const SparseLayout layout_;             // without levels: not sparse
  std::mutex mutex_;                      // guards memory_ and the mapping
  std::vector<PhysicalMemoryRef> memory_; // of each tile
};

} // namespace anywarp::core
