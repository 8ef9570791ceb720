// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "worker.h"

#include "pool.h"

#include <algorithm>
#include <sys/mman.h>

namespace anywarp::cpu {
namespace {

constexpr size_t kPage = 4096;
constexpr size_t kGuard = 64 << 10;

} // namespace

GuardedBuffer::~GuardedBuffer() {
  if (map_)
    munmap(map_, mapped_);
}

bool GuardedBuffer::ensure(size_t bytes) {
  if (bytes <= size_ && data_)
    return true;
  size_t usable = (std::max<size_t>(bytes, 1) + kPage - 1) / kPage * kPage;
  void* memory = mmap(nullptr, usable + 2 * kGuard, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED)
    return false;
  if (mprotect(static_cast<char*>(memory) + kGuard, usable, PROT_READ | PROT_WRITE) != 0) {
    munmap(memory, usable + 2 * kGuard);
    return false;
  }
  if (map_)
    munmap(map_, mapped_);
  map_ = static_cast<char*>(memory);
  mapped_ = usable + 2 * kGuard;
  data_ = map_ + kGuard;
  size_ = usable;
  return true;
}

namespace {
constexpr size_t kClusterMap = size_t(kMaxClusterBlocks) * AW_CLUSTER_STRIDE + kGuard;
}

ClusterWindow::~ClusterWindow() {
  if (map_)
    munmap(map_, kClusterMap);
}

bool ClusterWindow::ensure(unsigned blocks, size_t bytes) {
  if (blocks <= blocks_ && bytes <= bytes_)
    return true;
  if (blocks > kMaxClusterBlocks || bytes > AW_CLUSTER_STRIDE - kGuard)
    return false;
  if (!map_) {
    void* memory =
        mmap(nullptr, kClusterMap, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
      return false;
    map_ = static_cast<char*>(memory);
    data_ = map_ + kGuard;
  }
  blocks_ = std::max(blocks, blocks_);
  bytes_ = std::max(bytes, bytes_);
  size_t usable = (std::max<size_t>(bytes_, 1) + kPage - 1) / kPage * kPage;
  for (unsigned rank = 0; rank < blocks_; rank++)
    if (mprotect(of(rank), usable, PROT_READ | PROT_WRITE) != 0) {
      blocks_ = 0;
      return false;
    }
  return true;
}

WorkerSet::WorkerSet(unsigned workers) : count_(workers), own_(workers) {}

// Made by the thread that uses it, so that its memory lies there.
Worker* WorkerSet::own(unsigned number) {
  if (Worker* worker = own_[number].ready.load(std::memory_order_acquire))
    return worker;
  std::lock_guard lock(mutex_);
  Own& place = own_[number];
  if (!place.worker) {
    place.worker = std::make_unique<Worker>();
    place.worker->block.sm = number;
    place.ready.store(place.worker.get(), std::memory_order_release);
  }
  return place.worker.get();
}

Worker* WorkerSet::find() {
  int number = Pool::currentWorker();
  if (number >= 0 && unsigned(number) < count_) {
    Worker* worker = own(unsigned(number));
    if (!worker->busy.exchange(true, std::memory_order_acquire))
      return worker; // else: a worker of another device's pool was here first
  }
  std::lock_guard lock(mutex_);
  for (auto& worker : extra_)
    if (!worker->busy.exchange(true, std::memory_order_acquire))
      return worker.get();
  auto worker = std::make_unique<Worker>();
  worker->busy = true;
  worker->block.sm = unsigned(extra_.size()) % count_;
  extra_.push_back(std::move(worker));
  return extra_.back().get();
}

WorkerSet::Lease WorkerSet::lease() {
  Worker* worker = find();
  worker->block.owner = worker;
  return Lease(worker);
}

} // namespace anywarp::cpu
