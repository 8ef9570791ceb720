// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where lanes of a gang may stay behind while others run on (at aw.yield), and which values are
// touched by that.
//
// Without such places lanes advance in lockstep: whoever executes a block executes it together.
// Blocks that a lane reaches behind such a place are "loose": lanes may come to them one after the
// other, and to the same block in different rounds of a loop. A value of a loose block that a lane
// needs when it goes on is "held": the others must not overwrite it. Held values that do not come
// out the same whenever they are computed ("steady") are varying, whatever their operands say.
// Owned by ShapeAnalysis; made once for a function, never changed.
#pragma once

#include <llvm/ADT/ArrayRef.h>
#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Instructions.h>

namespace anywarp::spmd {

class ParkAnalysis {
public:
  ParkAnalysis(llvm::LoopInfo& loops, llvm::ArrayRef<llvm::BasicBlock*> order);

  bool isLoose(const llvm::BasicBlock* block) const { return loose_.contains(block); }
  // A lane that ran it may still stay behind somewhere.
  bool isBefore(const llvm::BasicBlock* block) const { return before_.contains(block); }
  bool isHeld(const llvm::Instruction* value) const { return held_.contains(value); }
  // Depends on the thread and the launch only, not on when it is computed.
  bool isSteady(const llvm::Value* value) const;

private:
  void findLoose(llvm::LoopInfo& loops, llvm::ArrayRef<llvm::BasicBlock*> order);
  void findHeld(llvm::ArrayRef<llvm::BasicBlock*> order);

  llvm::SmallPtrSet<const llvm::BasicBlock*, 16> parks_, loose_, before_;
  llvm::SmallPtrSet<const llvm::Instruction*, 32> held_;
  mutable llvm::DenseMap<const llvm::Value*, bool> steady_;
};

} // namespace anywarp::spmd
