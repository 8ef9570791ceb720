// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spmd/narrow.h"

#include <llvm/Analysis/VectorUtils.h>
#include <llvm/IR/DataLayout.h>
#include <llvm/IR/GetElementPtrTypeIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/PatternMatch.h>

using namespace llvm;
using namespace llvm::PatternMatch;

namespace anywarp::spmd {

std::optional<NarrowAddress> narrowAddress(Value* pointers) {
  Value *base = nullptr, *offset = nullptr, *index = nullptr;
  uint64_t scale = 1;
  const APInt* factor = nullptr;
  if (auto* gep = dyn_cast<GetElementPtrInst>(pointers)) {
    if (gep->getNumIndices() != 1)
      return std::nullopt;
    base = gep->getPointerOperand();
    if (base->getType()->isVectorTy())
      base = getSplatValue(base);
    offset = gep->getOperand(1);
    scale = gep->getModule()->getDataLayout().getTypeAllocSize(gep->getSourceElementType());
  } else {
    Value *x, *y;
    if (!match(pointers, m_IntToPtr(m_Add(m_Value(x), m_Value(y)))))
      return std::nullopt;
    base = getSplatValue(x);
    offset = base ? y : x;
    if (!base)
      base = getSplatValue(y);
  }
  if (!base || !offset->getType()->isVectorTy())
    return std::nullopt;
  if (Value * x; match(offset, m_Shl(m_Value(x), m_APInt(factor))) && factor->ult(16)) {
    scale <<= factor->getZExtValue();
    offset = x;
  } else if (match(offset, m_Mul(m_Value(x), m_APInt(factor))) && factor->ult(1 << 16)) {
    scale *= factor->getZExtValue();
    offset = x;
  }
  bool isSigned = match(offset, m_SExt(m_Value(index)));
  if ((!isSigned && !match(offset, m_ZExt(m_Value(index)))) || scale == 0 ||
      !index->getType()->getScalarType()->isIntegerTy(32))
    return std::nullopt;
  return NarrowAddress{base, index, scale, isSigned};
}

} // namespace anywarp::spmd
