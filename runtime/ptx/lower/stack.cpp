// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.17: alloca takes from an array in the function's local memory, of the size that its
// constant requests add up to and some room more. What does not fit is a stack overflow, a trap.
#include "ptx/lower/function_lowering.h"

#include <algorithm>

namespace anywarp::ptx {

using llvm::Value;

namespace {

// Room for requests that only running shows; CUDA's default stack is 1 KB a thread.
constexpr uint64_t kRoom = 4096;
constexpr uint64_t kMaxAlign = 128;

uint64_t constantRequests(const Block& block) {
  uint64_t sum = 0;
  for (const Statement& s : block.statements) {
    if (s.kind == Statement::Kind::Block && s.block)
      sum += constantRequests(*s.block);
    if (s.kind != Statement::Kind::Instruction || s.instruction.mnemonic != "alloca" ||
        s.instruction.operands.size() < 2)
      continue;
    const Operand& size = s.instruction.operands[1];
    if (size.kind == Operand::Kind::Int)
      sum += std::min<uint64_t>(size.bits, 1 << 20) + kMaxAlign;
  }
  return std::min<uint64_t>(sum, 1 << 24);
}

} // namespace

FunctionLowering::Stack& FunctionLowering::stack() {
  if (!stack_.memory) {
    uint64_t size = constantRequests(function.ptx->body) + kRoom;
    stack_.memory = stackSlot(llvm::ArrayType::get(b.getInt8Ty(), size), llvm::Align(kMaxAlign));
    stack_.used = stackSlot(b.getInt64Ty(), llvm::Align(8), "stack.used");
    stack_.size = size;
    registers_.push_back(stack_.used);
    llvm::IRBuilder<> at(stack_.used->getNextNode());
    at.CreateStore(at.getInt64(0), stack_.used);
  }
  return stack_;
}

void lowerStacksave(FunctionLowering& f, const Matched& m) {
  auto& s = f.stack();
  Value* used = f.b.CreateLoad(f.b.getInt64Ty(), s.used);
  f.write(m.op(0), f.resize(used, bitsOf(m.type()), false), m.type());
}

void lowerStackrestore(FunctionLowering& f, const Matched& m) {
  auto& s = f.stack();
  f.b.CreateStore(f.resize(f.read(m.op(0), m.type()), 64, false), s.used);
}

void lowerAlloca(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  auto& s = f.stack();
  uint64_t align = 8;
  if (m.size() > 2)
    align = m.op(2).bits;
  if (align == 0 || (align & (align - 1)) || align > kMaxAlign)
    return f.fail(m.op(m.size() - 1).loc, "the alignment must be a power of two up to 128");
  Value* size = f.resize(f.read(m.op(1), m.type()), 64, false);
  Value* used = b.CreateLoad(b.getInt64Ty(), s.used);
  Value* begin =
      b.CreateAnd(b.CreateAdd(used, b.getInt64(align - 1)), b.getInt64(~uint64_t(align - 1)));
  Value* end = b.CreateAdd(begin, size);
  Value* limit = b.getInt64(s.size);
  Value* fits = b.CreateAnd(b.CreateICmpULE(size, limit), b.CreateICmpULE(end, limit));
  llvm::BasicBlock *full = f.newBlock("stack.full"), *good = f.newBlock("stack.good");
  b.CreateCondBr(fits, good, full);
  f.enter(full);
  f.service("aw.rt.trap", b.getVoidTy(), {});
  b.CreateUnreachable();
  f.enter(good);
  b.CreateStore(end, s.used);
  Value* p = b.CreatePtrToInt(b.CreateGEP(b.getInt8Ty(), s.memory, begin), b.getInt64Ty());
  f.write(m.op(0), f.resize(p, bitsOf(m.type()), false), m.type());
}

} // namespace anywarp::ptx
