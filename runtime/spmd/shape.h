// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is known about the 32 values that the lanes of a gang hold for one SSA value, and the
// analysis that finds it. Shapes decide everything about speed: a uniform value is one scalar, an
// affine address is one vector load, anything else is a gather.
//
// A shape divides the gang into groups of 32, 16 or 8 lanes. Inside a group the value is
// first + lane * stride, with wrap-around in the value's own width. Group 32 with stride 0 is
// uniform. Smaller groups describe tiles: threadIdx.y of a block 16 wide is constant in groups
// of 16. Groups are "even" when their first values also step by a known constant; such a value,
// too, is one scalar (lane 0's) and a constant vector. threadIdx.y * n with a variable n is not
// even.
#pragma once

#include "spmd/parking.h"
#include "spmd/vectorize.h"

#include <algorithm>
#include <cstdint>
#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/DenseSet.h>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/Instructions.h>

namespace anywarp::spmd {

struct Shape {
  uint8_t group = 0; // lanes of a group: 32, 16, 8; 0: nothing known (varying)
  uint8_t align =
      0; // log2 of the known alignment of lane 0's value; if not even, of each group's first
  bool assumed = false; // a hint only: likely, not certain; values are kept as vectors
  bool even = false;    // groups smaller than 32: groupStride is known
  int64_t stride = 0;
  int64_t groupStride = 0; // between the first values of neighbouring groups; 0 unless even

  static Shape varying() { return {}; }
  static Shape uniform(uint8_t align = 0) { return {32, align, false, false, 0, 0}; }
  static Shape affine(uint8_t group, int64_t stride, uint8_t align) {
    return {group, align, false, false, stride, 0};
  }
  static Shape tiles(uint8_t group, int64_t stride, int64_t groupStride, uint8_t align) {
    return Shape{group, align, false, true, stride, groupStride}.normalized();
  }
  bool operator==(const Shape&) const = default;
  bool isUniform() const { return group == 32 && stride == 0 && !assumed; }
  // log2 of the alignment of every group's first value.
  uint8_t groupAlign() const;
  // One scalar, the value of lane 0, represents the gang; the rest is offsetOf(lane).
  bool isScalar() const { return (group == 32 || (group && even)) && !assumed; }
  bool isKnown() const { return group != 0 && !assumed; }
  bool isHint() const { return group != 0 && assumed; }
  // Scalar shapes: distance of a lane's value from lane 0's.
  int64_t offsetOf(unsigned lane) const {
    return group == 32 ? stride * int64_t(lane)
                       : groupStride * int64_t(lane / group) + stride * int64_t(lane % group);
  }
  int64_t lowestOffset() const;
  int64_t highestOffset() const;
  Shape normalized() const; // groups that continue each other are one
  // The same shape in groups of `lanes`; not even if that cannot be said.
  Shape inGroupsOf(uint8_t lanes) const;
};

// `a` op constant, for and, or, xor and shifts to the right of integers of `bits` bits; varying if
// no shape describes it.
Shape bitwiseShape(unsigned opcode, const Shape& a, uint64_t constant, unsigned bits);

// Least upper bound: what holds for a value that is one or the other.
Shape join(const Shape& a, const Shape& b);

class ShapeAnalysis {
public:
  // `order` holds the function's blocks in a topological order with every loop contiguous.
  // The function must be in loop-simplify and LCSSA form. `uniformArguments`: the function's
  // arguments are uniform (kernels), else varying (device functions).
  // `together`: phis about which it is known that the lanes at them came the same way (refine.h).
  using Phis = llvm::SmallPtrSet<const llvm::PHINode*, 16>;
  ShapeAnalysis(llvm::Function& function, llvm::LoopInfo& loops,
                llvm::ArrayRef<llvm::BasicBlock*> order, const VectorizeOptions& options,
                const Phis& together = {});

  Shape of(const llvm::Value* value) const;
  const ParkAnalysis& parking() const { return parking_; }
  bool isDivergent(const llvm::BasicBlock* block) const { return divergent_.contains(block); }
  // A phi that is less than its operands because lanes come to it in different ways.
  bool mixesLanes(const llvm::PHINode& phi) const;
  // Sign extensions that are affine only if the 32-bit value does not wrap inside the gang.
  bool needsWrapCheck(const llvm::Instruction* i) const { return wrapChecks_.contains(i); }

private:
  void run();
  bool visit(llvm::Instruction& instruction);
  Shape transfer(llvm::Instruction& instruction);
  Shape transferBinary(llvm::BinaryOperator& op);
  Shape transferExtend(llvm::CastInst& cast);
  Shape transferGep(llvm::GetElementPtrInst& gep);
  Shape transferCall(llvm::CallBase& call);
  Shape transferPhi(llvm::PHINode& phi);
  Shape pureDefault(llvm::Instruction& instruction);
  void spread(llvm::ArrayRef<llvm::BasicBlock*> starts, llvm::Loop* inside);
  void markDivergentBranch(llvm::BasicBlock* block);
  void markDivergentLoop(llvm::Loop* loop);

  llvm::Function& function_;
  llvm::LoopInfo& loops_;
  llvm::SmallVector<llvm::BasicBlock*, 32> order_;
  llvm::DenseMap<const llvm::BasicBlock*, unsigned> position_;
  const VectorizeOptions& options_;
  const Phis together_;
  const ParkAnalysis parking_;
  llvm::DenseMap<const llvm::Value*, Shape> shapes_;
  llvm::SmallPtrSet<const llvm::BasicBlock*, 16> divergent_, mixedJoins_;
  llvm::SmallPtrSet<const llvm::Loop*, 8> divergentLoops_;
  llvm::SmallPtrSet<const llvm::Instruction*, 16> wrapChecks_;
  bool changed_ = false;
};

} // namespace anywarp::spmd
