// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a launch costs: kernels that do nothing. The native counterpart is an OpenMP region.
#pragma once
#include "../common/bench.h"

namespace bench::launch {

constexpr int kLaunches = 1000; // without waiting in between
constexpr int kBlocks = 1000;

} // namespace bench::launch
