// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ptx/lower/memory_access.h"

namespace anywarp::ptx {

using llvm::AtomicOrdering;
using llvm::Value;

namespace {

AtomicOrdering orderingOf(std::string_view sem) {
  return sem == "acquire"   ? AtomicOrdering::Acquire
         : sem == "release" ? AtomicOrdering::Release
         : sem == "relaxed" ? AtomicOrdering::Monotonic
                            : AtomicOrdering::NotAtomic;
}

// Programs count on vector accesses that are atomic as a whole (CUB's look-back), which PTX does
// not promise but every GPU does; so they become one wide access.
bool isOneAccess(AtomicOrdering ordering, bool isVolatile, unsigned bits) {
  return bits <= 128 && (ordering != AtomicOrdering::NotAtomic || (isVolatile && bits <= 64));
}

// Shared and global memory are apart (PTX ISA 5.1), which their addresses no longer show. Said of
// bytes and halves alone: these are what copies of structs are made of (spmd/merge_copies.h).
void nameSpace(llvm::Instruction* access, llvm::Type* type, Space space) {
  if ((space != Space::Shared && space != Space::Global) ||
      !(type->isIntegerTy(8) || type->isIntegerTy(16)))
    return;
  llvm::LLVMContext& context = access->getContext();
  auto name = [&](const char* text) { return llvm::MDString::get(context, text); };
  llvm::MDNode* domain = llvm::MDNode::get(context, {name("ptx.spaces")});
  auto scope = [&](const char* text) {
    return llvm::MDNode::get(context, {llvm::MDNode::get(context, {name(text), domain})});
  };
  bool shared = space == Space::Shared;
  access->setMetadata(llvm::LLVMContext::MD_alias_scope, scope(shared ? "shared" : "global"));
  access->setMetadata(llvm::LLVMContext::MD_noalias, scope(shared ? "global" : "shared"));
}

} // namespace

unsigned vectorSize(const Matched& m) {
  std::string_view v = m.text("vec");
  return v.empty() ? 1 : unsigned(v[1] - '0');
}

llvm::ArrayRef<Operand> elementsOf(const Operand& op) {
  return op.kind == Operand::Kind::Vector ? llvm::ArrayRef<Operand>(op.elements)
                                          : llvm::ArrayRef<Operand>(op);
}

bool checkVector(FunctionLowering& f, const Operand& op, unsigned n) {
  if (elementsOf(op).size() == n)
    return true;
  f.fail(op.loc, "expected " + std::to_string(n) + " elements");
  return false;
}

std::vector<Value*> loadVector(FunctionLowering& f, const Matched& m, Value* p, bool constant,
                               Space space) {
  auto& b = f.b;
  Type t = m.type();
  unsigned n = vectorSize(m), bits = bitsOf(t), bytes = bits / 8;
  std::string_view sem = m.text("sem");
  AtomicOrdering ordering = orderingOf(sem);
  bool isVolatile = sem == "volatile" || m.has("mmio");
  std::vector<Value*> values;
  if (n > 1 && isOneAccess(ordering, isVolatile, n * bits)) {
    auto* load = b.CreateAlignedLoad(f.intType(n * bits), p, llvm::Align(n * bytes), isVolatile);
    load->setAtomic(ordering);
    for (unsigned i = 0; i < n; ++i)
      values.push_back(f.fromBits(b.CreateTrunc(b.CreateLShr(load, i * bits), f.intType(bits)), t));
    return values;
  }
  for (unsigned i = 0; i < n; ++i) {
    auto* load =
        b.CreateAlignedLoad(f.llvmType(t), f.offsetPointer(p, i * bytes),
                            llvm::commonAlignment(llvm::Align(n * bytes), i * bytes), isVolatile);
    load->setAtomic(ordering);
    if (constant && ordering == AtomicOrdering::NotAtomic && !isVolatile)
      load->setMetadata(llvm::LLVMContext::MD_invariant_load,
                        llvm::MDNode::get(b.getContext(), {}));
    nameSpace(load, load->getType(), space);
    values.push_back(load);
  }
  return values;
}

void storeVector(FunctionLowering& f, const Matched& m, Value* p, Space space) {
  auto& b = f.b;
  Type t = m.type();
  unsigned n = vectorSize(m), bits = bitsOf(t), bytes = bits / 8;
  std::string_view sem = m.text("sem");
  AtomicOrdering ordering = orderingOf(sem);
  bool isVolatile = sem == "volatile" || m.has("mmio");
  if (n > 1 && isOneAccess(ordering, isVolatile, n * bits)) {
    Value* all = llvm::ConstantInt::get(f.intType(n * bits), 0);
    for (unsigned i = 0; i < n; ++i) {
      Value* e = f.toBits(f.read(elementsOf(m.op(1))[i], t));
      all = b.CreateOr(all, b.CreateShl(b.CreateZExt(e, all->getType()), i * bits));
    }
    b.CreateAlignedStore(all, p, llvm::Align(n * bytes), isVolatile)->setAtomic(ordering);
    return;
  }
  for (unsigned i = 0; i < n; ++i) {
    Value* value = f.read(elementsOf(m.op(1))[i], t);
    auto* store =
        b.CreateAlignedStore(value, f.offsetPointer(p, i * bytes),
                             llvm::commonAlignment(llvm::Align(n * bytes), i * bytes), isVolatile);
    store->setAtomic(ordering);
    nameSpace(store, value->getType(), space);
  }
}

} // namespace anywarp::ptx
