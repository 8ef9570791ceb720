// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.9.25 on: asynchronous copies, stores and reductions, tensor maps. The copies
// are services (devicelib/async.h), which end the kernel if something is wrong.
#include "ptx/lower/function_lowering.h"
#include "spmd/tensor_map.h"

#include <algorithm>
#include <array>

namespace anywarp::ptx {

using llvm::Value;

namespace {

void run(FunctionLowering& f, const char* service, llvm::ArrayRef<Value*> args) {
  f.service(service, f.b.getVoidTy(), args);
}

Value* none(FunctionLowering& f) {
  return llvm::ConstantPointerNull::get(f.b.getPtrTy());
}

// The mask operand i of .multicast::cluster, which has 16 bits.
Value* multicastMask(FunctionLowering& f, const Matched& m, size_t i) {
  if (!m.has("multicast::cluster"))
    return f.b.getInt32(AW_ASYNC_NO_MULTICAST);
  if (i >= m.size()) {
    f.fail(m.inst->loc, "expected a mask of blocks");
    return f.b.getInt32(0);
  }
  return f.b.CreateZExt(f.read(m.op(i), Type::B16), f.b.getInt32Ty());
}

uint32_t reductionOf(std::string_view op) {
  constexpr std::array<std::string_view, 8> names = {"add", "min", "max", "inc",
                                                     "dec", "and", "or",  "xor"};
  return uint32_t(std::ranges::find(names, op) - names.begin());
}

uint32_t elementOf(Type t) {
  switch (t) {
  case Type::S32:
    return AW_TENSOR_S32;
  case Type::U64:
  case Type::B64:
    return AW_TENSOR_U64;
  case Type::S64:
    return AW_TENSOR_S64;
  case Type::F16:
    return AW_TENSOR_F16;
  case Type::BF16:
    return AW_TENSOR_BF16;
  case Type::F32:
    return AW_TENSOR_F32;
  case Type::F64:
    return AW_TENSOR_F64;
  default:
    return AW_TENSOR_U32;
  }
}

// [map, {x, y}] as the map's address and five coordinates.
struct TensorOperand {
  Value* map;
  std::array<Value*, 5> at;
};

TensorOperand tensorOperand(FunctionLowering& f, const Matched& m, const Operand& op) {
  TensorOperand t{none(f), {}};
  t.at.fill(f.b.getInt32(0));
  unsigned rank = unsigned(m.text("dim")[0] - '0');
  if (op.kind != Operand::Kind::Address || op.elements.size() != 2) {
    f.fail(op.loc, "expected [tensor map, {coordinates}]");
    return t;
  }
  Operand map = op;
  map.elements.resize(1);
  t.map = f.address(map, Space::Generic);
  const Operand& list = op.elements[1];
  llvm::ArrayRef<Operand> coordinates(list);
  if (list.kind == Operand::Kind::Vector)
    coordinates = list.elements;
  if (coordinates.size() != rank) {
    f.fail(list.loc, "expected " + std::to_string(rank) + " coordinates");
    return t;
  }
  for (unsigned i = 0; i < rank; ++i)
    t.at[i] = f.read(coordinates[i], Type::S32);
  return t;
}

void tensorCopy(FunctionLowering& f, const Matched& m, uint32_t kind, const TensorOperand& t,
                Value* shared, Value* offsets, Value* mbar, Value* mask) {
  uint32_t what = kind + 16 * uint32_t(m.text("dim")[0] - '0');
  if (m.text("mode").starts_with("im2col"))
    what += 256;
  if (kind == AW_TENSOR_REDUCE)
    what += 4096 * reductionOf(m.text("op"));
  run(f, "aw.rt.tensor_copy",
      {t.map, shared, f.b.getInt32(what), t.at[0], t.at[1], t.at[2], t.at[3], t.at[4], offsets,
       mbar, mask, f.sharedZero()});
}

// The im2col offsets {w, h, d}, 16 bits each.
Value* im2colOffsets(FunctionLowering& f, const Matched& m, size_t i) {
  Value* all = f.b.getInt64(0);
  unsigned rank = unsigned(m.text("dim")[0] - '0');
  if (i >= m.size() || m.op(i).kind != Operand::Kind::Vector || rank < 3 ||
      m.op(i).elements.size() != rank - 2) {
    f.fail(m.inst->loc, "expected a vector of im2col offsets, two less than dimensions");
    return all;
  }
  for (unsigned k = 0; k < rank - 2; ++k) {
    Value* offset = f.b.CreateZExt(f.read(m.op(i).elements[k], Type::U16), f.b.getInt64Ty());
    all = f.b.CreateOr(all, f.b.CreateShl(offset, 16 * k));
  }
  return all;
}

Value* completeTx(FunctionLowering& f, Value* mbar, uint32_t bytes) {
  return f.deviceLib("mbarrier_update", f.b.getInt64Ty(),
                     {mbar, f.b.getInt32(0), f.b.getInt32(0), f.b.getInt32(-bytes)});
}

Value* clusterAddress(FunctionLowering& f, const Matched& m, size_t i) {
  return f.address(m.op(i), m.has("space") ? Space::Shared : Space::Generic);
}

} // namespace

void lowerCpAsyncBulkIn(FunctionLowering& f, const Matched& m) {
  bool fromGlobal = m.has("global");
  run(f, "aw.rt.bulk_copy",
      {f.address(m.op(0), Space::Shared),
       f.address(m.op(1), fromGlobal ? Space::Global : Space::Shared), f.read(m.op(2), Type::U32),
       f.address(m.op(3), Space::Shared), multicastMask(f, m, 4), f.sharedZero()});
}

void lowerCpAsyncBulkOut(FunctionLowering& f, const Matched& m) {
  run(f, "aw.rt.bulk_copy",
      {f.address(m.op(0), Space::Global), f.address(m.op(1), Space::Shared),
       f.read(m.op(2), Type::U32), none(f), f.b.getInt32(AW_ASYNC_NO_MULTICAST), f.sharedZero()});
}

void lowerCpReduceAsyncBulk(FunctionLowering& f, const Matched& m) {
  bool toGlobal = m.has("global");
  run(f, "aw.rt.bulk_reduce",
      {f.address(m.op(0), toGlobal ? Space::Global : Space::Shared),
       f.address(m.op(1), Space::Shared), f.read(m.op(2), Type::U32),
       toGlobal ? none(f) : f.address(m.op(3), Space::Shared),
       f.b.getInt32(reductionOf(m.text("op")) + 256 * elementOf(m.type()))});
}

// [dst], [map, {x}], [mbar]{, {offsets}}{, mask}{, policy}
void lowerCpAsyncBulkTensorIn(FunctionLowering& f, const Matched& m) {
  size_t next = 3;
  Value* offsets = f.b.getInt64(0);
  if (m.text("mode") == "im2col")
    offsets = im2colOffsets(f, m, next++);
  Value* mask = multicastMask(f, m, next);
  tensorCopy(f, m, AW_TENSOR_LOAD, tensorOperand(f, m, m.op(1)), f.address(m.op(0), Space::Shared),
             offsets, f.address(m.op(2), Space::Shared), mask);
}

// [map, {x}], [src]{, policy}
void lowerCpAsyncBulkTensorOut(FunctionLowering& f, const Matched& m) {
  tensorCopy(f, m, m.has("op") ? AW_TENSOR_REDUCE : AW_TENSOR_STORE, tensorOperand(f, m, m.op(0)),
             f.address(m.op(1), Space::Shared), f.b.getInt64(0), none(f),
             f.b.getInt32(AW_ASYNC_NO_MULTICAST));
}

void lowerTensormapReplace(FunctionLowering& f, const Matched& m) {
  constexpr std::array<std::string_view, 11> fields = {
      "global_address", "rank",     "box_dim",           "global_dim",   "global_stride",
      "element_stride", "elemtype", "interleave_layout", "swizzle_mode", "swizzle_atomicity",
      "fill_mode"};
  std::string_view field = m.text("field");
  uint32_t number = uint32_t(std::ranges::find(fields, field) - fields.begin());
  bool hasOrdinal = m.size() == 3;
  Value* value = f.read(m.op(hasOrdinal ? 2 : 1), m.type());
  run(f, "aw.rt.tensormap_replace",
      {f.address(m.op(0), m.text("space") == "shared::cta" ? Space::Shared : Space::Generic),
       f.b.getInt32(number), f.b.getInt32(hasOrdinal ? uint32_t(m.op(1).bits) : 0),
       f.b.CreateZExt(value, f.b.getInt64Ty())});
}

void lowerTensormapCpFenceproxy(FunctionLowering& f, const Matched& m) {
  if (m.op(2).kind != Operand::Kind::Int || m.op(2).bits != sizeof(AwTensorMap))
    return f.fail(m.op(2).loc, "the size must be 128");
  run(f, "aw.rt.bulk_copy",
      {f.address(m.op(0), Space::Global), f.address(m.op(1), Space::Shared),
       f.b.getInt32(sizeof(AwTensorMap)), none(f), f.b.getInt32(AW_ASYNC_NO_MULTICAST),
       f.sharedZero()});
  f.b.CreateFence(llvm::AtomicOrdering::Release);
}

void lowerStAsync(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  Type t = m.type();
  unsigned n = m.has("vec") ? unsigned(m.text("vec")[1] - '0') : 1, bytes = bitsOf(t) / 8;
  llvm::ArrayRef<Operand> values(m.op(1));
  if (m.op(1).kind == Operand::Kind::Vector)
    values = m.op(1).elements;
  if (values.size() != n)
    return f.fail(m.op(1).loc, "expected " + std::to_string(n) + " elements");
  Value* p = clusterAddress(f, m, 0);
  for (unsigned i = 0; i < n; ++i)
    b.CreateAlignedStore(f.read(values[i], t), f.offsetPointer(p, i * bytes),
                         llvm::commonAlignment(llvm::Align(n * bytes), i * bytes));
  completeTx(f, clusterAddress(f, m, 2), n * bytes);
}

void lowerRedAsync(FunctionLowering& f, const Matched& m) {
  using Rmw = llvm::AtomicRMWInst;
  Type t = m.type();
  Rmw::BinOp op = Rmw::Add;
  switch (reductionOf(m.text("op"))) {
  case AW_REDUCE_MIN:
    op = isSigned(t) ? Rmw::Min : Rmw::UMin;
    break;
  case AW_REDUCE_MAX:
    op = isSigned(t) ? Rmw::Max : Rmw::UMax;
    break;
  case AW_REDUCE_INC:
    op = Rmw::UIncWrap;
    break;
  case AW_REDUCE_DEC:
    op = Rmw::UDecWrap;
    break;
  case AW_REDUCE_AND:
    op = Rmw::And;
    break;
  case AW_REDUCE_OR:
    op = Rmw::Or;
    break;
  case AW_REDUCE_XOR:
    op = Rmw::Xor;
    break;
  }
  f.b.CreateAtomicRMW(op, clusterAddress(f, m, 0), f.read(m.op(1), t), llvm::Align(bitsOf(t) / 8),
                      llvm::AtomicOrdering::Monotonic);
  completeTx(f, clusterAddress(f, m, 2), bitsOf(t) / 8);
}

} // namespace anywarp::ptx
