// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies and fills, by several threads where they are large. A bad pointer is an error
// (IllegalAddress), never the end of the process. Safe from any thread.
#pragma once

#include "support/result.h"

#include <cstddef>
#include <cstdint>

namespace anywarp::cpu {
class Pool;
}

namespace anywarp::cpu::transfer {

Result<void> copy(Pool& pool, void* dst, const void* src, size_t bytes);
Result<void> copy2d(Pool& pool, void* dst, size_t dstPitch, const void* src, size_t srcPitch,
                    size_t widthBytes, size_t height);
// `count` elements of 1, 2 or 4 bytes.
Result<void> fill(Pool& pool, void* dst, uint32_t value, unsigned elementSize, size_t count);
// BackendDevice's of the same name.
Result<uint64_t> loadWord(const void* address, unsigned bytes);
Result<void> storeWord(void* address, uint64_t value, unsigned bytes);

} // namespace anywarp::cpu::transfer
