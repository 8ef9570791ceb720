// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gather_addresses.h"

#include "spmd/narrow.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/Local.h>

using namespace llvm;

namespace anywarp::cpu {

void sinkGatherAddresses(Module& module) {
  SmallVector<std::pair<IntrinsicInst*, unsigned>, 32> found; // and which operand
  for (Function& f : module)
    for (Instruction& i : instructions(f))
      if (auto* call = dyn_cast<IntrinsicInst>(&i)) {
        if (call->getIntrinsicID() == Intrinsic::masked_gather)
          found.push_back({call, 0});
        if (call->getIntrinsicID() == Intrinsic::masked_scatter)
          found.push_back({call, 1});
      }
  for (auto [call, operand] : found) {
    Value* pointers = call->getArgOperand(operand);
    auto narrow = spmd::narrowAddress(pointers);
    if (!narrow || !narrow->isSigned || narrow->scale > 8 || !isPowerOf2_64(narrow->scale))
      continue; // what an address of the machine can say
    IRBuilder<> b(call);
    Value* base = narrow->base;
    if (!base->getType()->isPointerTy())
      base = b.CreateIntToPtr(base, b.getPtrTy());
    auto* type = cast<VectorType>(narrow->index->getType());
    Value* index = b.CreateSExt(narrow->index, VectorType::get(b.getInt64Ty(), type));
    call->setArgOperand(operand,
                        b.CreateGEP(b.getIntNTy(8 * unsigned(narrow->scale)), base, index));
    RecursivelyDeleteTriviallyDeadInstructions(pointers);
  }
}

} // namespace anywarp::cpu
