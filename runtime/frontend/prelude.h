// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The compiled prelude: what every source has before its first line (headers/include/anywarp/rtc/
// prelude.h), as clang keeps precompiled headers. The usual ones are made by the build and lie
// beside the module; others are made at first use in the cache folder. One prelude serves all
// architectures, as nothing in our headers depends on one. Safe from any thread and between
// processes.
#pragma once

#include "frontend/arguments.h"
#include "support/result.h"

#include <string>

namespace anywarp::frontend {

// Path of a prelude for the dialect; empty: there is none and none can be written.
std::string findPrelude(const Dialect& dialect, const std::string& cacheFolder);

// The name of its file: with everything in it that decides whether it still fits.
std::string preludeName(const Dialect& dialect);

// Compiles it into a file.
Result<void> writePrelude(const Dialect& dialect, const std::string& file);

} // namespace anywarp::frontend
