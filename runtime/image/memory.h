// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Asks the kernel whether addresses of this process may be read, so that a wild pointer from an
// application becomes an error code and not a crash. Safe from any thread.
#pragma once

#include <cstddef>

namespace anywarp::image {

// Every page of [address, address + size) is looked at, without bringing large ranges into memory.
// True where the kernel cannot be asked.
bool readable(const void* address, size_t size);

// Length of the string without its NUL; `limit` where none comes before it or the memory ends.
size_t boundedLength(const char* text, size_t limit);

} // namespace anywarp::image
