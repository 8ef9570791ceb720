// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sizes, alignments and the parameter block as the PTX ABI lays them out. Loader, lowering and core
// take them from here. Sizes saturate instead of overflowing: a variable of 2^64-1 bytes simply
// cannot be allocated. Stateless; safe from any thread.
#pragma once

#include "ptx/ast.h"

#include <cstdint>
#include <vector>

namespace anywarp::ptx {

// Bytes of one element; 0 for None and Pred, 8 for texture, sampler and surface references.
uint32_t sizeOf(Type type);
// Bytes of the variable with its vector and array dimensions. A first dimension of [] takes the
// number of initialiser elements; without them it is 0.
uint64_t sizeOf(const Variable& variable);
inline constexpr uint64_t kMaxLocal = 1u << 30; // bytes of one local variable or parameter
// .align if given, else the natural alignment (that of the vector, if it is one).
uint32_t alignOf(const Variable& variable);

struct ParamLayout {
  uint32_t offset = 0, size = 0, align = 1; // bytes
};

// Where the parameters of an entry stand in its parameter block: in order, each at the next
// multiple of its alignment. `total`, if wanted, gets the bytes of the block.
std::vector<ParamLayout> layoutParams(const std::vector<Variable>& params,
                                      uint32_t* total = nullptr);

// True if a call through `prototype` may land in `function`: as many parameters and results, of the
// same sizes.
bool fits(const Prototype& prototype, const FunctionHeader& function);

} // namespace anywarp::ptx
