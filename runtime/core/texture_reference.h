// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Texture and surface references: named variables of a module (or free ones, cuTexRefCreate) whose
// binding and sampling the host sets before it launches. What was set reaches the module's variable
// at the next launch of one of its kernels, after earlier work that may still read it. Owned by
// their module, or by the handle table. Safe from any thread.
#pragma once

#include "core/api.h"
#include "core/texture.h"

#include <atomic>
#include <mutex>
#include <optional>

namespace anywarp::core {

// Whether a module has something to bring to its variables at the next launch, or is doing so.
enum class ReferenceState { Clean, Changed, Applying };
using ReferencesChanged = std::shared_ptr<std::atomic<ReferenceState>>;

class AW_API TextureReference {
public:
  // `variable` is the module's 8 bytes; null for a free reference.
  TextureReference(Device& device, void* variable, ReferencesChanged changed);
  ~TextureReference();
  TextureReference(const TextureReference&) = delete;

  static TextureReferenceRef create(Context& context); // cuTexRefCreate
  Result<void> destroy();                              // InvalidHandle: a module's
  static TextureReferenceRef fromHandle(const void* handle);
  void* handle() { return this; }

  struct State {
    std::optional<TextureResource> resource; // none: not bound
    TextureSampling sampling;
    int format = 0x20; // CUarray_format that the next binding to memory takes
    unsigned channels = 1;
  };
  State state() const;
  // Changes the state under the lock; what `change` returns is given back, and only a success
  // counts.
  template <typename Change> Result<void> update(Change change) {
    std::lock_guard lock(mutex_);
    State next = state_;
    AW_TRY(change(next));
    state_ = next;
    note();
    return {};
  }
  // For Module: the variable's new handle takes effect; nothing runs that reads it.
  Result<void> apply();

private:
  void note();

  Device& device_;
  void* const variable_;
  const ReferencesChanged changed_;
  mutable std::mutex mutex_; // guards what follows
  State state_;
  bool dirty_ = false;
  uint64_t bound_ = 0; // what the variable holds
};

class AW_API SurfaceReference {
public:
  SurfaceReference(Device& device, void* variable, ReferencesChanged changed);
  ~SurfaceReference();
  SurfaceReference(const SurfaceReference&) = delete;

  static SurfaceReferenceRef fromHandle(const void* handle);
  void* handle() { return this; }

  Result<void> bind(const ArrayRef& array); // InvalidValue: not made for surfaces
  const void* array() const;                // null: not bound
  Result<void> apply();

private:
  Device& device_;
  void* const variable_;
  const ReferencesChanged changed_;
  mutable std::mutex mutex_; // guards what follows
  const void* array_ = nullptr;
  bool dirty_ = false;
  uint64_t bound_ = 0;
};

} // namespace anywarp::core
