// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.10 "Texture Instructions": lookups are functions of the whole warp
// (devicelib/texture.cpp), queries are inlined.
#include "ptx/lower/function_lowering.h"

#include <array>

namespace anywarp::ptx {

using llvm::Value;

namespace {

// How an instruction's coordinates lie in its vector.
struct Geometry {
  std::string_view name;
  std::string_view function; // suffix in devicelib
  bool sample, layer;
  unsigned dims; // coordinates behind sample and layer
  unsigned size; // of the vector, with padding; 0: as it comes
};
constexpr Geometry kGeometries[] = {
    {"1d", "1d", false, false, 1, 1},     {"2d", "2d", false, false, 2, 2},
    {"3d", "3d", false, false, 3, 4},     {"a1d", "1d", false, true, 1, 2},
    {"a2d", "2d", false, true, 2, 4},     {"cube", "cube", false, false, 3, 4},
    {"acube", "cube", false, true, 3, 4}, {"2dms", "2d", true, false, 2, 4},
    {"a2dms", "2d", true, true, 2, 4},
};

const Geometry& geometryOf(std::string_view name) {
  for (const Geometry& g : kGeometries)
    if (g.name == name)
      return g;
  return kGeometries[0];
}

// The parts of a {vector}, or the operand itself.
const Operand* part(const Operand& op, size_t i) {
  if (op.kind != Operand::Kind::Vector)
    return i == 0 ? &op : nullptr;
  return i < op.elements.size() ? &op.elements[i] : nullptr;
}

struct Request {
  Value *handle, *sampler, *sample, *layer;
  std::array<Value*, 3> x, dx, dy, offset;
  Value *lod, *reference;
  uint32_t flags = 0;
};

std::array<Value*, 3> readVector(FunctionLowering& f, const Operand& op, unsigned first,
                                 unsigned count, Type t) {
  std::array<Value*, 3> v;
  for (unsigned i = 0; i < 3; ++i) {
    const Operand* e = i < count ? part(op, first + i) : nullptr;
    v[i] = e ? f.read(*e, t) : f.undef(t);
  }
  return v;
}

// [texture {, sampler}, coordinates]
void readPlace(FunctionLowering& f, const Operand& op, const Geometry& g, Type t, Request& r) {
  auto& b = f.b;
  r.sampler = b.getInt64(0);
  r.sample = r.layer = b.getInt32(0);
  r.x = {f.undef(t), f.undef(t), f.undef(t)};
  r.handle = b.getInt64(0);
  if (op.kind != Operand::Kind::Address || op.elements.size() < 2 || op.elements.size() > 3)
    return f.fail(op.loc, "expected [texture, coordinates] or [texture, sampler, coordinates]");
  r.handle = f.read(op.elements[0], Type::B64);
  if (op.elements.size() == 3)
    r.sampler = f.read(op.elements[1], Type::B64);
  const Operand& c = op.elements.back();
  unsigned next = 0;
  if (g.sample && part(c, next))
    r.sample = f.read(*part(c, next++), Type::B32);
  if (g.layer && part(c, next))
    r.layer = f.read(*part(c, next++), Type::B32);
  r.x = readVector(f, c, next, g.dims, t);
}

void clearRest(FunctionLowering& f, Request& r) {
  Value *zero = f.undef(Type::F32), *none = f.b.getInt32(0);
  r.dx = r.dy = {zero, zero, zero};
  r.offset = {none, none, none};
  r.lod = r.reference = zero;
}

// {offset} and {depth} behind the others: a vector is an offset, a scalar an .f32 to compare with.
void readExtras(FunctionLowering& f, const Matched& m, size_t from, const Geometry& g, Request& r) {
  for (size_t i = from; i < m.size(); ++i) {
    const Operand& op = m.op(i);
    bool offset = op.kind == Operand::Kind::Vector;
    if (!offset && i == from && g.dims == 1) // a single offset needs no braces
      offset = op.kind == Operand::Kind::Int || f.declaredType(op) == Type::S32;
    if (offset) {
      r.offset = readVector(f, op, 0, g.function == "cube" ? 0 : g.dims, Type::S32);
    } else {
      r.reference = f.read(op, Type::F32);
      r.flags |= 4;
    }
  }
}

void writeTexel(FunctionLowering& f, const Matched& m, Value* texel, Type t) {
  auto& b = f.b;
  const Operand* d = &m.op(0);
  if (d->kind == Operand::Kind::Pair) { // everything is resident
    f.write(d->elements[1], b.getTrue(), Type::Pred);
    d = &d->elements[0];
  }
  bool packed = t == Type::F16x2;
  if (d->kind != Operand::Kind::Vector || d->elements.size() != (packed ? 2 : 4))
    return f.fail(d->loc, packed ? "the result is a vector of two registers"
                                 : "the result is a vector of four registers");
  std::array<Value*, 4> v;
  for (unsigned i = 0; i < 4; ++i) {
    v[i] = b.CreateExtractValue(texel, i);
    if (t == Type::F16 || packed)
      v[i] = f.toHalf(b.CreateBitCast(v[i], b.getFloatTy()), Type::F16);
  }
  if (packed) {
    for (unsigned i = 0; i < 2; ++i) {
      Value* high = b.CreateShl(b.CreateZExt(v[2 * i + 1], b.getInt32Ty()), 16);
      f.write(d->elements[i], b.CreateOr(b.CreateZExt(v[2 * i], b.getInt32Ty()), high), Type::B32);
    }
    return;
  }
  for (unsigned i = 0; i < 4; ++i)
    f.write(d->elements[i], v[i], t == Type::F16 ? Type::B16 : Type::B32);
}

Value* gangLookup(FunctionLowering& f, const std::string& name, llvm::ArrayRef<Value*> args) {
  llvm::Type* i32 = f.b.getInt32Ty();
  auto* type = llvm::StructType::get(i32, i32, i32, i32);
  auto* call = llvm::cast<llvm::CallInst>(f.gangLib(name, type, args, /*touchesMemory=*/true));
  call->getCalledFunction()->setMemoryEffects(llvm::MemoryEffects::readOnly());
  call->getCalledFunction()->setWillReturn();
  return call;
}

} // namespace

void lowerTex(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  const Geometry& g = geometryOf(m.text("geom"));
  std::string name(g.function);
  Type result = m.type(0), t = m.type(1);
  std::string_view mip = m.text("mip");
  Request r;
  readPlace(f, m.op(1), g, t, r);
  clearRest(f, r);
  bool integer = t == Type::S32;
  if (integer && g.function == "cube")
    return f.fail(m.op(1).loc, "cubemaps have .f32 coordinates");
  if (g.sample && (!integer || mip == "level" || mip == "grad"))
    return f.fail(m.op(1).loc, "multisampled textures have .s32 coordinates and one level");
  size_t extras = 2;
  if (mip == "level" || mip == "grad") {
    extras += mip == "level" ? 1 : 2;
    if (m.size() < extras || (integer && mip == "grad"))
      return f.fail(m.op(1).loc, integer ? "gradients need .f32 coordinates"
                                         : "the level or the gradients are missing");
    if (mip == "level") {
      r.flags = 1;
      r.lod = f.read(m.op(2), integer ? Type::S32 : Type::F32);
    } else {
      r.flags = 2;
      r.dx = readVector(f, m.op(2), 0, g.dims, Type::F32);
      r.dy = readVector(f, m.op(3), 0, g.dims, Type::F32);
    }
  } else if (integer) {
    r.lod = b.getInt32(0);
  }
  readExtras(f, m, extras, g, r);
  Value* texel;
  if (integer) {
    texel = gangLookup(f, "tex_fetch_" + name,
                       {r.handle, r.sampler, b.getInt32(r.flags), r.layer, r.sample, r.x[0], r.x[1],
                        r.x[2], r.lod, r.offset[0], r.offset[1], r.offset[2], r.reference});
  } else if (m.size() == 2 && m.op(1).elements.size() == 2) {
    texel = gangLookup(f, "tex_" + name, {r.handle, r.layer, r.x[0], r.x[1], r.x[2]});
  } else {
    texel = gangLookup(f, "tex_full_" + name,
                       {r.handle, r.sampler, b.getInt32(r.flags), r.layer, r.x[0], r.x[1], r.x[2],
                        r.lod, r.dx[0], r.dx[1], r.dx[2], r.dy[0], r.dy[1], r.dy[2], r.offset[0],
                        r.offset[1], r.offset[2], r.reference});
  }
  writeTexel(f, m, texel, result);
}

void lowerTld4(FunctionLowering& f, const Matched& m) {
  const Geometry& g = geometryOf(m.text("geom"));
  Request r;
  readPlace(f, m.op(1), g, Type::F32, r);
  clearRest(f, r);
  std::string_view component = m.text("comp");
  r.flags = uint32_t(std::string_view("rgba").find(component)) << 3;
  readExtras(f, m, 2, g, r);
  writeTexel(f, m,
             gangLookup(f, "tld4_" + std::string(g.function),
                        {r.handle, r.sampler, f.b.getInt32(r.flags), r.layer, r.x[0], r.x[1],
                         r.x[2], r.offset[0], r.offset[1], r.reference}),
             m.type(0));
}

namespace {

// [a] with a variable or a register: the handle, or the address of what holds it.
Value* handleOf(FunctionLowering& f, const Operand& op) {
  if (op.kind == Operand::Kind::Address && op.elements.size() == 1)
    return f.read(op.elements[0], Type::B64);
  f.fail(op.loc, "expected [texture], [surface] or [sampler]");
  return f.b.getInt64(0);
}

} // namespace

void lowerTxq(FunctionLowering& f, const Matched& m) {
  std::string name = "txq_" + std::string(m.text("query"));
  Value* lod = m.has("level") ? f.read(m.op(2), Type::B32) : f.b.getInt32(0);
  f.write(m.op(0), f.deviceLib(name, f.b.getInt32Ty(), {handleOf(f, m.op(1)), lod}), Type::B32);
}

void lowerTxqSampler(FunctionLowering& f, const Matched& m) {
  std::string name = "txq_" + std::string(m.text("query"));
  f.write(m.op(0), f.deviceLib(name, f.b.getInt32Ty(), {handleOf(f, m.op(1))}), Type::B32);
}

void lowerSuq(FunctionLowering& f, const Matched& m) {
  std::string name = "suq_" + std::string(m.text("query"));
  f.write(m.op(0), f.deviceLib(name, f.b.getInt32Ty(), {handleOf(f, m.op(1))}), Type::B32);
}

void lowerIstypep(FunctionLowering& f, const Matched& m) {
  std::string name = "istypep_" + std::string(m.text("type"));
  f.write(m.op(0), f.deviceLib(name, f.b.getInt1Ty(), {f.read(m.op(1), Type::B64)}), Type::Pred);
}

} // namespace anywarp::ptx
