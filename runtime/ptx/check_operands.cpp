// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operands against what a record says of them (PTX ISA 9.3, 9.4.1): which registers fit which type,
// which constants, which addresses.
#include "ptx/check_internal.h"
#include "ptx/layout.h"
#include "ptx/lower/types.h"
#include "ptx/names.h"

#include <bit>
#include <fmt/core.h>
#include <unordered_set>

namespace anywarp::ptx {

bool isSpecialRegister(std::string_view name) {
  static const std::unordered_set<std::string_view> vectors = {
      "%tid",       "%ntid",       "%ctaid",         "%nctaid",
      "%clusterid", "%nclusterid", "%cluster_ctaid", "%cluster_nctaid"};
  static const std::unordered_set<std::string_view> scalars = {"%laneid",
                                                               "%warpid",
                                                               "%nwarpid",
                                                               "%smid",
                                                               "%nsmid",
                                                               "%gridid",
                                                               "%is_explicit_cluster",
                                                               "%cluster_ctarank",
                                                               "%cluster_nctarank",
                                                               "%lanemask_eq",
                                                               "%lanemask_le",
                                                               "%lanemask_lt",
                                                               "%lanemask_ge",
                                                               "%lanemask_gt",
                                                               "%clock",
                                                               "%clock_hi",
                                                               "%clock64",
                                                               "%globaltimer",
                                                               "%globaltimer_lo",
                                                               "%globaltimer_hi",
                                                               "%total_smem_size",
                                                               "%aggr_smem_size",
                                                               "%dynamic_smem_size",
                                                               "%current_graph_exec",
                                                               "WARP_SZ"};
  size_t dot = name.rfind('.');
  if (dot != std::string_view::npos)
    return vectors.contains(name.substr(0, dot)) && name.size() == dot + 2 &&
           std::string_view("xyzwrgba").find(name.back()) != std::string_view::npos;
  return scalars.contains(name) || vectors.contains(name) || name.starts_with("%pm") ||
         name.starts_with("%envreg") || name.starts_with("%reserved_smem_offset_");
}

namespace {

// Kinds of contents: values of different kinds do not mix, bits mix with all.
enum class Kind : uint8_t { Bits, Integer, Float, Predicate };

Kind kindOf(Type t) {
  if (t == Type::Pred)
    return Kind::Predicate;
  if (isInteger(t) || t == Type::U16x2 || t == Type::S16x2)
    return Kind::Integer;
  return isFloat(t) || isHalfPair(t) ? Kind::Float : Kind::Bits;
}

} // namespace

void FunctionChecker::registerType(const Operand& op, const NameInfo& name, Type type, bool wider) {
  Kind have = kindOf(name.type), want = kindOf(type);
  unsigned size = bitsOf(name.type), need = bitsOf(type);
  bool good = (have == Kind::Predicate) == (want == Kind::Predicate) &&
              (have == want || have == Kind::Bits || want == Kind::Bits) &&
              (size == need || (wider && size > need)) && name.vector == 1;
  if (!good)
    fail(op.loc, fmt::format("register '{}' of type .{} does not fit type .{}", op.name,
                             nameOf(name.type), nameOf(type)));
}

// An operand of a known type.
void FunctionChecker::typed(const Operand& op, Type type, bool wider, bool written) {
  switch (op.kind) {
  case Operand::Kind::Register:
  case Operand::Kind::Symbol: {
    NameInfo name = find(op.name);
    if (name.kind == NameInfo::Kind::Register)
      return registerType(op, name, type, wider);
    if (name.kind != NameInfo::Kind::Unknown)
      return fail(op.loc, fmt::format("'{}' must be a register here", op.name));
    if (!isSpecialRegister(op.name))
      return fail(op.loc, fmt::format("unknown name '{}'", op.name));
    if (written)
      fail(op.loc, fmt::format("special register '{}' cannot be written", op.name));
    return;
  }
  case Operand::Kind::Int:
    if (written || kindOf(type) == Kind::Float)
      fail(op.loc, written
                       ? "a constant cannot be written"
                       : fmt::format("an integer constant does not fit type .{}", nameOf(type)));
    return;
  case Operand::Kind::F32:
  case Operand::Kind::F64:
    if (written || kindOf(type) == Kind::Integer || kindOf(type) == Kind::Predicate)
      fail(op.loc,
           written ? "a constant cannot be written"
                   : fmt::format("a floating-point constant does not fit type .{}", nameOf(type)));
    return;
  default:
    return known(op);
  }
}

void FunctionChecker::known(const Operand& op) {
  if (op.kind == Operand::Kind::Register || op.kind == Operand::Kind::Symbol) {
    std::string_view name = op.name;
    if (find(name).kind != NameInfo::Kind::Unknown || isSpecialRegister(name))
      return;
    // A component or a selector of the video instructions: "%r1.b0".
    if (size_t dot = name.rfind('.'); dot != std::string_view::npos && dot > 0 &&
                                      find(name.substr(0, dot)).kind == NameInfo::Kind::Register)
      return;
    return fail(op.loc, fmt::format("unknown name '{}'", name));
  }
  if (op.kind == Operand::Kind::Address || op.kind == Operand::Kind::Vector ||
      op.kind == Operand::Kind::Pair || op.kind == Operand::Kind::List)
    for (const Operand& e : op.elements)
      known(e);
}

void FunctionChecker::immediate(const Operand& op, int64_t low, int64_t high) {
  if (op.kind != Operand::Kind::Int)
    return fail(op.loc, "this operand must be an integer constant");
  auto value = static_cast<int64_t>(op.bits);
  if (low <= high && (value < low || value > high))
    fail(op.loc, low == high ? fmt::format("constant {} must be {}", value, low)
                             : fmt::format("constant {} is not in {} ... {}", value, low, high));
}

void FunctionChecker::address(const Matched& m, const Operand& op) {
  if (op.kind != Operand::Kind::Address)
    return fail(op.loc, "expected an [address]");
  known(op);
  const Operand& base = op.elements.front();
  if (base.kind != Operand::Kind::Register && base.kind != Operand::Kind::Symbol)
    return;
  NameInfo name = find(base.name);
  if (name.kind == NameInfo::Kind::Register)
    return addressRegister(base);
  std::string_view written = m.text("space");
  auto space = spaceFromName(written.substr(0, written.find(':')));
  if (name.kind == NameInfo::Kind::Variable && space && name.space != *space &&
      name.space != Space::Param && name.space != Space::Generic)
    fail(base.loc, fmt::format("'{}' lies in .{}, not in .{}", base.name, nameOf(name.space),
                               nameOf(*space)));
}

void FunctionChecker::addressRegister(const Operand& base) {
  NameInfo name = find(base.name);
  if (kindOf(name.type) == Kind::Predicate || kindOf(name.type) == Kind::Float ||
      (bitsOf(name.type) != 32 && bitsOf(name.type) != 64))
    fail(base.loc,
         fmt::format("register '{}' of type .{} holds no address", base.name, nameOf(name.type)));
}

// Values of ld and st: a register or a vector of as many as the instruction says; wider ones do.
void FunctionChecker::access(const Matched& m, const Operand& values, bool written) {
  std::string_view vec = m.text("vec");
  size_t n = vec.empty() ? 1 : size_t(vec[1] - '0');
  if (values.kind == Operand::Kind::Register && find(values.name).vector == n && n > 1)
    return;
  if (values.kind != Operand::Kind::Vector) {
    if (n > 1)
      return fail(values.loc, fmt::format("expected a vector of {} operands", n));
    return typed(values, m.type(), true, written);
  }
  if (values.elements.size() != n)
    return fail(values.loc, fmt::format("expected {} elements, not {}", n, values.elements.size()));
  for (const Operand& e : values.elements)
    typed(e, m.type(), true, written);
}

// mov: a register of the same size; or an address, a label, a vector that is packed.
void FunctionChecker::move(const Matched& m) {
  const Operand &to = m.op(0), &from = m.op(1);
  known(to);
  known(from);
  if (to.kind == Operand::Kind::Int || to.kind == Operand::Kind::F32 ||
      to.kind == Operand::Kind::F64)
    return fail(to.loc, "a constant cannot be written");
  if (m.has("vec"))
    return;
  for (const Operand* op : {&to, &from})
    if (op->kind == Operand::Kind::Register && !op->negated)
      if (NameInfo name = find(op->name); name.kind == NameInfo::Kind::Register && name.vector == 1)
        registerType(*op, name, m.type(), false);
  if (to.kind == Operand::Kind::Register && find(to.name).kind == NameInfo::Kind::Unknown &&
      isSpecialRegister(to.name))
    fail(to.loc, fmt::format("special register '{}' cannot be written", to.name));
}

// PTX ISA 9.7.18.1: %r1.b0 as a destination merges into the third source, which leaves none for a
// second operation; vmad writes whole registers.
void FunctionChecker::videoResult(const Matched& m) {
  const Operand& to = m.op(0);
  size_t dot = to.name.rfind('.');
  if (to.kind != Operand::Kind::Register || dot == std::string_view::npos ||
      find(to.name).kind != NameInfo::Kind::Unknown)
    return;
  if (m.info->mnemonic == "vmad")
    fail(to.loc, fmt::format("'{}' must be a register here", to.name));
  else if (m.has("op2"))
    fail(to.loc, fmt::format("a selected destination and '.{}' do not go together", m.text("op2")));
}

// A register of 32 bits or more, perhaps with a selector: "%r1", "%r1.h0".
void FunctionChecker::videoOperand(const Operand& op) {
  if (op.kind != Operand::Kind::Register && op.kind != Operand::Kind::Symbol)
    return;
  NameInfo name = find(op.name);
  size_t dot = op.name.rfind('.');
  if (name.kind == NameInfo::Kind::Unknown && dot != std::string_view::npos)
    name = find(op.name.substr(0, dot));
  if (name.kind == NameInfo::Kind::Register &&
      (kindOf(name.type) == Kind::Predicate || bitsOf(name.type) < 32))
    fail(op.loc,
         fmt::format("register '{}' of type .{} has no 32 bits", op.name, nameOf(name.type)));
}

void FunctionChecker::operand(const Matched& m, size_t i) {
  const OperandInfo& info = m.info->operands[i];
  const Operand& op = m.op(i);
  std::string_view mnemonic = m.info->mnemonic;
  switch (info.kind) {
  case OperandInfo::Immediate:
    immediate(op, info.low, info.high);
    // Alignments and sizes of a copy (alloca, cp.async) are powers of two.
    if (op.kind == Operand::Kind::Int && (mnemonic == "alloca" || mnemonic == "cp") &&
        !std::has_single_bit(op.bits))
      fail(op.loc, "this constant must be a power of two");
    return;
  case OperandInfo::Address:
    return address(m, op);
  case OperandInfo::Any:
    if (mnemonic == "mov")
      return i == 0 ? move(m) : void();
    if (mnemonic == "ld" || mnemonic == "ldu" || mnemonic == "st")
      return access(m, op, mnemonic != "st");
    if (mnemonic == "setp")
      for (const Operand& p : op.kind == Operand::Kind::Pair ? std::span<const Operand>(op.elements)
                                                             : std::span<const Operand>(&op, 1))
        typed(p, Type::Pred, false, true);
    if (mnemonic.starts_with('v')) {
      videoOperand(op);
      if (i == 0)
        videoResult(m);
    }
    // [tensor map, {coordinates}]
    if (mnemonic == "cp" && op.kind == Operand::Kind::Address && !op.elements.empty() &&
        find(op.elements[0].name).kind == NameInfo::Kind::Register)
      addressRegister(op.elements[0]);
    return known(op);
  default:
    return typed(op, m.operandType(i), info.wider, info.written);
  }
}

} // namespace anywarp::ptx
