// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What of a gang function in SSA form is the same for several gangs, and what they have to run one
// after the other (fuse_gangs.h).
#pragma once

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/DenseSet.h>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/Instructions.h>
#include <memory>
#include <optional>
#include <set>

namespace anywarp::spmd {

class FusionPlan {
public:
  // Blocks between `start` and `join` (null: up to the function's end), in an order in which
  // definitions come before uses, `start` first. Entered through `start` alone, but for blocks that
  // end the launch: those are blocks of every region that leads to them, and of none in particular.
  struct Region {
    llvm::BasicBlock *start, *join;
    llvm::SmallVector<llvm::BasicBlock*, 8> blocks;
  };

  // Values that differ from gang to gang are those computed from their numbers and frames. Splits
  // blocks of the function in front of branches on which gangs may disagree. The function may call
  // `gang`, which runs one gang alone.
  FusionPlan(llvm::Function& function, const llvm::Function& gang, llvm::Argument* number,
             llvm::Argument* frame);

  // False: hardly anything would run side by side, or what cannot.
  bool isPossible() const { return possible_; }
  bool differs(const llvm::Value* v) const { return differs_.contains(v); }
  // A load behind the function's entry of what all gangs should have saved alike. That they have
  // must be looked at: a gang may have come there on its own.
  bool isSameHome(const llvm::Instruction& i) const;
  const Region* regionOf(const llvm::BasicBlock* block) const;
  llvm::ArrayRef<std::unique_ptr<Region>> regions() const { return regions_; }

private:
  void findDeadEnds();
  void findJoins();
  void spread();
  bool splitBranches();
  bool addRegion(llvm::BasicBlock* block);
  std::optional<int64_t> homeOf(const llvm::Value* pointer) const;
  bool mixesWays(const llvm::PHINode& phi) const;
  bool differsItself(const llvm::Instruction& i) const;

  llvm::Function& function_;
  llvm::Argument *number_, *frame_;
  std::set<int64_t> differentHomes_; // offsets in the frame
  llvm::DenseSet<const llvm::Value*> differs_;
  llvm::SmallPtrSet<const llvm::BasicBlock*, 16> deadEnds_;         // no way to the function's end
  llvm::DenseMap<const llvm::BasicBlock*, llvm::BasicBlock*> join_; // where all ways meet again
  llvm::SmallVector<llvm::BasicBlock*, 0> order_;
  llvm::SmallVector<std::unique_ptr<Region>, 8> regions_;
  llvm::DenseMap<const llvm::BasicBlock*, Region*> regionOf_;
  bool possible_ = true;
};

} // namespace anywarp::spmd
