// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Multicast objects (cuMulticastCreate): addresses that stand for memory of several devices at
// once. Each device of the team has a window, addresses of its own that its memory is bound to;
// where the object is mapped there is nothing, and kernels' multimem instructions look up how far
// away the windows are. Any other access there faults, which PTX ISA leaves undefined. Safe from
// any thread.
#pragma once

#include "core/virtual_memory.h"
#include "spmd/multimem_abi.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <vector>

namespace anywarp::core {

struct MulticastProperties { // CUmulticastObjectProp
  unsigned devices = 0;
  size_t bytes = 0;
  unsigned long long handleTypes = 0, flags = 0;
};

class AW_API Multicast {
public:
  static constexpr size_t kGranularity = VirtualMemory::kGranularity;

  static Result<void> checkProperties(const MulticastProperties& properties);
  static Result<MulticastRef> create(const MulticastProperties& properties);
  static MulticastRef fromHandle(const void* handle); // null: not live
  ~Multicast();
  Multicast(const Multicast&) = delete;
  void* handle() { return this; }

  // To and from a file descriptor, which is the caller's. Null: it is not of a multicast object.
  Result<int> exportFile(int handleType);
  static Result<MulticastRef> importFile(int descriptor, int handleType);

  Result<void> addDevice(Device& device);
  // These and map() wait until the team is complete, as CUDA does.
  Result<void> bind(size_t offset, const PhysicalMemoryRef& memory, size_t memoryOffset,
                    size_t bytes);
  Result<void> bindAddress(size_t offset, const void* address, size_t bytes);
  Result<void> unbind(Device& device, size_t offset, size_t bytes);

  // For VirtualMemory: what kernels know of addresses where the object is mapped.
  void waitForTeam();
  Result<void> show(void* address, size_t bytes, size_t offset); // OutOfMemory
  static void hide(void* address);
  // For backends (DeviceRole).
  static const AwReplicas* replicas(const void* address);

  const MulticastProperties properties;

private:
  friend class VirtualMemory;
  explicit Multicast(const MulticastProperties& p) : properties(p) {}
  struct Binding {
    size_t bytes;
    std::shared_ptr<void> memory;
  };
  struct Member {
    Device* device;
    char* window;
    std::map<size_t, Binding> bindings; // by offset
  };
  Result<void> checkRange(size_t offset, size_t bytes) const;
  Result<void> attach(Device* device, size_t offset, size_t bytes, int descriptor,
                      uint64_t fileOffset, std::shared_ptr<void> memory);
  std::mutex mutex_; // guards members_; a leaf
  std::condition_variable joined_;
  std::vector<Member> members_;
  unsigned handles_ = 1; // guarded by VirtualMemory's mutex
};

} // namespace anywarp::core
