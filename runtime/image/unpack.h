// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Decompression of untrusted streams with a limit on what comes out. Pure functions.
#pragma once

#include "image/bytes.h"
#include "support/result.h"

#include <string>

namespace anywarp::image {

// `claimed` (bytes unpacked, 0: unknown) sizes the buffer but is not believed. InvalidImage for a
// damaged stream, OutOfMemory above `limit`.
Result<std::string> unpackLz4(Bytes stored, uint64_t claimed, uint64_t limit);
Result<std::string> unpackZstd(Bytes stored, uint64_t claimed, uint64_t limit);

// For the writer.
std::string packLz4(std::string_view bytes);
std::string packZstd(std::string_view bytes);

} // namespace anywarp::image
