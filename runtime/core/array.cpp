// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/array.h"

#include "core/array_limits.h"
#include "core/array_tiles.h"
#include "core/context.h"
#include "core/device.h"
#include "core/handles.h"
#include "support/trace.h"

#include <algorithm>
#include <bit>
#include <fmt/core.h>

namespace anywarp::core {

struct ArrayStorage {
  BackendDevice* backend; // null: the memory is `owner`'s
  void* memory;
  size_t bytes;
  std::shared_ptr<void> owner;
  std::shared_ptr<ArrayTiles> tiles; // of an array whose memory is mapped later
  ArrayStorage(BackendDevice* b, void* m, size_t n, std::shared_ptr<void> o = {})
      : backend(b), memory(m), bytes(n), owner(std::move(o)) {}
  ~ArrayStorage() {
    trace::line(trace::kMemory, "free array memory of {} bytes", bytes);
    if (backend)
      backend->release(memory, bytes, MemoryKind::Device);
  }
};

namespace {

// Rows begin at cache lines; levels and planes do too.
constexpr size_t kRowAlign = 64;

size_t roundUp(size_t value, size_t to) {
  return (value + to - 1) / to * to;
}

// Places a level behind what is there already.
Array::Layout place(const ArrayDescriptor& d, const TexelFormat& texel, size_t& total) {
  Array::Layout layout;
  layout.pitch = roundUp(texel.across(d.width) * texel.bytes, kRowAlign);
  layout.slice = layout.pitch * std::max<size_t>(texel.across(d.height), 1);
  layout.base = reinterpret_cast<char*>(uintptr_t(total)); // an offset, until there is memory
  total += layout.slice * std::max<size_t>(d.depth, 1);
  return layout;
}

Result<std::shared_ptr<ArrayStorage>> storageOf(Result<std::shared_ptr<ArrayTiles>> tiles) {
  if (!tiles)
    return tiles.error();
  auto storage = std::make_shared<ArrayStorage>(nullptr, (*tiles)->base(), (*tiles)->bytes());
  storage->tiles = *tiles;
  return storage;
}

Result<std::shared_ptr<ArrayStorage>> allocate(Context& context, const ArrayDescriptor& d,
                                               size_t bytes) {
  if (d.flags & kArrayDeferred)
    return storageOf(ArrayTiles::create(context.device(), bytes));
  BackendDevice& backend = context.device().backend();
  Result<void*> memory = backend.allocate(bytes, MemoryKind::Device);
  if (!memory)
    return memory.error();
  trace::line(trace::kMemory, "allocate array {} x {} x {} of format {:#x} x {}: {} bytes", d.width,
              d.height, d.depth, d.format, d.channels, bytes);
  return std::make_shared<ArrayStorage>(&backend, *memory, bytes);
}

Array::Layout at(Array::Layout layout, const ArrayStorage& storage) {
  layout.base = static_cast<char*>(storage.memory) + uintptr_t(layout.base);
  return layout;
}

Error notPlanar(const ArrayDescriptor& d) {
  return makeError(Status::InvalidValue,
                   fmt::format("an array of {} x {} x {}, {} channels, flags {:#x} cannot have a "
                               "planar format: it takes 2 dimensions, even where the chroma planes "
                               "are half as long, and 3 channels",
                               d.width, d.height, d.depth, d.channels, d.flags));
}

// Luma, then chroma: its two channels in a plane each or side by side in one.
Result<std::vector<ArrayDescriptor>> planesOf(const ArrayDescriptor& d) {
  const PlanarFormat& planar = *planarFormat(d.format);
  if (d.channels != 3 || d.depth || !d.height || d.width % planar.acrossChroma ||
      d.height % planar.downChroma || (d.flags & (kArrayLayered | kArrayCubemap)))
    return notPlanar(d);
  ArrayDescriptor luma = d, chroma = d;
  luma.format = chroma.format = planar.format;
  luma.channels = 1;
  chroma.width /= planar.acrossChroma;
  chroma.height /= planar.downChroma;
  chroma.channels = planar.planes == 2 ? 2 : 1;
  std::vector<ArrayDescriptor> planes(planar.planes, chroma);
  planes[0] = luma;
  return planes;
}

// Waits for work that may use the array, where its context is still there.
Result<void> waitFor(Context& context, uint64_t id) {
  if (context.id() != id || !context.check())
    return {};
  return context.drain();
}

} // namespace

Array::Array(ContextRef context, std::shared_ptr<ArrayStorage> storage, const ArrayDescriptor& desc,
             TexelFormat texel, const Layout& layout)
    : context_(std::move(context)), contextId_(context_->id()), storage_(std::move(storage)),
      desc_(desc), texel_(texel), layout_(layout) {}

Array::~Array() = default;

std::shared_ptr<ArrayTiles> Array::tiles() const {
  return part_ ? nullptr : storage_->tiles;
}

Result<ArrayRef> Array::create(Context& context, const ArrayDescriptor& d) {
  AW_TRY(context.check());
  AW_TRY(checkArray(context.device(), d, /*mipmapped=*/false));
  ContextRef owner = context.shared_from_this();
  size_t bytes = 0;
  if (planarFormat(d.format)) {
    Result<std::vector<ArrayDescriptor>> planes = planesOf(d);
    if (!planes)
      return planes.error();
    std::vector<std::pair<Layout, TexelFormat>> placed;
    for (const ArrayDescriptor& plane : *planes) {
      TexelFormat texel = *texelFormat(plane.format, plane.channels);
      placed.emplace_back(place(plane, texel, bytes), texel);
    }
    Result<std::shared_ptr<ArrayStorage>> storage = allocate(context, d, bytes);
    if (!storage)
      return storage.error();
    auto array = std::make_shared<Array>(owner, *storage, d, TexelFormat{}, Layout{});
    for (size_t i = 0; i < placed.size(); ++i) {
      auto plane = std::make_shared<Array>(owner, *storage, (*planes)[i], placed[i].second,
                                           at(placed[i].first, **storage));
      plane->part_ = true;
      HandleTable<Array>::get().insert(plane);
      array->planes_.push_back(std::move(plane));
    }
    HandleTable<Array>::get().insert(array);
    return array;
  }
  Result<TexelFormat> texel = texelFormat(d.format, d.channels);
  if (!texel)
    return texel.error();
  Layout layout;
  Result<std::shared_ptr<ArrayStorage>> storage = std::shared_ptr<ArrayStorage>();
  if (d.flags & kArraySparse) {
    SparseLayout sparse = SparseLayout::make({&d, 1}, *texel);
    layout = sparse.levels[0].layout;
    storage = storageOf(ArrayTiles::create(context.device(), sparse));
  } else {
    layout = place(d, *texel, bytes);
    storage = allocate(context, d, bytes);
  }
  if (!storage)
    return storage.error();
  auto array = std::make_shared<Array>(owner, *storage, d, *texel, at(layout, **storage));
  HandleTable<Array>::get().insert(array);
  return array;
}

Result<void> Array::destroy() {
  if (part_)
    return makeError(Status::InvalidHandle,
                     "a level of a mipmapped array or a plane is destroyed with the whole");
  AW_TRY(waitFor(*context_, contextId_));
  ArrayRef self = HandleTable<Array>::get().remove(this);
  if (!self)
    return makeError(Status::InvalidHandle, "the array was destroyed before");
  for (const ArrayRef& plane : planes_)
    HandleTable<Array>::get().remove(plane.get());
  return {};
}

ArrayRef Array::fromHandle(const void* handle) {
  return HandleTable<Array>::get().find(handle);
}

Result<ArrayRef> Array::plane(unsigned index) {
  if (index >= planes_.size())
    return makeError(Status::InvalidValue,
                     fmt::format("the array has {} planes; plane {} was asked "
                                 "for",
                                 planes_.size(), index));
  return planes_[index];
}

void Array::releaseContext(Context& context) {
  HandleTable<Array>::get().removeIf([&](const Array& a) { return a.context_.get() == &context; });
}

MipmappedArray::MipmappedArray(ContextRef context, const ArrayDescriptor& descriptor)
    : context_(std::move(context)), contextId_(context_->id()), desc_(descriptor) {}

MipmappedArray::~MipmappedArray() = default;

Result<MipmappedArrayRef> MipmappedArray::create(Context& context, const ArrayDescriptor& d,
                                                 unsigned levels) {
  return create(context, d, levels, {});
}

Result<MipmappedArrayRef> MipmappedArray::create(Context& context, const ArrayDescriptor& d,
                                                 unsigned levels, const ForeignMemory& foreign) {
  AW_TRY(context.check());
  AW_TRY(checkArray(context.device(), d, /*mipmapped=*/true));
  if (planarFormat(d.format))
    return makeError(Status::InvalidValue, "planar formats have no mipmap levels");
  Result<TexelFormat> texel = texelFormat(d.format, d.channels);
  if (!texel)
    return texel.error();
  bool layers = d.flags & (kArrayLayered | kArrayCubemap); // depth counts them and does not shrink
  size_t longest = std::max({d.width, d.height, layers ? 1 : d.depth});
  levels = std::clamp(levels, 1u, unsigned(std::bit_width(longest)));

  std::vector<std::pair<ArrayDescriptor, Array::Layout>> placed;
  size_t bytes = 0;
  for (unsigned i = 0; i < levels; ++i) {
    ArrayDescriptor level = d;
    auto shrink = [i](size_t length) { return length ? std::max<size_t>(length >> i, 1) : 0; };
    level.width = shrink(d.width);
    level.height = shrink(d.height);
    level.depth = layers ? d.depth : shrink(d.depth);
    Array::Layout layout = place(level, *texel, bytes);
    placed.emplace_back(level, layout);
  }
  SparseLayout sparse;
  if (d.flags & kArraySparse) {
    std::vector<ArrayDescriptor> descriptors;
    for (const auto& entry : placed)
      descriptors.push_back(entry.first);
    sparse = SparseLayout::make(descriptors, *texel);
    for (size_t i = 0; i < placed.size(); ++i)
      placed[i].second = sparse.levels[i].layout;
    bytes = sparse.bytes;
  }
  if (foreign.memory && bytes > foreign.bytes)
    return makeError(
        Status::InvalidValue,
        fmt::format("the array's {} bytes are more than the {} there are", bytes, foreign.bytes));
  Result<std::shared_ptr<ArrayStorage>> storage =
      foreign.memory ? std::make_shared<ArrayStorage>(nullptr, foreign.memory, bytes, foreign.owner)
      : d.flags & kArraySparse ? storageOf(ArrayTiles::create(context.device(), sparse))
                               : allocate(context, d, bytes);
  if (!storage)
    return storage.error();
  ContextRef owner = context.shared_from_this();
  auto mipmap = std::make_shared<MipmappedArray>(owner, d);
  for (const auto& [level, layout] : placed) {
    auto array = std::make_shared<Array>(owner, *storage, level, *texel, at(layout, **storage));
    array->part_ = true;
    HandleTable<Array>::get().insert(array);
    mipmap->levels_.push_back(std::move(array));
  }
  mipmap->tiles_ = (*storage)->tiles;
  HandleTable<MipmappedArray>::get().insert(mipmap);
  return mipmap;
}

Result<void> MipmappedArray::destroy() {
  AW_TRY(waitFor(*context_, contextId_));
  MipmappedArrayRef self = HandleTable<MipmappedArray>::get().remove(this);
  if (!self)
    return makeError(Status::InvalidHandle, "the mipmapped array was destroyed before");
  for (const ArrayRef& level : levels_)
    HandleTable<Array>::get().remove(level.get());
  return {};
}

MipmappedArrayRef MipmappedArray::fromHandle(const void* handle) {
  return HandleTable<MipmappedArray>::get().find(handle);
}

Result<ArrayRef> MipmappedArray::level(unsigned index) const {
  if (index >= levels_.size())
    return makeError(Status::InvalidValue,
                     fmt::format("the mipmapped array has {} levels; level {} was asked for",
                                 levels_.size(), index));
  return levels_[index];
}

void MipmappedArray::releaseContext(Context& context) {
  HandleTable<MipmappedArray>::get().removeIf(
      [&](const MipmappedArray& a) { return a.context_.get() == &context; });
}

} // namespace anywarp::core
