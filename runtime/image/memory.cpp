// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See memory.h.
#include "image/memory.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <sys/uio.h>
#include <unistd.h>

namespace anywarp::image {
namespace {

bool readableByte(uintptr_t address) {
  char byte;
  iovec local{&byte, 1};
  iovec remote{reinterpret_cast<void*>(address), 1};
  ssize_t got = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
  // Sandboxes may forbid the call: then the application's word has to do.
  return got == 1 || errno != EFAULT;
}

} // namespace

bool readable(const void* address, size_t size) {
  auto start = reinterpret_cast<uintptr_t>(address);
  if (start == 0 || size > UINTPTR_MAX - start)
    return false;
  if (size == 0)
    return true;
  uintptr_t last = start + size - 1;
  uintptr_t page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  if (!readableByte(start))
    return false;
  return start / page == last / page || readableByte(last);
}

size_t boundedLength(const char* text, size_t limit) {
  size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  for (size_t at = 0; at < limit;) {
    auto address = reinterpret_cast<uintptr_t>(text) + at;
    if (!readableByte(address))
      return limit;
    size_t chunk = std::min(page - address % page, limit - at);
    if (const void* end = std::memchr(text + at, 0, chunk))
      return static_cast<size_t>(static_cast<const char*>(end) - text);
    at += chunk;
  }
  return limit;
}

} // namespace anywarp::image
