// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spmd/join_accesses.h"

#include "spmd/intrinsics.h"

#include <llvm/ADT/DenseSet.h>
#include <llvm/IR/DataLayout.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Operator.h>
#include <llvm/Transforms/Vectorize/LoadStoreVectorizer.h>

using namespace llvm;

namespace anywarp::spmd {
namespace {

constexpr const char* kMark = "aw.vector";

bool isSimple(const Instruction& i) {
  auto* load = dyn_cast<LoadInst>(&i);
  auto* store = dyn_cast<StoreInst>(&i);
  return (load && load->isSimple()) || (store && store->isSimple());
}

void setVolatile(Instruction& i, bool on) {
  if (auto* load = dyn_cast<LoadInst>(&i))
    load->setVolatile(on);
  else
    cast<StoreInst>(i).setVolatile(on);
}

} // namespace

PreservedAnalyses MarkVectorsPass::run(Function& function, FunctionAnalysisManager&) {
  const DataLayout& layout = function.getDataLayout();
  MDNode* mark = MDNode::get(function.getContext(), {});
  for (Instruction& i : instructions(function))
    if (isSimple(i) && getLoadStoreAlignment(&i).value() >
                           layout.getTypeStoreSize(getLoadStoreType(&i)).getFixedValue())
      i.setMetadata(kMark, mark);
  return PreservedAnalyses::all();
}

PreservedAnalyses JoinAccessesPass::run(Function& function, FunctionAnalysisManager& analyses) {
  const DataLayout& layout = function.getDataLayout();
  using Place = std::pair<const BasicBlock*, const Value*>; // what addresses are counted from
  auto placeOf = [&](Instruction& i) {
    Value* pointer = getLoadStorePointerOperand(&i);
    APInt offset(layout.getIndexTypeSizeInBits(pointer->getType()), 0);
    return Place{i.getParent(), pointer->stripAndAccumulateConstantOffsets(layout, offset, true)};
  };
  DenseSet<Place> vectors;
  for (Instruction& i : instructions(function))
    if (isSimple(i) && i.hasMetadata(kMark)) {
      Place place = placeOf(i);
      auto* object = dyn_cast<CallBase>(place.second);
      if (!object || awIntrinsic(*object) != Aw::ParamBase) // parameters are loaded again, not kept
        vectors.insert(place);
    }
  if (vectors.empty())
    return PreservedAnalyses::all();
  SmallVector<Instruction*, 16> others; // LLVM's pass leaves volatile accesses alone
  for (Instruction& i : instructions(function))
    if (isSimple(i) && (getLoadStoreType(&i)->isVectorTy() || !vectors.contains(placeOf(i)))) {
      setVolatile(i, true);
      others.push_back(&i);
    }
  PreservedAnalyses kept = LoadStoreVectorizerPass().run(function, analyses);
  for (Instruction* i : others)
    setVolatile(*i, false);
  return kept;
}

} // namespace anywarp::spmd
