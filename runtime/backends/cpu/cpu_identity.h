// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What this processor is, without LLVM: for cache keys and device names. Stateless.
#pragma once

#include <string>

namespace anywarp::cpu {

// Differs whenever LLVM's "host cpu" or "host features" may differ. Opaque bytes.
std::string cpuIdentity();

// "AMD EPYC 7763", as people know it.
std::string cpuName();

// Nominal clock in kHz; 1 GHz where nothing tells.
int cpuClockKHz();

} // namespace anywarp::cpu
