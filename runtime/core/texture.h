// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Texture and surface objects: what CUDA's descriptors say, checked, and the handle by which
// kernels know it. Owned by a table by handle; a context takes its objects with it. A texture does
// not keep its array or memory alive, as in CUDA. Immutable after creation, so safe from any
// thread.
#pragma once

#include "core/api.h"
#include "support/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>

struct AwTexture;
struct AwSurface;

namespace anywarp::core {

// CUDA_RESOURCE_DESC, with all its members side by side.
struct TextureResource {
  enum class Kind { Array = 0, Mipmapped = 1, Linear = 2, Pitch2D = 3 }; // CUresourcetype
  Kind kind = Kind::Array;
  const void* handle = nullptr; // of the array or mipmapped array
  void* pointer = nullptr;
  int format = 0; // CUarray_format of linear and pitch linear memory
  unsigned channels = 0;
  size_t bytes = 0;             // linear
  size_t width = 0, height = 0; // pitch linear; texels
  size_t pitch = 0;             // bytes
  unsigned flags = 0;           // must be 0
};

// CU_TRSF_*.
enum SamplingFlag : unsigned {
  kReadAsInteger = 0x01,
  kNormalizedCoordinates = 0x02,
  kSrgb = 0x10,
  kNoTrilinear = 0x20,
  kSeamlessCubemap = 0x40,
};

// CUDA_TEXTURE_DESC.
struct TextureSampling {
  int address[3] = {0, 0, 0};    // CUaddress_mode
  int filter = 0, mipFilter = 0; // CUfilter_mode
  unsigned flags = 0;            // SamplingFlag
  unsigned maxAnisotropy = 0;
  float mipBias = 0, mipMin = 0, mipMax = 0;
  float border[4] = {0, 0, 0, 0};
};

// CUDA_RESOURCE_VIEW_DESC.
struct TextureView {
  int format = 0; // CUresourceViewFormat
  size_t width = 0, height = 0, depth = 0;
  unsigned firstLevel = 0, lastLevel = 0, firstLayer = 0, lastLayer = 0;
};

// Checks all that CUDA checks and fills the descriptor that kernels read. InvalidValue,
// InvalidHandle for arrays that are not live, NotSupported.
Result<void> describeTexture(Device& device, const TextureResource& resource,
                             const TextureSampling& sampling, const TextureView* view,
                             AwTexture& out);
// The same without a result.
AW_API Result<void> checkTexture(Device& device, const TextureResource& resource,
                                 const TextureSampling& sampling);
Result<void> describeSurface(const TextureResource& resource, AwSurface& out);

class AW_API Texture {
public:
  Texture(ContextRef context, const TextureResource& resource, const TextureSampling& sampling,
          const TextureView* view); // use create()
  ~Texture();
  Texture(const Texture&) = delete;

  static Result<TextureRef> create(Context& context, const TextureResource& resource,
                                   const TextureSampling& sampling, const TextureView* view);
  static Result<void> destroy(uint64_t handle);  // InvalidValue: not live
  static TextureRef fromHandle(uint64_t handle); // null: not live
  uint64_t handle() const { return handle_; }

  const TextureResource& resource() const { return resource_; }
  const TextureSampling& sampling() const { return sampling_; }
  const std::optional<TextureView>& view() const { return view_; }

  // For core: a context goes away, with its textures and surfaces.
  static void releaseContext(Context& context);

private:
  const ContextRef context_;
  const TextureResource resource_;
  const TextureSampling sampling_;
  std::optional<TextureView> view_;
  uint64_t handle_ = 0;
};

class AW_API Surface {
public:
  Surface(ContextRef context, const TextureResource& resource); // use create()
  ~Surface();
  Surface(const Surface&) = delete;

  static Result<SurfaceRef> create(Context& context, const TextureResource& resource);
  static Result<void> destroy(uint64_t handle);
  static SurfaceRef fromHandle(uint64_t handle);
  uint64_t handle() const { return handle_; }
  const TextureResource& resource() const { return resource_; }

private:
  friend class Texture;
  const ContextRef context_;
  const TextureResource resource_;
  uint64_t handle_ = 0;
};

} // namespace anywarp::core
