// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ar archives (static libraries): visits the members in order. Understands GNU and BSD long names,
// skips symbol tables; views into the caller's bytes.
#pragma once

#include "image/reader.h"

#include <string_view>

namespace anywarp::image {

inline constexpr std::string_view kArchiveMagic = "!<arch>\n";

// Adds the images of every member. Archives inside archives are not opened.
void readArchive(Bytes bytes, Reader& reader);

// Bytes of an archive in memory whose size nobody told, by walking its member headers; `probe` says
// whether a range may be read. 0: not to be trusted.
uint64_t archiveSizeInMemory(const std::byte* start, bool (*probe)(const void*, size_t));

} // namespace anywarp::image
