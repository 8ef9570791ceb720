// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See memory.h.
#include "image/memory.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <sys/uio.h>
#include <unistd.h>

namespace anywarp::image {
namespace {

// Above this many pages the list of mappings is cheaper than touching each page.
constexpr size_t kMaxTouched = 64;

size_t pageSize() {
  static const size_t size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

// One byte of each page from `address` to `last`, in one call; at most kMaxTouched pages.
bool readableByTouch(uintptr_t address, uintptr_t last) {
  char bytes[kMaxTouched + 1];
  iovec remote[kMaxTouched + 1];
  size_t count = 0;
  for (uintptr_t page = address; count <= kMaxTouched;) {
    remote[count++] = {reinterpret_cast<void*>(page), 1};
    uintptr_t next = (page | (pageSize() - 1)) + 1;
    if (next == 0 || next > last)
      break;
    page = next;
  }
  iovec local{bytes, count};
  ssize_t got = process_vm_readv(getpid(), &local, 1, remote, count, 0);
  if (got < 0)
    return errno != EFAULT; // sandboxes may forbid the call: the application's word has to do
  return static_cast<size_t>(got) == count;
}

// By /proc/self/maps: "start-end rwxp ...", ascending.
bool readableByMaps(uintptr_t address, uintptr_t last) {
  FILE* maps = std::fopen("/proc/self/maps", "re");
  if (!maps)
    return true;
  char line[512];
  bool covered = false, lineStart = true;
  while (!covered && std::fgets(line, sizeof line, maps)) {
    bool fresh = lineStart;
    lineStart = std::strchr(line, '\n') != nullptr; // paths may be longer than the buffer
    unsigned long start = 0, end = 0;
    char permission = 0;
    if (!fresh || std::sscanf(line, "%lx-%lx %c", &start, &end, &permission) != 3 || end <= address)
      continue;
    if (start > address || permission != 'r')
      break;
    covered = last < end;
    address = end;
  }
  std::fclose(maps);
  return covered;
}

} // namespace

bool readable(const void* address, size_t size) {
  auto start = reinterpret_cast<uintptr_t>(address);
  if (start == 0 || size > UINTPTR_MAX - start)
    return false;
  if (size == 0)
    return true;
  uintptr_t last = start + size - 1;
  if (last / pageSize() - start / pageSize() < kMaxTouched)
    return readableByTouch(start, last);
  // The ends first: they are cheap and refuse most nonsense.
  return readableByTouch(start, start) && readableByTouch(last, last) &&
         readableByMaps(start, last);
}

size_t boundedLength(const char* text, size_t limit) {
  size_t page = pageSize();
  for (size_t at = 0; at < limit;) {
    auto address = reinterpret_cast<uintptr_t>(text) + at;
    if (!readableByTouch(address, address))
      return limit;
    size_t chunk = std::min(page - address % page, limit - at);
    if (const void* end = std::memchr(text + at, 0, chunk))
      return static_cast<size_t>(static_cast<const char*>(end) - text);
    at += chunk;
  }
  return limit;
}

} // namespace anywarp::image
