// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Several gangs of a block side by side in one function.
//
// Gangs of a block run in no order, so that a function may run each of their instructions for one
// gang after the other. What is the same for all of them is then computed once: in a matrix product
// of 16 x 16 threads every gang reads the same row of the second matrix. And sums that wait for
// each other in one gang do not wait for those of another one.
//
// Straight code becomes that of all gangs, instruction by instruction. A branch on which gangs may
// disagree, with all that lies between it and the place where its ways meet again, runs for one
// gang after the other.
#pragma once

#include "spmd/vectorize.h"

#include <llvm/ADT/ArrayRef.h>

namespace llvm {
class Function;
class LoopInfo;
class Module;
} // namespace llvm

namespace anywarp::spmd {

// Whether gangs of the block read vectors in a loop that are the same for neighbouring gangs: only
// then it is worth looking closer. `program` is that of one thread.
bool gangsShareLoads(llvm::Function& program, llvm::LoopInfo& loops,
                     const VectorizeOptions& options);

struct FusedGangs {
  llvm::Function* function = nullptr; // null: not worth it, or not possible
  unsigned gangs = 0;
};

// `gang` is a gang function (vectorize.cpp) whose calls of kFullGang say whether all of its lanes
// exist; fused gangs are full. `resumes`: where it goes on with all lanes; from its other resume
// points gangs are run on their own. The new function has one more parameter, an array of as many
// u32 as there are gangs: what the gang function would return for each.
FusedGangs fuseGangs(llvm::Function& gang, unsigned frameSize, llvm::ArrayRef<unsigned> resumes,
                     unsigned vectorRegisters, unsigned vectorBits);

// Identity of i1 in gang functions: all threads of the gang exist.
constexpr const char* kFullGang = "aw.full.gang";
// Puts `value`, or the operand where it is null, in place of all calls of kFullGang in a function.
void resolveFullGang(llvm::Function& function, bool known);

} // namespace anywarp::spmd
