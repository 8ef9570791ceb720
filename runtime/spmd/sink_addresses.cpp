// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spmd/sink_addresses.h"

#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>

using namespace llvm;

namespace anywarp::spmd {
namespace {

// As good as free where it is used.
bool isOffset(const Instruction& i) {
  if (auto* gep = dyn_cast<GetElementPtrInst>(&i))
    return gep->hasAllConstantIndices();
  return isa<IntToPtrInst>(i) || isa<PtrToIntInst>(i);
}

} // namespace

void sinkAddresses(Function& function) {
  SmallVector<Instruction*, 32> work;
  for (Instruction& i : instructions(function))
    if (isOffset(i))
      work.push_back(&i);
  // Users first: what they no longer use here moves with them.
  for (Instruction* i : reverse(work)) {
    DenseMap<BasicBlock*, Instruction*> copies;
    for (Use& use : make_early_inc_range(i->uses())) {
      auto* user = cast<Instruction>(use.getUser());
      BasicBlock* block = user->getParent();
      if (block == i->getParent() || isa<PHINode>(user) || isa<CallBase>(user))
        continue;
      Instruction*& copy = copies[block];
      if (!copy) {
        copy = i->clone();
        copy->setName(i->getName());
        copy->insertBefore(user);
      } else if (user->comesBefore(copy)) {
        copy->moveBefore(user);
      }
      use.set(copy);
    }
    if (i->use_empty())
      i->eraseFromParent();
  }
}

} // namespace anywarp::spmd
