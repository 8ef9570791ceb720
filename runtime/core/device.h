// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A CUDA device: attributes, its one primary context and its memory pools. Made by Runtime at
// initialisation and never freed. Safe from any thread.
#pragma once

#include "core/api.h"
#include "core/backend.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace anywarp::core {

class AW_API Device {
public:
  Device(int ordinal, std::unique_ptr<BackendDevice> backend);
  Device(const Device&) = delete;

  int ordinal() const { return ordinal_; }
  const DeviceInfo& info() const { return backend_->info(); }
  BackendDevice& backend() { return *backend_; }
  DeviceCounters* counters() const { return counters_; } // null only in tests

  // 10 * major + minor of the compute capability.
  int capability() const { return 10 * info().computeMajor + info().computeMinor; }
  // CU_DEVICE_ATTRIBUTE_*; every code that CUDA 13.0 defines answers, others are InvalidValue.
  Result<int> attribute(int code) const;

  // The primary context's object; always there with a stable handle, active only while retained.
  // CUDART_INTERFACE hands it out unretained.
  Context& primary() { return *primary_; }
  ContextRef primaryRef() const { return primary_; }
  Result<ContextRef> primaryRetain();
  Result<void> primaryRelease(); // InvalidContext when it is not retained
  Result<void> primaryReset();
  Result<void> primarySetFlags(unsigned flags);
  struct PrimaryState {
    unsigned flags = 0;
    bool active = false;
  };
  PrimaryState primaryState() const;

  // Stream-ordered allocation: the built-in pool and the one cuMemAllocAsync uses now.
  PoolRef defaultPool() const { return defaultPool_; }
  // Memory of graphs; no handle of it is given out, and it keeps what it has until it is trimmed.
  PoolRef graphPool() const { return graphPool_; }
  PoolRef currentPool() const;
  void setCurrentPool(PoolRef pool); // null: back to the default pool

  // Ordinary memory of one host: every device reaches every other one of the same backend.
  bool canAccessPeer(const Device& other) const;

  // What atomics of kernels can do to memory of the host or of another device, one answer for each
  // CUatomicOperation: bits of CUatomicOperationCapability, 0 where `reach` is false.
  static Result<void> atomicCapabilities(unsigned* capabilities, const int* operations,
                                         unsigned count, bool reach);

  // For core: a context begins or ends to hold something on the device.
  void contextActive(bool active);
  // For core: a pool holds more than its threshold / give that back (at synchronisation).
  void notePoolExcess(const PoolRef& pool);
  void releaseExcess();

private:
  friend class Runtime;
  void makeObjects(); // what needs `this` to be complete

  const int ordinal_;
  const std::unique_ptr<BackendDevice> backend_;
  DeviceCounters* counters_ = nullptr; // set by Runtime before anything runs
  ContextRef primary_;
  PoolRef defaultPool_, graphPool_;
  std::atomic<bool> poolExcess_{false};
  mutable std::mutex mutex_; // guards what follows; after Pool's own in the lock order
  PoolRef currentPool_;
  std::vector<std::weak_ptr<Pool>> excess_;
};

} // namespace anywarp::core
