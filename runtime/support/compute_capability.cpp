// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/compute_capability.h"

namespace anywarp {
namespace {

// Ascending. Maxwell and Pascal from the guide of CUDA 12, the others from that of CUDA 13.
constexpr ComputeLimits kRows[] = {
    {50, 2048, 32, 64, 48, 0, 65536, 128},       {52, 2048, 32, 96, 48, 0, 65536, 128},
    {53, 2048, 32, 64, 48, 0, 32768, 128},       {60, 2048, 32, 64, 48, 0, 65536, 64},
    {61, 2048, 32, 96, 48, 0, 65536, 128},       {62, 2048, 32, 64, 48, 0, 32768, 128},
    {70, 2048, 32, 96, 96, 0, 65536, 64},        {75, 1024, 16, 64, 64, 0, 65536, 64},
    {80, 2048, 32, 164, 163, 1024, 65536, 64},   {86, 1536, 16, 100, 99, 1024, 65536, 128},
    {87, 1536, 16, 164, 163, 1024, 65536, 128},  {89, 1536, 24, 100, 99, 1024, 65536, 128},
    {90, 2048, 32, 228, 227, 1024, 65536, 128},  {100, 2048, 32, 228, 227, 1024, 65536, 128},
    {110, 1536, 24, 228, 227, 1024, 65536, 128}, {120, 1536, 24, 100, 99, 1024, 65536, 128},
};

} // namespace

const ComputeLimits& computeLimits(int major, int minor) {
  const ComputeLimits* found = &kRows[0];
  for (const ComputeLimits& row : kRows)
    if (row.capability <= 10 * major + minor)
      found = &row;
  return *found;
}

uint32_t portableClusterBlocks(int major) {
  return major >= 9 ? 8 : 1;
}

uint32_t largestClusterBlocks(int major) {
  return major >= 12 ? 8 : major >= 9 ? 16 : 1; // data-centre parts: 16
}

} // namespace anywarp
