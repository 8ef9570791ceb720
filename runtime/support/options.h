// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The environment variables that Anywarp reads (headers/api/options.td), as typed values. Read
// once, when first needed; afterwards immutable and safe from any thread. No other file calls
// getenv.
#pragma once

#include "support/export.h"
#include "support/options_struct.h" // generated

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace anywarp {

// What the process was started with. Nonsense is warned about once, on the first call.
AW_API const Options& options();

// CUDA_VISIBLE_DEVICES as it is now: frameworks set it after loading us and before cuInit.
AW_API std::optional<std::string> visibleDevicesNow();

// ANYWARP_CACHE_DIR, else $CUDA_CACHE_PATH/anywarp, else $XDG_CACHE_HOME/anywarp, else
// ~/.cache/anywarp; empty: no home.
AW_API std::string cacheDirectory();

// Where files that processes share in memory may be, best first.
AW_API std::vector<std::string> sharedFolders();

// What programs of ours that run beside this process get of its environment ("NAME=value"): where
// libraries and temporary files are. Not its options, nor what is preloaded into it.
AW_API std::vector<std::string> environmentOfHelpers();

// One option with its text, default and meaning, for `anywarp info`.
struct OptionInfo {
  const char* name;
  const char* defaultText;
  const char* hint;
  std::string text; // what is set; empty: not set
};
AW_API std::vector<OptionInfo> listOptions();

// For tests: parses an environment given as a look-up (null: not set); `problems` gets one line for
// each value that made no sense.
AW_API Options parseOptions(const std::function<const char*(const char*)>& lookup,
                            std::vector<std::string>& problems);
// One line for each ANYWARP_ name in a null-terminated list of NAME=value that is no option.
AW_API std::vector<std::string> unknownOptions(const char* const* environment);

} // namespace anywarp
