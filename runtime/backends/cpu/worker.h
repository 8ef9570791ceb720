// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a thread needs to run blocks: shared window, frames, local memory, stacks, barrier state.
//
// A Worker is leased by one thread for a chunk of blocks and given back; a pool thread gets the
// same one each time. WorkerSet is safe from any thread, a leased Worker belongs to its thread.
#pragma once

#include "barriers.h"
#include "cluster_barrier.h"
#include "fault.h"
#include "spmd/kernel_abi.h"

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace anywarp::cpu {

// Zero-filled memory that only grows, with unmapped pages around it.
class GuardedBuffer {
public:
  GuardedBuffer() = default;
  GuardedBuffer(const GuardedBuffer&) = delete;
  ~GuardedBuffer();
  bool ensure(size_t bytes); // contents are lost when it grows
  char* data() const { return data_; }

private:
  char* map_ = nullptr;
  size_t mapped_ = 0;
  char* data_ = nullptr;
  size_t size_ = 0;
};

// The shared windows of a cluster's blocks, AW_CLUSTER_STRIDE apart. Memory counts when touched.
class ClusterWindow {
public:
  ClusterWindow() = default;
  ClusterWindow(const ClusterWindow&) = delete;
  ~ClusterWindow();
  bool ensure(unsigned blocks, size_t bytes); // contents are lost when it grows
  char* of(unsigned rank) const { return data_ + size_t(rank) * AW_CLUSTER_STRIDE; }

private:
  char* map_ = nullptr;
  char* data_ = nullptr;
  unsigned blocks_ = 0;
  size_t bytes_ = 0;
};

struct Fiber {
  GuardedStack stack;
  void* context = nullptr;
};

// Aligned, so that no two threads write to one cache line.
struct alignas(128) Worker {
  AwBlock block = {};
  BlockBarriers barriers;
  GuardedBuffer shared, frames, local;
  uint32_t resume[kMaxGangs] = {};
  std::vector<Fiber> fibers;        // fiber kernels only
  void* schedulerContext = nullptr; // where a fiber jumps back to
  unsigned runningGang = 0;
  Worker* running = nullptr;           // whose block runs: this one's, or another one's in turns
  uint8_t waitingLane[kMaxGangs] = {}; // per gang: the last lane that waited for memory
  GuardedStack stack;                  // where kernels run
  std::vector<std::unique_ptr<Worker>> members; // the blocks of a cluster, by rank
  ClusterWindow clusterWindow;
  ClusterBarrier clusterBarrier;
  std::atomic<bool> busy{false};
};

class WorkerSet {
public:
  explicit WorkerSet(unsigned workers);

  class Lease {
  public:
    explicit Lease(Worker* worker) : worker_(worker) {}
    Lease(const Lease&) = delete;
    ~Lease() { worker_->busy.store(false, std::memory_order_release); }
    Worker& operator*() const { return *worker_; }

  private:
    Worker* worker_;
  };
  Lease lease();
  unsigned size() const { return count_; }

private:
  struct Own {
    std::unique_ptr<Worker> worker;
    std::atomic<Worker*> ready{nullptr}; // the same, for who has no lock
  };
  Worker* find();
  Worker* own(unsigned number);
  const unsigned count_;
  std::vector<Own> own_; // of the pool's threads, by number
  std::mutex mutex_;     // guards extra_ and the making of own ones
  std::vector<std::unique_ptr<Worker>> extra_;
};

} // namespace anywarp::cpu
