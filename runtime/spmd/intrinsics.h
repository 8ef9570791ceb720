// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The calls that one-thread IR makes of the gang (INTRINSICS.md), recognised by name.
#pragma once

#include "spmd/shape.h"

#include <llvm/ADT/STLFunctionalExtras.h>
#include <llvm/IR/InstrTypes.h>
#include <optional>

namespace anywarp::spmd {

enum class Aw {
#define AW_INTRINSIC(id, name) id,
#include "spmd/intrinsics.def"
#undef AW_INTRINSIC
  Runtime, // aw.rt.NAME
  Gang,    // aw.gang.NAME
  Lane,    // aw.lane.NAME
};

// The intrinsic that `call` calls; nothing if it is an ordinary call.
std::optional<Aw> awIntrinsic(const llvm::CallBase& call);

// Shape of special registers and bases; nothing for the rest.
std::optional<Shape> specialShape(Aw id, BlockShape block);

// Votes, ballots and reductions give every lane the same value.
bool resultIsUniform(Aw id, const llvm::CallBase& call,
                     llvm::function_ref<Shape(const llvm::Value*)> shapeOf);

// Shape of one field of a call that returns a struct, or of one element of a vector load.
Shape aggregateShape(const llvm::Instruction& extract,
                     llvm::function_ref<Shape(const llvm::Value*)> shapeOf);

bool isBarrier(Aw id);
// The block ends the whole launch (trap, failed assertion): lanes that come here never meet others.
bool isDeadEnd(const llvm::BasicBlock& block);
// Never returns to the calling thread.
bool isNoReturn(const llvm::CallBase& call);

} // namespace anywarp::spmd
