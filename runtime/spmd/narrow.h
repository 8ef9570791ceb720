// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Vectors of addresses that are one base and the lanes' indices of 32 bits, as kernels compute
// them. Such indices are half as wide as the addresses: they are compared in half the instructions,
// and twice as many of them fit into a gather.
#pragma once

#include <cstdint>
#include <optional>

namespace llvm {
class Value;
}

namespace anywarp::spmd {

// base + scale * extended index. `base` is a scalar pointer or integer.
struct NarrowAddress {
  llvm::Value *base, *index;
  uint64_t scale;
  bool isSigned; // how the index is extended
};

std::optional<NarrowAddress> narrowAddress(llvm::Value* pointers);

} // namespace anywarp::spmd
