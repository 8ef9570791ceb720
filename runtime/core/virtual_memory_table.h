// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is reserved and what is mapped there: the one table behind virtual_memory.h. For
// virtual_memory.cpp and physical_memory.cpp only.
#pragma once

#include "core/virtual_memory.h"

#include <map>
#include <shared_mutex>

namespace anywarp::core {

struct VirtualTable {
  struct Mapping {
    size_t size, offset;      // offset in what is mapped
    PhysicalMemoryRef memory; // one of the two
    MulticastRef multicast;
    std::map<MemoryLocation, int> access; // flags; nothing: no access
  };
  struct Reservation {
    size_t size = 0;
    std::map<uintptr_t, Mapping> mappings; // by address
  };
  // Guards all below and the handles_ of PhysicalMemory and Multicast. Only the tables of memory
  // and of handles are locked inside.
  std::shared_mutex mutex;
  std::map<uintptr_t, Reservation> reservations; // by address

  // The mapping that holds an address, and where it begins; the lock is held.
  const std::pair<const uintptr_t, Mapping>* find(const void* address) const {
    auto range = reservations.upper_bound(uintptr_t(address));
    if (range == reservations.begin())
      return nullptr;
    const auto& mappings = std::prev(range)->second.mappings;
    auto it = mappings.upper_bound(uintptr_t(address));
    if (it == mappings.begin())
      return nullptr;
    --it;
    return uintptr_t(address) - it->first < it->second.size ? &*it : nullptr;
  }
};

VirtualTable& virtualTable();

} // namespace anywarp::core
