// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The inside of a Pool, for its own source files. A block is: used (in the memory table), leaving
// (freed in a stream that has not come there yet), or free.
#pragma once

#include "core/pool.h"
#include "core/pool_memory.h"
#include "core/stream_queue.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace anywarp::core {

struct Pool::Impl {
  struct Block {
    void* base;
    size_t size;
  };
  struct Leaving {
    Block block;
    uint64_t stream;
    uint64_t ticket;        // tells the stream's free operation whether the block was taken again
    QueuePosition position; // of that operation; not known for a moment
  };
  struct Free {
    void* base;
    uint64_t stream;        // that freed it; 0: nothing can still use it
    uint64_t queue, number; // where
  };
  struct Import {
    size_t bytes;
    unsigned count; // how often it was opened
  };
  std::unique_ptr<PoolMemory> memory; // set before anybody sees the pool
  // Guards everything below. Only the streams' queues and the backend are locked inside.
  std::mutex mutex;
  std::unordered_map<void*, size_t> live;
  std::multimap<size_t, Free> free; // by size
  std::vector<Leaving> leaving;
  std::unordered_map<void*, Import> imports;
  uint64_t nextTicket = 1;
  uint64_t threshold = 0;
  uint64_t flags[4] = {0, 1, 1, 1}; // the reuse attributes by code
  uint64_t reserved = 0, reservedHigh = 0, used = 0, usedHigh = 0;
  std::map<MemoryLocation, int> access; // flags
  bool destroyed = false;

  void take(size_t size) {
    used += size;
    usedHigh = std::max(usedHigh, used);
  }
  // Blocks to give back until no more than `keep` bytes are reserved.
  std::vector<Block> shrink(uint64_t keep) {
    std::vector<Block> blocks;
    while (!free.empty() && reserved > keep) {
      auto largest = std::prev(free.end());
      blocks.push_back({largest->second.base, largest->first});
      reserved -= largest->first;
      free.erase(largest);
    }
    return blocks;
  }
  void giveBack(const std::vector<Block>& blocks) {
    for (const Block& block : blocks)
      memory->giveBack(block.base, block.size);
  }
};

} // namespace anywarp::core
