// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Addresses and mappings. Memory and its handles are in physical_memory.cpp.
#include "core/virtual_memory.h"

#include "core/context.h"
#include "core/device.h"
#include "core/memory.h"
#include "core/multicast.h"
#include "core/runtime.h"
#include "core/virtual_memory_table.h"

#include <algorithm>
#include <bit>
#include <fmt/core.h>

namespace anywarp::core {

VirtualTable& virtualTable() {
  static VirtualTable* t = new VirtualTable; // never destroyed: see Runtime
  return *t;
}

namespace {

using Mapping = VirtualTable::Mapping;
using Reservation = VirtualTable::Reservation;

// The reservation that holds the range; the table's lock is held.
Reservation* findReservation(VirtualTable& t, const void* address, size_t bytes) {
  auto it = t.reservations.upper_bound(uintptr_t(address));
  if (it == t.reservations.begin())
    return nullptr;
  --it;
  uintptr_t offset = uintptr_t(address) - it->first;
  return offset < it->second.size && bytes <= it->second.size - offset ? &it->second : nullptr;
}

bool granular(uintptr_t value) {
  return value % VirtualMemory::kGranularity == 0;
}

Error noRange(const void* address, size_t bytes, const char* what) {
  return makeError(Status::InvalidValue, fmt::format("{} bytes at {}: {}", bytes, address, what));
}

using Mappings = std::map<uintptr_t, Mapping>;

// The mappings that make up a range, all of them as a whole, without a gap.
Result<std::pair<Mappings::iterator, Mappings::iterator>>
wholeMappings(VirtualTable& t, const void* address, size_t bytes) {
  Reservation* reservation = bytes ? findReservation(t, address, bytes) : nullptr;
  if (!reservation)
    return noRange(address, bytes, "not inside addresses of cuMemAddressReserve");
  auto first = reservation->mappings.find(uintptr_t(address)), last = first;
  uintptr_t at = uintptr_t(address), end = at + bytes;
  while (at < end && last != reservation->mappings.end() && last->first == at) {
    at += last->second.size;
    ++last;
  }
  if (at != end)
    return noRange(address, bytes, "not one or several whole mappings of cuMemMap without a gap");
  return std::pair{first, last};
}

Result<void> checkPlace(const void* address, size_t bytes, size_t offset, size_t whole) {
  if (!bytes || !granular(uintptr_t(address)) || !granular(bytes) || !granular(offset))
    return noRange(address, bytes,
                   "address, size and offset must be multiples of cuMemGetAllocationGranularity");
  if (offset > whole || bytes > whole - offset)
    return noRange(address, bytes, "more than the memory to be mapped there has");
  return {};
}

// The reservation of addresses where nothing is mapped.
Result<Reservation*> freeAddresses(VirtualTable& t, const void* address, size_t bytes) {
  Reservation* reservation = findReservation(t, address, bytes);
  if (!reservation)
    return noRange(address, bytes, "not inside addresses of cuMemAddressReserve");
  auto after = reservation->mappings.lower_bound(uintptr_t(address) + bytes);
  if (after != reservation->mappings.begin())
    if (auto before = std::prev(after); before->first + before->second.size > uintptr_t(address))
      return noRange(address, bytes, "something is mapped there already");
  return reservation;
}

// A new mapping, which nobody has access to yet.
Allocation describe(const VirtualTable& t, void* address, size_t bytes) {
  Allocation a;
  a.base = static_cast<char*>(address);
  a.size = bytes;
  a.kind = AllocationKind::Mapped;
  a.access = 0;
  auto range = std::prev(t.reservations.upper_bound(uintptr_t(address)));
  a.rangeBase = reinterpret_cast<char*>(range->first);
  a.rangeSize = range->second.size;
  return a;
}

// Waits for all that the devices have been given so far: memory is about to go. Also while streams
// are captured, of which this is no use.
void drainDevices() {
  // An error of theirs is not this call's.
  for (Device* device : Runtime::get().devices())
    if (device->primary().active())
      (void)device->primary().drain();
  if (ContextRef context = Context::current(); context && !context->isPrimary())
    (void)context->drain();
}

} // namespace

Result<void*> VirtualMemory::reserve(size_t bytes, size_t alignment, void* hint) {
  if (!bytes || bytes % pages::size() || uintptr_t(hint) % pages::size())
    return noRange(hint, bytes, "size and address of a reservation must be multiples of a page");
  if (alignment && !std::has_single_bit(alignment))
    return noRange(hint, bytes, "the alignment of a reservation must be a power of 2");
  // What is mapped there begins at a multiple of the granularity.
  Result<void*> address = pages::reserve(bytes, std::max(alignment, kGranularity), hint);
  if (!address)
    return address;
  VirtualTable& t = virtualTable();
  std::unique_lock lock(t.mutex);
  t.reservations[uintptr_t(*address)].size = bytes;
  return address;
}

Result<void> VirtualMemory::unreserve(void* address, size_t bytes) {
  VirtualTable& t = virtualTable();
  std::unique_lock lock(t.mutex);
  auto it = t.reservations.find(uintptr_t(address));
  if (it == t.reservations.end() || it->second.size != bytes)
    return noRange(address, bytes, "not as cuMemAddressReserve has given them");
  if (!it->second.mappings.empty())
    return noRange(address, bytes, "memory is still mapped there (cuMemUnmap)");
  t.reservations.erase(it);
  pages::unreserve(address, bytes); // under the lock: nobody else may be given them before
  return {};
}

std::optional<VirtualMemory::Range> VirtualMemory::reserved(const void* address) {
  VirtualTable& t = virtualTable();
  std::shared_lock lock(t.mutex);
  auto it = t.reservations.upper_bound(uintptr_t(address));
  if (it == t.reservations.begin())
    return std::nullopt;
  --it;
  if (uintptr_t(address) - it->first >= it->second.size)
    return std::nullopt;
  return Range{reinterpret_cast<char*>(it->first), it->second.size};
}

bool VirtualMemory::ours(const void* address) {
  auto devices = Runtime::get().devices();
  return reserved(address) || std::any_of(devices.begin(), devices.end(), [&](Device* device) {
           return device->backend().reserves(address);
         });
}

Result<void> VirtualMemory::map(void* address, size_t bytes, size_t offset,
                                PhysicalMemoryRef memory) {
  AW_TRY(checkPlace(address, bytes, offset, memory->bytes));
  if (memory->properties.usage & kUsageTilePool)
    return noRange(address, bytes, "memory made as a tile pool is for cuMemMapArrayAsync only");
  VirtualTable& t = virtualTable();
  std::unique_lock lock(t.mutex);
  auto reservation = freeAddresses(t, address, bytes);
  if (!reservation)
    return reservation.error();
  auto mapped = pages::map(address, bytes, memory->file->descriptor(), memory->offset + offset, 0);
  if (!mapped)
    return mapped.error();
  Allocation a = describe(t, address, bytes);
  const PhysicalProperties& p = memory->properties;
  a.device = Runtime::get().devices()[p.location.isHost() ? 0 : size_t(p.location.id)];
  a.host = p.location.isHost();
  a.handleTypes = p.handleTypes;
  a.decompress = p.usage & kUsageDecompress;
  (*reservation)->mappings[uintptr_t(address)] = {bytes, offset, std::move(memory), {}, {}};
  Memory::insert(a);
  return {};
}

// The addresses stay without memory (multicast.h), so no copy may have them either.
Result<void> VirtualMemory::map(void* address, size_t bytes, size_t offset, MulticastRef object) {
  AW_TRY(checkPlace(address, bytes, offset, object->properties.bytes));
  object->waitForTeam();
  VirtualTable& t = virtualTable();
  std::unique_lock lock(t.mutex);
  auto reservation = freeAddresses(t, address, bytes);
  if (!reservation)
    return reservation.error();
  AW_TRY(object->show(address, bytes, offset));
  Allocation a = describe(t, address, bytes);
  a.device = Runtime::get().devices()[0];
  a.handleTypes = unsigned(object->properties.handleTypes);
  (*reservation)->mappings[uintptr_t(address)] = {bytes, offset, {}, std::move(object), {}};
  Memory::insert(a);
  return {};
}

Result<void> VirtualMemory::unmap(void* address, size_t bytes) {
  VirtualTable& t = virtualTable();
  {
    std::shared_lock lock(t.mutex);
    if (auto range = wholeMappings(t, address, bytes); !range)
      return range.error();
  }
  drainDevices();
  std::vector<std::shared_ptr<void>> last; // let go without the lock
  std::unique_lock lock(t.mutex);
  auto range = wholeMappings(t, address, bytes); // once more: somebody else may have been faster
  if (!range)
    return range.error();
  for (auto it = range->first; it != range->second; ++it) {
    Memory::remove(reinterpret_cast<void*>(it->first));
    last.push_back(std::move(it->second.memory));
    if (it->second.multicast)
      Multicast::hide(reinterpret_cast<void*>(it->first));
    last.push_back(std::move(it->second.multicast));
  }
  pages::unmap(address, bytes);
  findReservation(t, address, bytes)->mappings.erase(range->first, range->second);
  return {};
}

Result<void> VirtualMemory::setAccess(void* address, size_t bytes,
                                      std::span<const AccessDescription> to) {
  if (to.empty())
    return noRange(address, bytes, "no access is described");
  std::vector<AccessDescription> checked;
  for (const AccessDescription& description : to) {
    Result<MemoryLocation> location = checkLocation(description.location, kAnyPlace);
    if (!location)
      return location.error();
    if (description.flags != 0 && description.flags != 1 && description.flags != 3)
      return noRange(address, bytes, "unknown access flags");
    checked.push_back({*location, description.flags});
  }
  VirtualTable& t = virtualTable();
  std::unique_lock lock(t.mutex);
  auto range = wholeMappings(t, address, bytes);
  if (!range)
    return range.error();
  for (auto it = range->first; it != range->second; ++it)
    for (const AccessDescription& description : checked)
      if (description.location.type == kLocationHostNuma &&
          (it->second.multicast ||
           it->second.memory->properties.location.type != kLocationHostNuma))
        return noRange(address, bytes, "only memory of a host NUMA node has access for such");
  for (auto it = range->first; it != range->second; ++it) {
    Mapping& mapping = it->second;
    for (const AccessDescription& description : checked)
      mapping.access[description.location] = description.flags;
    int most = 0;
    if (mapping.multicast)
      continue; // there is nothing at the address itself
    for (const auto& [location, flags] : mapping.access)
      most = std::max(most, flags);
    auto* base = reinterpret_cast<void*>(it->first);
    if (!pages::protect(base, mapping.size, most))
      return makeError(Status::OutOfMemory, "the system refuses to change a mapping");
    Memory::setAccess(base, most);
  }
  return {};
}

Result<int> VirtualMemory::access(MemoryLocation wanted, const void* address) {
  Result<MemoryLocation> location = checkLocation(wanted, kAnyPlace);
  if (!location)
    return location.error();
  VirtualTable& t = virtualTable();
  std::shared_lock lock(t.mutex);
  const auto* mapping = t.find(address);
  if (!mapping)
    return noRange(address, 1, "nothing is mapped there by cuMemMap");
  const auto& access = mapping->second.access;
  auto it = access.find(*location);
  return it == access.end() ? 0 : it->second;
}

Result<VirtualMemory::Place> VirtualMemory::mappedAt(const void* address) {
  VirtualTable& t = virtualTable();
  std::shared_lock lock(t.mutex);
  const auto* mapping = t.find(address);
  if (!mapping || !mapping->second.memory)
    return noRange(address, 1, "no memory of cuMemCreate is mapped there");
  return Place{mapping->second.memory,
               mapping->second.offset + size_t(uintptr_t(address) - mapping->first)};
}

} // namespace anywarp::core
