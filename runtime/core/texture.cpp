// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The objects and their tables; what a descriptor may say is in texture_describe.cpp.
#include "core/texture.h"

#include "core/backend.h"
#include "core/context.h"
#include "core/device.h"
#include "spmd/texture_abi.h"

#include <fmt/core.h>
#include <memory>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

namespace anywarp::core {
namespace {

template <typename T> struct ObjectTable {
  std::shared_mutex mutex; // guards objects; a leaf in the lock order
  std::unordered_map<uint64_t, std::shared_ptr<T>> objects;

  static ObjectTable& get() {
    static ObjectTable* table = new ObjectTable; // never destroyed: see Runtime
    return *table;
  }
  void insert(std::shared_ptr<T> object) {
    std::unique_lock lock(mutex);
    objects[object->handle()] = std::move(object);
  }
  std::shared_ptr<T> find(uint64_t handle) {
    std::shared_lock lock(mutex);
    auto it = objects.find(handle);
    return it == objects.end() ? nullptr : it->second;
  }
  std::shared_ptr<T> remove(uint64_t handle) {
    std::unique_lock lock(mutex);
    auto it = objects.find(handle);
    if (it == objects.end())
      return nullptr;
    std::shared_ptr<T> object = std::move(it->second);
    objects.erase(it);
    return object;
  }
  template <typename Predicate> void removeIf(Predicate gone) {
    std::vector<std::shared_ptr<T>> last; // destroyed without the lock
    std::unique_lock lock(mutex);
    for (auto it = objects.begin(); it != objects.end();) {
      if (gone(*it->second)) {
        last.push_back(std::move(it->second));
        it = objects.erase(it);
      } else {
        ++it;
      }
    }
    lock.unlock();
  }
};

// Programs destroy objects right after launching what uses them. Kernels' errors stay for whoever
// asks next.
void waitForKernels(Context& context) {
  if (context.check())
    (void)context.drain();
}

} // namespace

Texture::Texture(ContextRef context, const TextureResource& resource,
                 const TextureSampling& sampling, const TextureView* view)
    : context_(std::move(context)), resource_(resource), sampling_(sampling) {
  if (view)
    view_ = *view;
}

Texture::~Texture() {
  if (handle_)
    context_->device().backend().destroyTexture(handle_);
}

Result<TextureRef> Texture::create(Context& context, const TextureResource& resource,
                                   const TextureSampling& sampling, const TextureView* view) {
  AW_TRY(context.check());
  AwTexture description;
  AW_TRY(describeTexture(context.device(), resource, sampling, view, description));
  auto texture = std::make_shared<Texture>(context.shared_from_this(), resource, sampling, view);
  Result<uint64_t> handle = context.device().backend().createTexture(description);
  if (!handle)
    return handle.error();
  texture->handle_ = *handle;
  ObjectTable<Texture>::get().insert(texture);
  return texture;
}

Result<void> Texture::destroy(uint64_t handle) {
  TextureRef texture = ObjectTable<Texture>::get().remove(handle);
  if (!texture)
    return makeError(Status::InvalidValue, fmt::format("{:#x} is no live texture object", handle));
  waitForKernels(*texture->context_);
  return {};
}

TextureRef Texture::fromHandle(uint64_t handle) {
  return ObjectTable<Texture>::get().find(handle);
}

void Texture::releaseContext(Context& context) {
  ObjectTable<Texture>::get().removeIf(
      [&](const Texture& t) { return t.context_.get() == &context; });
  ObjectTable<Surface>::get().removeIf(
      [&](const Surface& s) { return s.context_.get() == &context; });
}

Surface::Surface(ContextRef context, const TextureResource& resource)
    : context_(std::move(context)), resource_(resource) {}

Surface::~Surface() {
  if (handle_)
    context_->device().backend().destroySurface(handle_);
}

Result<SurfaceRef> Surface::create(Context& context, const TextureResource& resource) {
  AW_TRY(context.check());
  AwSurface description;
  AW_TRY(describeSurface(resource, description));
  auto surface = std::make_shared<Surface>(context.shared_from_this(), resource);
  Result<uint64_t> handle = context.device().backend().createSurface(description);
  if (!handle)
    return handle.error();
  surface->handle_ = *handle;
  ObjectTable<Surface>::get().insert(surface);
  return surface;
}

Result<void> Surface::destroy(uint64_t handle) {
  if (!handle) // as free(nullptr): programs clean up surfaces that they never made
    return {};
  SurfaceRef surface = ObjectTable<Surface>::get().remove(handle);
  if (!surface)
    return makeError(Status::InvalidValue, fmt::format("{:#x} is no live surface object", handle));
  waitForKernels(*surface->context_);
  return {};
}

SurfaceRef Surface::fromHandle(uint64_t handle) {
  return ObjectTable<Surface>::get().find(handle);
}

} // namespace anywarp::core
