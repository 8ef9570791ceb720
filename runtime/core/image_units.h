// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From an image of any kind to the PTX units that a backend loads; and the container in which
// Linker hands out several units ("linked cubin"): it has no pointers, so it may be copied and
// saved. Functions are pure but for log lines.
#pragma once

#include "core/backend.h"
#include "core/jit_options.h"
#include "support/result.h"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace anywarp::core {

// An image at an address, size unknown (cuModuleLoadData); fills the logs of `options` on failure.
// `capability`: 10 * major + minor of the device that the code is for; 0: of the option.
Result<std::vector<PtxUnit>> readImage(const void* image, const JitOptions& options,
                                       int capability = 0);
// An image of known size (files, cuLinkAddData). `origin`: what messages call it.
AW_API Result<std::vector<PtxUnit>> readImageBytes(std::span<const char> bytes,
                                                   const JitOptions& options, int capability = 0,
                                                   const char* origin = "ptx");
// The same, or a file of the host with device code in its sections.
AW_API Result<std::vector<PtxUnit>>
readHostBytes(std::span<const char> bytes, const JitOptions& options, const char* origin = "ptx");
AW_API Result<std::vector<char>> readFile(const char* path); // FileNotFound

// PTX text as the application wrote it, no container: what a compiler would complain about at once.
bool isText(const void* image);
// Asks the device to check the bodies of such text if there is a log to write to or little text, so
// that big modules still load at once; fills the error log.
Result<void> checkText(BackendDevice& device, const std::vector<PtxUnit>& units,
                       const JitOptions& options);

AW_API std::vector<char> writeLinked(std::span<const PtxUnit> units);

// Names of the kernels in a unit's text: a scan for ".entry", no parsing.
std::vector<std::string_view> entryNames(std::string_view ptx);

} // namespace anywarp::core
