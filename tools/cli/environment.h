// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The environment that `anywarp run` changes for the program. Not for Anywarp's own options, which
// are read by support/options.h. Single-threaded: used before anything starts.
#pragma once

#include <string>

namespace anywarp::cli {

std::string environment(const char* name); // empty: not set
void setEnvironment(const char* name, const std::string& value);
// Puts `entry` first in a list separated by ':', once.
void prependEnvironment(const char* name, const std::string& entry);

} // namespace anywarp::cli
