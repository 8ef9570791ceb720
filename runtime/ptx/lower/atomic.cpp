// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.14: atom, red, membar and fence.
#include "ptx/lower/memory_access.h"
#include "ptx/names.h"

namespace anywarp::ptx {

using llvm::AtomicOrdering;
using llvm::AtomicRMWInst;
using llvm::Value;

namespace {

AtomicOrdering orderingOf(std::string_view sem) {
  return sem == "acquire"   ? AtomicOrdering::Acquire
         : sem == "release" ? AtomicOrdering::Release
         : sem == "acq_rel" ? AtomicOrdering::AcquireRelease
                            : AtomicOrdering::Monotonic; // PTX ISA: .relaxed if absent
}

AtomicRMWInst::BinOp operationOf(std::string_view op, Type t) {
  using A = AtomicRMWInst;
  if (op == "add")
    return isWideFloat(t) ? A::FAdd : A::Add;
  if (op == "min")
    return isSigned(t) ? A::Min : A::UMin;
  if (op == "max")
    return isSigned(t) ? A::Max : A::UMax;
  return op == "and"    ? A::And
         : op == "or"   ? A::Or
         : op == "xor"  ? A::Xor
         : op == "exch" ? A::Xchg
         : op == "inc"  ? A::UIncWrap
         : op == "dec"  ? A::UDecWrap
                        : A::BAD_BINOP;
}

// add, min and max of 16-bit floating-point numbers: a compare-and-swap loop on the whole word.
Value* halfLoop(FunctionLowering& f, Type t, std::string_view op, Value* p, Value* y,
                AtomicOrdering ordering) {
  auto& b = f.b;
  llvm::Type* type = f.llvmType(t);
  llvm::Align align(bitsOf(t) / 8);
  llvm::LoadInst* first = b.CreateAlignedLoad(type, p, align);
  first->setAtomic(AtomicOrdering::Monotonic);
  llvm::BasicBlock *before = b.GetInsertBlock(), *loop = f.newBlock("atom"),
                   *done = f.newBlock("done");
  b.CreateBr(loop);
  f.enter(loop);
  llvm::PHINode* old = b.CreatePHI(type, 2);
  old->addIncoming(first, before);
  Value* next = f.forParts(t, {old, y}, [&](llvm::ArrayRef<Value*> parts) {
    Value *x = f.half(parts[0], partOf(t)), *z = f.half(parts[1], partOf(t));
    return f.toHalf(op == "add" ? b.CreateFAdd(x, z) : f.floatMinMax(x, z, op == "max", false),
                    partOf(t));
  });
  auto* swap =
      b.CreateAtomicCmpXchg(p, old, next, align, ordering,
                            llvm::AtomicCmpXchgInst::getStrongestFailureOrdering(ordering));
  old->addIncoming(b.CreateExtractValue(swap, 0), b.GetInsertBlock());
  b.CreateCondBr(b.CreateExtractValue(swap, 1), done, loop);
  f.enter(done);
  return old;
}

// One read-modify-write; the old value.
Value* readModifyWrite(FunctionLowering& f, const Matched& m, Type t, std::string_view op, Value* p,
                       Value* x, AtomicOrdering ordering) {
  if ((isHalf(t) || isHalfPair(t)) && (op == "add" || op == "min" || op == "max"))
    return halfLoop(f, t, op, p, x, ordering);
  AtomicRMWInst::BinOp binOp = operationOf(op, t);
  bool needsInteger = op != "add" && op != "exch";
  if (needsInteger && isFloat(t)) {
    f.fail(m.inst->loc,
           "atomic ." + std::string(op) + " does not exist for type ." + std::string(nameOf(t)));
    return x;
  }
  return f.b.CreateAtomicRMW(binOp, p, x, llvm::Align(bitsOf(t) / 8), ordering);
}

Value* atomic(FunctionLowering& f, const Matched& m, unsigned addressIndex) {
  auto& b = f.b;
  Type t = m.type();
  std::string_view space = m.text("space"), op = m.text("op");
  Value* p =
      f.address(m.op(addressIndex), space.starts_with("shared") ? Space::Shared : Space::Generic);
  Value* x = f.read(m.op(addressIndex + 1), t);
  AtomicOrdering ordering = orderingOf(m.text("sem"));
  llvm::Align align(bitsOf(t) / 8);
  if (op.empty()) { // cas
    Value* swapped = f.read(m.op(addressIndex + 2), t);
    auto* r = b.CreateAtomicCmpXchg(p, f.toBits(x), f.toBits(swapped), align, ordering,
                                    llvm::AtomicCmpXchgInst::getStrongestFailureOrdering(ordering));
    return f.fromBits(b.CreateExtractValue(r, 0), t);
  }
  return readModifyWrite(f, m, t, op, p, x, ordering);
}

} // namespace

std::vector<Value*> atomicVector(FunctionLowering& f, const Matched& m, const Operand& values,
                                 Value* p) {
  Type t = m.type();
  std::vector<Value*> old;
  if (!checkVector(f, values, vectorSize(m)))
    return old;
  for (const Operand& e : elementsOf(values))
    old.push_back(readModifyWrite(f, m, t, m.text("op"),
                                  f.offsetPointer(p, int64_t(old.size() * bitsOf(t) / 8)),
                                  f.read(e, t), orderingOf(m.text("sem"))));
  return old;
}

void lowerAtom(FunctionLowering& f, const Matched& m) {
  f.write(m.op(0), atomic(f, m, 1), m.type());
}
void lowerAtomVec(FunctionLowering& f, const Matched& m) {
  std::vector<Value*> old = atomicVector(f, m, m.op(2), f.address(m.op(1), Space::Generic));
  const Operand& to = m.op(0);
  if (to.kind != Operand::Kind::Vector || to.elements.size() != old.size())
    return f.fail(to.loc, "expected a vector of registers");
  for (size_t i = 0; i < old.size(); ++i)
    f.write(to.elements[i], old[i], m.type());
}
void lowerRedVec(FunctionLowering& f, const Matched& m) {
  atomicVector(f, m, m.op(1), f.address(m.op(0), Space::Generic));
}
void lowerRed(FunctionLowering& f, const Matched& m) {
  atomic(f, m, 0);
}

// A block runs on one host thread, so fences of its scope need only hold back the compiler.
void lowerFence(FunctionLowering& f, const Matched& m) {
  std::string_view sem = m.text("sem"), scope = m.has("level") ? m.text("level") : m.text("scope");
  AtomicOrdering ordering = sem == "acquire"   ? AtomicOrdering::Acquire
                            : sem == "release" ? AtomicOrdering::Release
                            : sem == "acq_rel" ? AtomicOrdering::AcquireRelease
                                               : AtomicOrdering::SequentiallyConsistent;
  f.b.CreateFence(ordering,
                  scope == "cta" ? llvm::SyncScope::SingleThread : llvm::SyncScope::System);
}

} // namespace anywarp::ptx
