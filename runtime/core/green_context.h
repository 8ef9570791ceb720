// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Green contexts: a part of a device's multiprocessors with streams of its own. Everything else
// (memory, modules, events, errors) is the device's primary context's, which a green context
// retains. Kernels of its streams run on no more host threads than it has multiprocessors; which
// ones is the system's choice, so two green contexts share processors when others idle. Owned by
// the handle table. Safe from any thread.
#pragma once

#include "core/api.h"
#include "core/context.h"
#include "support/result.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace anywarp::core {

// Some multiprocessors of a device: CU_DEV_RESOURCE_TYPE_SM. Plain data, since applications keep it
// in their own memory (CUdevResource).
struct AW_API Multiprocessors {
  int device = 0;
  uint32_t first = 0, count = 0;
  uint32_t split = 0; // number of the split that made it; 0: all of a device or a green context

  // Programming guide of green contexts: at least so many in a part, and a multiple of that. A
  // device with fewer has only one part.
  static uint32_t smallestPart(const Device& device, bool anyPlacement);
  static uint32_t alignment(const Device& device, bool anyPlacement);

  struct Split;
  // As many groups of at least `least` as there are, `most` at most. `flags`:
  // CUdevSmResourceSplit_flags.
  Result<Split> divide(unsigned least, size_t most, unsigned flags) const;
  // For a descriptor: parts of one split, or one whole. InvalidResourceConfiguration otherwise.
  static Result<Multiprocessors> join(std::span<const Multiprocessors> parts);
};

struct Multiprocessors::Split {
  std::vector<Multiprocessors> groups;
  Multiprocessors rest; // count 0: nothing is left
};

class AW_API GreenContext : public std::enable_shared_from_this<GreenContext> {
public:
  static Result<GreenContextRef> create(Device& device, const Multiprocessors& resource);
  GreenContext(ContextRef root, const Multiprocessors& resource); // use create()
  ~GreenContext();
  GreenContext(const GreenContext&) = delete;
  // Its streams answer ContextIsDestroyed from now on.
  Result<void> destroy();
  // Handles as CUgreenCtx and, of cuCtxFromGreenCtx, as CUcontext. Null: not a live one.
  static GreenContextRef fromHandle(const void* handle);
  static GreenContextRef fromContextHandle(const void* handle);
  void* handle() { return this; }
  void* contextHandle() { return asContext_.get(); }

  Context& root() const { return *root_; }
  const ContextRef& rootRef() const { return root_; }
  uint64_t id() const { return id_; }
  const Multiprocessors& resource() const { return resource_; }
  // Success, ContextIsDestroyed, or the error of the primary context.
  Result<void> check() const;

  StreamRef legacyStream();
  std::shared_ptr<LegacyOrder> order() const { return order_; }
  std::vector<StreamRef> streams();
  static void releaseContext(const Context& root); // it goes, and its green contexts with it

private:
  StreamRef leave(); // its default stream, once

  const ContextRef root_;
  const uint64_t rootId_; // Context::id() while it is the one that was retained
  const uint64_t id_;
  const Multiprocessors resource_;
  const std::shared_ptr<LegacyOrder> order_;
  std::atomic<bool> destroyed_{false};
  std::mutex mutex_; // guards legacy_
  StreamRef legacy_;
  struct AsContext;
  std::shared_ptr<AsContext> asContext_; // its address is the second handle; never changes
};

} // namespace anywarp::core
