// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CUDA arrays: images in device memory with a layout of our own (rows of spmd/texture_abi.h), which
// only copies, textures and surfaces reach. An Array is a whole allocation, one level of a
// MipmappedArray or one plane of a planar array; all of these share one block of memory, which goes
// when the last of them and the last copy under way goes. Owned by the handle table; a context
// takes its arrays with it. Immutable after creation, so safe from any thread.
#pragma once

#include "core/api.h"
#include "support/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace anywarp::core {

// CUDA_ARRAY3D_* and cudaArray*.
enum ArrayFlag : unsigned {
  kArrayLayered = 0x01,
  kArraySurface = 0x02,
  kArrayCubemap = 0x04,
  kArrayGather = 0x08,
  kArrayDepth = 0x10,
  kArrayColor = 0x20,
  kArraySparse = 0x40,
  kArrayDeferred = 0x80,
  kArrayVideo = 0x100,
};

// CUDA_ARRAY3D_DESCRIPTOR: lengths in texels, 0 for dimensions that are not there.
struct ArrayDescriptor {
  size_t width = 0, height = 0, depth = 0;
  int format = 0; // CUarray_format
  unsigned channels = 0;
  unsigned flags = 0; // ArrayFlag
};

// How a texel of a CUarray_format lies in memory.
struct TexelFormat {
  uint8_t channel = 0; // AwChannel
  uint8_t channels = 0;
  uint8_t bytes = 0; // of a texel, or of a block
  uint8_t block = 1; // texels along each side of a block: 4 where blocks are compressed
  bool srgb = false; // whatever the texture says
  size_t across(size_t texels) const { return (texels + block - 1) / block; } // blocks
};
// InvalidValue: CUDA has no such format or it has another number of channels; NotSupported.
AW_API Result<TexelFormat> texelFormat(int format, unsigned channels);

struct ArrayStorage; // the block of memory
class ArrayTiles;    // memory that comes later; array_tiles.h

class AW_API Array : public std::enable_shared_from_this<Array> {
public:
  // What one level looks like in memory.
  struct Layout {
    char* base = nullptr;
    size_t pitch = 0, slice = 0; // bytes
  };
  Array(ContextRef context, std::shared_ptr<ArrayStorage> storage, const ArrayDescriptor& desc,
        TexelFormat texel, const Layout& layout); // use create()
  ~Array();

  static Result<ArrayRef> create(Context& context, const ArrayDescriptor& descriptor);
  // Waits for the context's work. InvalidHandle: destroyed before, or a level or plane.
  Result<void> destroy();
  static ArrayRef fromHandle(const void* handle); // null: not live
  void* handle() { return this; }

  Context& context() const { return *context_; }
  const ArrayDescriptor& descriptor() const { return desc_; }
  // The format and channels of one of the array's texels; a planar array has none of its own.
  const TexelFormat& texel() const { return texel_; }
  bool planar() const { return texel_.bytes == 0; }
  const Layout& layout() const { return layout_; }
  // In memory, and for copies: blocks count as texels do.
  size_t rowBytes() const { return texel_.across(desc_.width) * texel_.bytes; }
  size_t rows() const { return desc_.height ? texel_.across(desc_.height) : 1; }
  // Depth, layers or faces.
  size_t slices() const { return desc_.depth ? desc_.depth : 1; }

  // Null unless the memory of the whole array is mapped later (kArrayDeferred).
  std::shared_ptr<ArrayTiles> tiles() const;

  // cuArrayGetPlane. InvalidValue: not planar, or no such plane.
  Result<ArrayRef> plane(unsigned index);

  // For core: a context goes away.
  static void releaseContext(Context& context);

private:
  friend class MipmappedArray;

  const ContextRef context_;
  const uint64_t contextId_;
  const std::shared_ptr<ArrayStorage> storage_;
  const ArrayDescriptor desc_;
  const TexelFormat texel_;
  const Layout layout_;
  bool part_ = false;            // a level or a plane: somebody else's to destroy
  std::vector<ArrayRef> planes_; // of a planar array
};

class AW_API MipmappedArray {
public:
  MipmappedArray(ContextRef context, const ArrayDescriptor& descriptor); // use create()
  ~MipmappedArray();

  // `levels` is clamped to what the size allows, and to 1 at least.
  static Result<MipmappedArrayRef> create(Context& context, const ArrayDescriptor& descriptor,
                                          unsigned levels);
  // In memory that `owner` keeps; InvalidValue: it is too small.
  struct ForeignMemory {
    void* memory = nullptr; // null: memory of its own
    size_t bytes = 0;
    std::shared_ptr<void> owner;
  };
  static Result<MipmappedArrayRef> create(Context& context, const ArrayDescriptor& descriptor,
                                          unsigned levels, const ForeignMemory& memory);
  Result<void> destroy(); // as Array's
  static MipmappedArrayRef fromHandle(const void* handle);
  void* handle() { return this; }

  Context& context() const { return *context_; }
  const ArrayDescriptor& descriptor() const { return desc_; }
  unsigned levels() const { return unsigned(levels_.size()); }
  Result<ArrayRef> level(unsigned index) const;                       // InvalidValue past the last
  const std::shared_ptr<ArrayTiles>& tiles() const { return tiles_; } // as Array's

  static void releaseContext(Context& context);

private:
  const ContextRef context_;
  const uint64_t contextId_;
  const ArrayDescriptor desc_;
  std::vector<ArrayRef> levels_;
  std::shared_ptr<ArrayTiles> tiles_;
};

} // namespace anywarp::core
