// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.15: wgmma. A warp computes its own 16 rows of D at once, so fences and groups have
// nothing to do. wait_group is where a warpgroup's threads may count on what the other warps did:
// one of them tells the producer that the shared operands are free. So its warps meet there.
#include "ptx/lower/matrix.h"
#include "spmd/kernel_abi.h"

namespace anywarp::ptx {

using llvm::Value;

namespace {

// A constant 0 or 1, or 1 or -1: true for the second of them.
bool immediate(FunctionLowering& f, const Matched& m, size_t i, int64_t no, int64_t yes) {
  const Operand& op = m.op(i);
  int64_t value = int64_t(op.bits);
  if (op.kind != Operand::Kind::Int || (value != no && value != yes))
    f.fail(op.loc, "expected the constant " + std::to_string(no) + " or " + std::to_string(yes));
  return value == yes;
}

bool isRegisters(const Operand& op) {
  return op.kind == Operand::Kind::Vector;
}

} // namespace

void lowerWgmma(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  MatrixShape s = parseShape(m.text("shape"));
  std::string_view at = m.text("atype"), d = m.text("dtype");
  bool sparse = m.has("sp"), integer = d == "s32", inRegisters = isRegisters(m.op(1));
  Multiplication x;
  x.name = std::string("wgmma_") + (sparse ? "sp_" : "") + (inRegisters ? "r_" : "s_") +
           std::string(at) + (at == "b1" ? "" : "_" + std::string(m.text("btype")));
  x.suffix = ".n" + std::to_string(s.n);
  x.d = x.c = d;
  x.elements = s.n / 2;
  x.saturates = m.has("satfinite");
  x.touchesMemory = true;
  if (inRegisters)
    x.operands.add(readRegisters(f, m.op(1), 4, Type::B32));
  else
    x.operands.add({f.read(m.op(1), Type::B64)});
  x.operands.add({f.read(m.op(2), Type::B64)});
  x.operands.add({f.sharedBase()});
  size_t next = 3;
  if (sparse) {
    x.operands.add({f.read(m.op(3), Type::B32), b.getInt32(uint32_t(m.op(4).bits))});
    next = 5;
  }
  Value* accumulate = f.readPred(m.op(next++));
  uint32_t flags = s.n;
  if (!integer) {
    bool trans = at == "f16" || at == "bf16";
    bool negated = immediate(f, m, next, 1, -1) != immediate(f, m, next + 1, 1, -1);
    flags |= uint32_t(negated) << 16;
    if (trans && !inRegisters)
      flags |= uint32_t(immediate(f, m, next + 2, 0, 1)) << 17;
    if (trans)
      flags |= uint32_t(immediate(f, m, m.size() - 1, 0, 1)) << 18;
  }
  x.operands.add({b.CreateOr(b.CreateShl(b.CreateZExt(accumulate, b.getInt32Ty()), 19), flags)});
  if (!inRegisters)
    x.operands.add({f.service("aw.warpid", b.getInt32Ty(), {})});
  x.emit(f, m.op(0), m.op(0));
}

void lowerWgmmaOrder(FunctionLowering&, const Matched&) {}

void lowerWgmmaWait(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  if (m.op(0).kind != Operand::Kind::Int)
    return f.fail(m.op(0).loc, "wgmma.wait_group takes a constant");
  Value* group = b.CreateLShr(f.service("aw.warpid", b.getInt32Ty(), {}), 2);
  Value* threads = b.getInt32(1);
  for (const char* ntid : {"aw.ntid.x", "aw.ntid.y", "aw.ntid.z"})
    threads = b.CreateMul(threads, f.service(ntid, b.getInt32Ty(), {}));
  Value* rest = b.CreateSub(threads, b.CreateMul(group, b.getInt32(128)));
  Value* count = b.CreateBinaryIntrinsic(llvm::Intrinsic::umin, rest, b.getInt32(128));
  f.service("aw.barrier", b.getVoidTy(),
            {b.CreateAdd(group, b.getInt32(AW_WARPGROUP_BARRIER)), count});
}

} // namespace anywarp::ptx
