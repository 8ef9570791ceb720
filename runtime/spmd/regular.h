// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Addresses whose shape depends on values known at run time only, such as 2 * t - (t & (d - 1)):
// contiguous for a large power of two d. What is computed from lane numbers and uniform values
// alone, as code computes indices, is often contiguous where it cannot be known, and worth a look
// before a gather; what comes from memory or from other lanes is not.
#pragma once

namespace llvm {
class Value;
}

namespace anywarp::spmd {

class ShapeAnalysis;

bool isRegular(const llvm::Value* address, const ShapeAnalysis& shapes);

} // namespace anywarp::spmd
