// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spmd/refine.h"

#include <llvm/IR/DataLayout.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Operator.h>

using namespace llvm;

namespace anywarp::spmd {
namespace {

// Loads and stores at addresses of this shape need no gather.
bool isDense(const Shape& s, int64_t size) {
  return s.isKnown() && (s.stride == 0 || s.stride == size || (s.group == 32 && s.stride == -size));
}

} // namespace

ShapeAnalysis::Phis findTogether(Function& function, LoopInfo& loops, ArrayRef<BasicBlock*> order,
                                 const VectorizeOptions& options, const ShapeAnalysis& everywhere) {
  ShapeAnalysis::Phis mixing, result;
  for (BasicBlock* block : order)
    for (PHINode& phi : block->phis())
      if (everywhere.mixesLanes(phi) && !everywhere.parking().isHeld(&phi))
        mixing.insert(&phi);
  if (mixing.empty())
    return result;
  ShapeAnalysis best(function, loops, order, options, mixing);
  const DataLayout& layout = function.getDataLayout();
  SmallVector<const Value*, 16> work;
  for (Instruction& i : instructions(function)) {
    const Value* pointer = getLoadStorePointerOperand(&i);
    if (!pointer)
      continue;
    int64_t size = int64_t(layout.getTypeStoreSize(getLoadStoreType(&i)).getFixedValue());
    if (isDense(best.of(pointer), size) && !isDense(everywhere.of(pointer), size))
      work.push_back(pointer);
  }
  SmallPtrSet<const Value*, 32> seen;
  while (!work.empty()) {
    auto* i = dyn_cast<Instruction>(work.pop_back_val());
    if (!i || !seen.insert(i).second)
      continue;
    if (auto* phi = dyn_cast<PHINode>(i); phi && mixing.contains(phi))
      result.insert(phi);
    work.append(i->op_begin(), i->op_end());
  }
  return result;
}

} // namespace anywarp::spmd
