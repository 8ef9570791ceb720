// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What this processor is, without LLVM: for cache keys and device names. Stateless.
#pragma once

#include <string>

namespace anywarp::cpu {

// Differs whenever LLVM's "host cpu" or "host features" may differ. Opaque bytes.
std::string cpuIdentity();

// Whether this machine runs code for a level of the x86-64 ABI ("x86-64-v3"), as LLVM names it.
// Other architectures have none of them.
bool cpuHasLevel(const std::string& level);

// "AMD EPYC 7763", as people know it.
std::string cpuName();

// Nominal clock in kHz; 1 GHz where nothing tells.
int cpuClockKHz();

} // namespace anywarp::cpu
