// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.14.15 "mbarrier"; the object itself is in devicelib.
#include "ptx/lower/function_lowering.h"

namespace anywarp::ptx {

using llvm::Value;

namespace {

Value* object(FunctionLowering& f, const Matched& m, size_t i) {
  return f.address(m.op(i), m.text("space").starts_with("shared") ? Space::Shared : Space::Generic);
}

Value* update(FunctionLowering& f, Value* object, Value* arrivals, Value* drops, Value* bytes) {
  return f.deviceLib("mbarrier_update", f.b.getInt64Ty(), {object, arrivals, drops, bytes});
}

void arrive(FunctionLowering& f, const Matched& m, bool drop) {
  auto& b = f.b;
  Value *one = b.getInt32(1), *zero = b.getInt32(0);
  Value* extra = m.size() > 2 ? f.read(m.op(2), Type::U32) : nullptr;
  bool expects = m.has("expect_tx");
  Value* arrivals = extra && !expects ? extra : one;
  Value* old =
      update(f, object(f, m, 1), arrivals, drop ? arrivals : zero, expects && extra ? extra : zero);
  f.write(m.op(0), old, Type::B64);
}

} // namespace

void lowerMbarrierInit(FunctionLowering& f, const Matched& m) {
  Value* initial = f.deviceLib("mbarrier_initial", f.b.getInt64Ty(), {f.read(m.op(1), Type::U32)});
  f.b.CreateAlignedStore(initial, object(f, m, 0), llvm::Align(8));
}

void lowerMbarrierExpectTx(FunctionLowering& f, const Matched& m) {
  update(f, object(f, m, 0), f.b.getInt32(0), f.b.getInt32(0), f.read(m.op(1), Type::U32));
}

void lowerMbarrierCompleteTx(FunctionLowering& f, const Matched& m) {
  update(f, object(f, m, 0), f.b.getInt32(0), f.b.getInt32(0),
         f.b.CreateNeg(f.read(m.op(1), Type::U32)));
}

void lowerMbarrierArrive(FunctionLowering& f, const Matched& m) {
  arrive(f, m, false);
}
void lowerMbarrierArriveDrop(FunctionLowering& f, const Matched& m) {
  arrive(f, m, true);
}

// Copies have ended already: counting up and down again leaves nothing to do without .noinc.
void lowerCpAsyncMbarrierArrive(FunctionLowering& f, const Matched& m) {
  if (m.has("noinc"))
    update(f, object(f, m, 0), f.b.getInt32(1), f.b.getInt32(0), f.b.getInt32(0));
}

void lowerMbarrierWait(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  auto* now = b.CreateAlignedLoad(b.getInt64Ty(), object(f, m, 1), llvm::Align(8));
  now->setAtomic(llvm::AtomicOrdering::Acquire);
  Value* done =
      m.has("parity")
          ? f.deviceLib("mbarrier_done_parity", b.getInt1Ty(), {now, f.read(m.op(2), Type::U32)})
          : f.deviceLib("mbarrier_done", b.getInt1Ty(), {now, f.read(m.op(2), Type::B64)});
  f.write(m.op(0), done, Type::Pred);
  if (m.text("kind") != "try_wait")
    return;
  // try_wait suspends the thread: others run meanwhile.
  llvm::BasicBlock *wait = f.newBlock("mbarrier.wait"), *next = f.newBlock("mbarrier.next");
  b.CreateCondBr(done, next, wait);
  f.enter(wait);
  f.service("aw.rt.nanosleep", b.getVoidTy(), {b.getInt32(0)});
  b.CreateBr(next);
  f.enter(next);
}

} // namespace anywarp::ptx
