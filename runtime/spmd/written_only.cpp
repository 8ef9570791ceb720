// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spmd/written_only.h"

#include "spmd/intrinsics.h"

#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/IR/DataLayout.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>
#include <optional>

using namespace llvm;

namespace anywarp::spmd {
namespace {

using Parameters = SmallSet<int64_t, 8>;

std::optional<Aw> intrinsicOf(const Value* v) {
  auto* call = dyn_cast<CallBase>(v);
  return call ? awIntrinsic(*call) : std::nullopt;
}

std::optional<int64_t> parameterAt(const LoadInst& load) {
  const DataLayout& layout = load.getModule()->getDataLayout();
  APInt offset(layout.getIndexTypeSizeInBits(load.getPointerOperandType()), 0);
  const Value* base = load.getPointerOperand()->stripAndAccumulateConstantOffsets(
      layout, offset, /*AllowNonInbounds=*/true);
  if (intrinsicOf(base) != Aw::ParamBase || load.getType()->getPrimitiveSizeInBits() == 32)
    return std::nullopt;
  return offset.getSExtValue();
}

// The parameters that an address is computed from, indices left out; false: something else, too.
bool findParameters(const Value* address, Parameters& found) {
  SmallPtrSet<const Value*, 16> seen;
  SmallVector<const Value*, 16> work{address};
  while (!work.empty()) {
    const Value* v = work.pop_back_val();
    if (isa<ConstantInt>(v) || isa<UndefValue>(v) || !seen.insert(v).second)
      continue;
    auto* i = dyn_cast<Instruction>(v);
    if (!i)
      return false;
    switch (i->getOpcode()) {
    case Instruction::GetElementPtr:
    case Instruction::IntToPtr:
    case Instruction::PtrToInt:
    case Instruction::Freeze:
    case Instruction::Sub:
      work.push_back(i->getOperand(0));
      break;
    case Instruction::Add:
      work.append({i->getOperand(0), i->getOperand(1)});
      break;
    case Instruction::PHI:
      work.append(i->op_begin(), i->op_end());
      break;
    case Instruction::Select:
      work.append({i->getOperand(1), i->getOperand(2)});
      break;
    case Instruction::SExt:
    case Instruction::ZExt:
    case Instruction::Mul:
    case Instruction::Shl:
    case Instruction::Alloca:
      break;
    case Instruction::Load: {
      auto at = parameterAt(cast<LoadInst>(*i));
      if (!at)
        return false;
      found.insert(*at);
      break;
    }
    default:
      if (auto id = intrinsicOf(i); id != Aw::ParamBase && id != Aw::SharedBase)
        return false;
    }
  }
  return true;
}

std::optional<int64_t> onlyParameter(const Value* address) {
  Parameters found;
  if (!findParameters(address, found) || found.size() != 1)
    return std::nullopt;
  return *found.begin();
}

bool ordersNothing(const CallBase& call) {
  auto id = awIntrinsic(call);
  return call.doesNotAccessMemory() || id == Aw::Barrier || id == Aw::ParamBase ||
         id == Aw::SharedBase;
}

} // namespace

WrittenOnly::WrittenOnly(Function& kernel) {
  const DataLayout& layout = kernel.getDataLayout();
  for (Instruction& i : instructions(kernel)) {
    if (auto* load = dyn_cast<LoadInst>(&i)) {
      relaxed_ &= load->isSimple() && findParameters(load->getPointerOperand(), read_);
    } else if (auto* store = dyn_cast<StoreInst>(&i)) {
      relaxed_ &= store->isSimple();
      if (auto to = onlyParameter(store->getPointerOperand()))
        written_[*to] += layout.getTypeStoreSize(store->getValueOperand()->getType());
    } else if (auto* call = dyn_cast<CallBase>(&i)) {
      relaxed_ &= ordersNothing(*call);
    } else {
      relaxed_ &= !i.mayReadOrWriteMemory();
    }
  }
}

uint64_t WrittenOnly::bytesOf(const Value* pointer) const {
  auto to = onlyParameter(pointer);
  return relaxed_ && to && !read_.count(*to) ? written_.lookup(*to) : 0;
}

} // namespace anywarp::spmd
