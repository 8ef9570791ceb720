// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/graph_memory.h"

#include "core/context.h"
#include "core/device.h"
#include "core/memory.h"
#include "core/pool.h"

#include <fmt/core.h>
#include <unordered_map>

namespace anywarp::core {
namespace {

struct Table {
  std::mutex mutex; // guards map; a leaf in the lock order
  std::unordered_map<const void*, std::weak_ptr<GraphMemory>> map;
};

Table& table() {
  static Table* t = new Table; // never destroyed: see Runtime
  return *t;
}

// Codes of the pool's own attributes (CUmemPool_attribute) for CUgraphMem_attribute 0 to 3.
constexpr int kPoolAttributes[] = {7, 8, 5, 6};

} // namespace

Result<std::shared_ptr<GraphMemory>> GraphMemory::create(Context& context, size_t bytes) {
  Device& device = context.device();
  auto address = device.graphPool()->allocate(*context.legacyStream(), bytes);
  if (!address)
    return address.error();
  Memory::setGraph(*address, true);
  auto memory = std::make_shared<GraphMemory>(device, *address, bytes);
  std::lock_guard lock(table().mutex);
  table().map[*address] = memory;
  return memory;
}

std::shared_ptr<GraphMemory> GraphMemory::find(const void* address) {
  std::lock_guard lock(table().mutex);
  auto it = table().map.find(address);
  return it == table().map.end() ? nullptr : it->second.lock();
}

GraphMemory::GraphMemory(Device& device, void* address, size_t bytes)
    : address(address), bytes(bytes), device(device) {}

GraphMemory::~GraphMemory() {
  {
    std::lock_guard lock(table().mutex);
    table().map.erase(address);
  }
  Pool::freeGraph(address);
}

Result<void> GraphMemory::addFreeNode(bool sameGraph) {
  std::lock_guard lock(mutex_);
  // Several other graphs may free it, each launch once; its own graph only once and alone.
  if (freedBy_ == FreedBy::OwnGraph || (freedBy_ == FreedBy::OtherGraph && sameGraph))
    return makeError(Status::InvalidValue,
                     fmt::format("the graph's memory at {} has a free node already", address));
  freedBy_ = sameGraph ? FreedBy::OwnGraph : FreedBy::OtherGraph;
  return {};
}

bool GraphMemory::freedInOwnGraph() const {
  std::lock_guard lock(mutex_);
  return freedBy_ == FreedBy::OwnGraph;
}

bool GraphMemory::inUse() const {
  std::lock_guard lock(mutex_);
  return inUse_;
}

void GraphMemory::allocate() {
  std::lock_guard lock(mutex_);
  inUse_ = freedBy_ != FreedBy::OwnGraph;
}

Result<void> GraphMemory::free() {
  std::lock_guard lock(mutex_);
  if (!inUse_)
    return makeError(Status::InvalidValue,
                     fmt::format("the graph's memory at {} is not in use: its graph was not "
                                 "launched, frees it itself, or it was freed before",
                                 address));
  inUse_ = false;
  return {};
}

Result<uint64_t> graphMemoryAttribute(Device& device, int code) {
  if (code < 0 || code > 3)
    return makeError(Status::InvalidValue, fmt::format("{} is no graph memory attribute", code));
  return device.graphPool()->attribute(kPoolAttributes[code]);
}

Result<void> setGraphMemoryAttribute(Device& device, int code, uint64_t value) {
  // Only the two high-water marks, and only to 0: the pool checks the value.
  if (code != 1 && code != 3)
    return makeError(Status::InvalidValue,
                     fmt::format("graph memory attribute {} cannot be set", code));
  return device.graphPool()->setAttribute(kPoolAttributes[code], value);
}

Result<void> trimGraphMemory(Device& device) {
  return device.graphPool()->trimTo(0);
}

} // namespace anywarp::core
