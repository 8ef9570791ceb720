// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.11 "Surface Instructions": devicelib/surface.cpp says where an access goes; loads and
// stores are ordinary ones.
#include "ptx/lower/function_lowering.h"

namespace anywarp::ptx {

using llvm::BasicBlock;
using llvm::Value;

namespace {

// A place in a surface, after .trap has been dealt with.
struct Place {
  Value* handle;
  Value* address; // i64; 0: outside, nothing to access
};

// What x counts.
enum class Unit { Byte, Sample, Texel };

// [surface, coordinates] of an access of `bytes` bytes (Texel: of one texel).
Place place(FunctionLowering& f, const Matched& m, const Operand& op, unsigned bytes,
            Unit unit = Unit::Byte) {
  auto& b = f.b;
  Place p{b.getInt64(0), b.getInt64(0)};
  if (op.kind != Operand::Kind::Address || op.elements.size() != 2) {
    f.fail(op.loc, "expected [surface, coordinates]");
    return p;
  }
  p.handle = f.read(op.elements[0], Type::B64);
  std::string_view geometry = m.text("geom");
  bool layered = geometry.starts_with("a");
  size_t dims = geometry[layered ? 1 : 0] - '0';
  const Operand& c = op.elements[1];
  Value* v[4] = {b.getInt32(0), b.getInt32(0), b.getInt32(0), b.getInt32(0)};
  for (size_t i = 0; i < dims + layered; ++i)
    v[i] = f.read(c.kind == Operand::Kind::Vector ? c.elements[i] : c, Type::B32);
  // 9.7.11.1: layers are counted without a sign.
  Value* z =
      layered ? b.CreateBinaryIntrinsic(llvm::Intrinsic::umin, v[0], b.getInt32(INT32_MAX)) : v[2];
  Value *x = v[layered], *y = dims > 1 ? v[layered + 1] : b.getInt32(0);
  std::string_view mode = m.text("clamp");
  Value* clamp = b.getInt1(mode == "clamp");
  llvm::Type* i64 = b.getInt64Ty();
  p.address = unit == Unit::Texel
                  ? f.deviceLib("surface_texel", i64, {p.handle, x, y, z, clamp})
                  : f.deviceLib(unit == Unit::Byte ? "surface_address" : "surface_sample", i64,
                                {p.handle, x, y, z, b.getInt32(bytes), clamp});
  // 0: outside; 1: no surface.
  Value* bad = mode == "trap" ? b.CreateICmpULE(p.address, b.getInt64(1))
                              : b.CreateICmpEQ(p.address, b.getInt64(1));
  BasicBlock *trap = f.newBlock("surface.trap"), *next = f.newBlock("surface");
  b.CreateCondBr(bad, trap, next);
  f.enter(trap);
  f.service("aw.rt.trap", b.getVoidTy(), {});
  b.CreateUnreachable();
  f.enter(next);
  return p;
}

// Runs `access` where the place is inside; .trap has no other.
template <typename Fn>
void inside(FunctionLowering& f, const Matched& m, const Place& p, Fn access) {
  auto& b = f.b;
  if (m.text("clamp") == "trap") {
    access();
    return;
  }
  BasicBlock *run = f.newBlock("surface.in"), *next = f.newBlock("surface.out");
  b.CreateCondBr(b.CreateICmpNE(p.address, b.getInt64(0)), run, next);
  f.enter(run);
  access();
  b.CreateBr(next);
  f.enter(next);
}

unsigned vectorSize(const Matched& m) {
  std::string_view vec = m.text("vec");
  return vec == "v4" ? 4 : vec == "v2" ? 2 : 1;
}

// Element i of a value that may or may not stand in braces; null after an error.
const Operand* element(FunctionLowering& f, const Operand& op, unsigned count, unsigned i) {
  if (op.kind != Operand::Kind::Vector && count == 1)
    return &op;
  if (op.kind == Operand::Kind::Vector && op.elements.size() == count)
    return &op.elements[i];
  f.fail(op.loc, "the vector's size is not that of the instruction");
  return nullptr;
}

Value* elementPointer(FunctionLowering& f, const Place& p, unsigned offset) {
  return f.offsetPointer(f.b.CreateIntToPtr(p.address, f.b.getPtrTy()), offset);
}

// Bytes of the whole access; 0 after an error.
unsigned accessBytes(FunctionLowering& f, const Matched& m) {
  unsigned bytes = bitsOf(m.type()) / 8 * vectorSize(m);
  if (bytes <= 16)
    return bytes;
  f.fail(m.inst->loc, "a surface access has at most 16 bytes");
  return 0;
}

} // namespace

void lowerSuld(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  Type t = m.type();
  unsigned count = vectorSize(m), size = bitsOf(t) / 8;
  if (!accessBytes(f, m))
    return;
  llvm::Type* type = f.llvmType(t);
  Place p = place(f, m, m.op(1), size * count);
  // Zeros where nothing is loaded.
  std::vector<Value*> values(count, llvm::Constant::getNullValue(type));
  BasicBlock *before = b.GetInsertBlock(), *from = nullptr;
  inside(f, m, p, [&] {
    for (unsigned i = 0; i < count; ++i)
      values[i] = b.CreateAlignedLoad(type, elementPointer(f, p, i * size), llvm::Align(size));
    from = b.GetInsertBlock();
  });
  for (unsigned i = 0; i < count; ++i) {
    Value* v = values[i];
    if (m.text("clamp") != "trap") {
      llvm::PHINode* phi = b.CreatePHI(type, 2);
      phi->addIncoming(llvm::Constant::getNullValue(type), before);
      phi->addIncoming(v, from);
      values[i] = phi;
    }
  }
  for (unsigned i = 0; i < count; ++i)
    if (const Operand* d = element(f, m.op(0), count, i))
      f.write(*d, values[i], t);
}

void lowerSust(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  Type t = m.type();
  unsigned count = vectorSize(m), size = bitsOf(t) / 8;
  if (!accessBytes(f, m))
    return;
  std::vector<Value*> values;
  for (unsigned i = 0; i < count; ++i) {
    const Operand* v = element(f, m.op(1), count, i);
    values.push_back(v ? f.read(*v, t) : f.undef(t));
  }
  Place p = place(f, m, m.op(0), size * count);
  inside(f, m, p, [&] {
    for (unsigned i = 0; i < count; ++i)
      b.CreateAlignedStore(values[i], elementPointer(f, p, i * size), llvm::Align(size));
  });
}

void lowerSustFormatted(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  Type t = m.type();
  unsigned count = vectorSize(m);
  std::vector<Value*> values;
  for (unsigned i = 0; i < count; ++i) {
    const Operand* v = element(f, m.op(1), count, i);
    values.push_back(v ? f.read(*v, Type::B32) : f.undef(Type::B32));
  }
  // .b32 is of the kind that the surface's format is.
  uint32_t kind = t == Type::F32 ? 2 : t == Type::S32 ? 1 : t == Type::U32 ? 0 : 3;
  Place p = place(f, m, m.op(0), 0, Unit::Texel);
  inside(f, m, p, [&] {
    values.resize(4, b.getInt32(0));
    f.gangLib("surface_store", b.getVoidTy(),
              {p.handle, p.address, b.getInt32(kind), b.getInt32(count), values[0], values[1],
               values[2], values[3]},
              /*touchesMemory=*/true);
  });
}

void lowerSured(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  using Op = llvm::AtomicRMWInst;
  Type t = m.type();
  bool formatted = m.has("p");
  unsigned size = bitsOf(t) / 8;
  std::string_view op = m.text("op");
  bool least = op == "min", compares = least || op == "max";
  Value* value = f.read(m.op(1), t);
  Place p = place(f, m, m.op(0), size, formatted ? Unit::Sample : Unit::Byte);
  inside(f, m, p, [&] {
    auto update = [&](Op::BinOp operation) {
      b.CreateAtomicRMW(operation, elementPointer(f, p, 0), value, llvm::Align(size),
                        llvm::AtomicOrdering::Monotonic);
    };
    Op::BinOp asSigned = least ? Op::Min : Op::Max, asUnsigned = least ? Op::UMin : Op::UMax;
    if (!compares)
      return update(op == "add" ? Op::Add : op == "and" ? Op::And : Op::Or);
    if (!formatted)
      return update(isSigned(t) ? asSigned : asUnsigned);
    // .b32 and .b64 are signed where the surface's format is.
    BasicBlock *first = f.newBlock("sured.signed"), *second = f.newBlock("sured.unsigned"),
               *done = f.newBlock("sured.done");
    Value* isSignedFormat = f.deviceLib("surface_signed", b.getInt1Ty(), {p.handle});
    b.CreateCondBr(isSignedFormat, first, second);
    f.enter(first);
    update(asSigned);
    b.CreateBr(done);
    f.enter(second);
    update(asUnsigned);
    b.CreateBr(done);
    f.enter(done);
  });
}

} // namespace anywarp::ptx
