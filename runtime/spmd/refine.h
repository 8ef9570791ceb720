// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What holds in the coherent copy of a function beyond what holds everywhere.
//
// Where lanes may come in different ways, or leave a loop at different times, a value merges to
// "nothing known". In the coherent copy (gang_emitter.h) all lanes came the same way: an index that
// went through nvcc's remainder loop is still threadIdx.x plus something uniform, and what it
// addresses is one vector load. Going back to the coherent copy then takes a look at the values
// that are promised more there, so promises are made only for phis that addresses gain from.
#pragma once

#include "spmd/shape.h"

namespace anywarp::spmd {

// Phis that the coherent copy may take for the join of their operands: those from which addresses
// come that are no gathers if all lanes came the same way, and are otherwise.
ShapeAnalysis::Phis findTogether(llvm::Function& function, llvm::LoopInfo& loops,
                                 llvm::ArrayRef<llvm::BasicBlock*> order,
                                 const VectorizeOptions& options, const ShapeAnalysis& everywhere);

} // namespace anywarp::spmd
