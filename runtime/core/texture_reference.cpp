// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/texture_reference.h"

#include "core/array.h"
#include "core/backend.h"
#include "core/context.h"
#include "core/device.h"
#include "core/handles.h"
#include "spmd/texture_abi.h"
#include "support/log.h"

#include <fmt/core.h>

namespace anywarp::core {
namespace {

// An array that was destroyed since it was bound is a binding to nothing.
bool live(const TextureResource& r) {
  switch (r.kind) {
  case TextureResource::Kind::Array:
    return Array::fromHandle(r.handle) != nullptr;
  case TextureResource::Kind::Mipmapped:
    return MipmappedArray::fromHandle(r.handle) != nullptr;
  default:
    return true;
  }
}

} // namespace

TextureReference::TextureReference(Device& device, void* variable, ReferencesChanged changed)
    : device_(device), variable_(variable), changed_(std::move(changed)) {
  // Driver API manual, cuTexRefSetAddressMode and _SetFlags: what a reference starts with.
  for (int& mode : state_.sampling.address)
    mode = AW_ADDRESS_CLAMP;
}

TextureReference::~TextureReference() {
  if (bound_)
    device_.backend().destroyTexture(bound_);
}

TextureReferenceRef TextureReference::create(Context& context) {
  auto reference = std::make_shared<TextureReference>(context.device(), nullptr, nullptr);
  HandleTable<TextureReference>::get().insert(reference);
  return reference;
}

Result<void> TextureReference::destroy() {
  if (variable_)
    return makeError(Status::InvalidValue, "a module's texture reference goes with the module");
  if (!HandleTable<TextureReference>::get().remove(this))
    return makeError(Status::InvalidValue, "the texture reference was destroyed before");
  return {};
}

TextureReferenceRef TextureReference::fromHandle(const void* handle) {
  return HandleTable<TextureReference>::get().find(handle);
}

TextureReference::State TextureReference::state() const {
  std::lock_guard lock(mutex_);
  return state_;
}

void TextureReference::note() {
  dirty_ = true;
  if (changed_)
    changed_->store(ReferenceState::Changed, std::memory_order_release);
}

Result<void> TextureReference::apply() {
  std::lock_guard lock(mutex_);
  if (!dirty_ || !variable_)
    return {};
  uint64_t handle = 0;
  if (state_.resource && live(*state_.resource)) {
    AwTexture description;
    AW_TRY(describeTexture(device_, *state_.resource, state_.sampling, nullptr, description));
    Result<uint64_t> made = device_.backend().createTexture(description);
    if (!made)
      return made.error();
    handle = *made;
  }
  Result<void> written = device_.backend().copy(variable_, &handle, sizeof handle);
  uint64_t old = written ? bound_ : handle;
  if (old)
    device_.backend().destroyTexture(old);
  AW_TRY(written);
  bound_ = handle;
  dirty_ = false;
  return {};
}

SurfaceReference::SurfaceReference(Device& device, void* variable, ReferencesChanged changed)
    : device_(device), variable_(variable), changed_(std::move(changed)) {}

SurfaceReference::~SurfaceReference() {
  if (bound_)
    device_.backend().destroySurface(bound_);
}

SurfaceReferenceRef SurfaceReference::fromHandle(const void* handle) {
  return HandleTable<SurfaceReference>::get().find(handle);
}

Result<void> SurfaceReference::bind(const ArrayRef& array) {
  // Asked of references only: cuSurfObjectCreate takes any array.
  if (!(array->descriptor().flags & kArraySurface))
    return makeError(Status::InvalidValue, "a surface reference to an array that was made without "
                                           "CUDA_ARRAY3D_SURFACE_LDST");
  TextureResource resource;
  resource.handle = array->handle();
  AwSurface description;
  AW_TRY(describeSurface(resource, description));
  std::lock_guard lock(mutex_);
  array_ = array->handle();
  dirty_ = true;
  changed_->store(ReferenceState::Changed, std::memory_order_release);
  return {};
}

const void* SurfaceReference::array() const {
  std::lock_guard lock(mutex_);
  return array_;
}

Result<void> SurfaceReference::apply() {
  std::lock_guard lock(mutex_);
  if (!dirty_)
    return {};
  uint64_t handle = 0;
  if (Array::fromHandle(array_)) {
    TextureResource resource;
    resource.handle = array_;
    AwSurface description;
    AW_TRY(describeSurface(resource, description));
    Result<uint64_t> made = device_.backend().createSurface(description);
    if (!made)
      return made.error();
    handle = *made;
  }
  Result<void> written = device_.backend().copy(variable_, &handle, sizeof handle);
  uint64_t old = written ? bound_ : handle;
  if (old)
    device_.backend().destroySurface(old);
  AW_TRY(written);
  bound_ = handle;
  dirty_ = false;
  return {};
}

} // namespace anywarp::core
