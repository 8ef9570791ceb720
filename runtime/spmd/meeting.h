// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where lanes have to wait for the lanes that an instruction names (PTX ISA: shfl.sync, vote.sync,
// match.sync, redux.sync and bar.warp.sync wait for all threads of membermask that have not
// exited). As long as the lanes of a gang advance in lockstep, whoever can come is there. Lanes
// that came behind a waiting loop, or that are on two sides of a divergent branch with such an
// instruction on both, may have to be waited for; there the instruction begins a block of its own.
#pragma once

#include "spmd/intrinsics.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Function.h>

namespace anywarp::spmd {

class ShapeAnalysis;

// Marks such instructions and splits their blocks. True if there are any: analyses are stale then.
bool isolateMeetings(llvm::Function& function, const ShapeAnalysis& shapes,
                     llvm::ArrayRef<llvm::BasicBlock*> order);

// The marked instruction that begins `block`, or null.
llvm::CallBase* meetingOf(const llvm::BasicBlock& block);

// The operand that names lanes; -1 if the call names none.
int membersOperand(Aw id);
// Every lane that has not exited is waited for.
bool meetsWholeGang(const llvm::CallBase& call);

} // namespace anywarp::spmd
