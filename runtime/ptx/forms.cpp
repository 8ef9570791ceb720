// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ptx/forms.h"

#include <algorithm>
#include <charconv>
#include <fmt/core.h>

namespace anywarp::ptx {

MatrixShape parseShape(std::string_view text) {
  MatrixShape s;
  unsigned* fields[] = {&s.m, &s.n, &s.k};
  const char* end = text.data() + text.size();
  const char* at = text.data();
  for (unsigned* field : fields)
    if (at < end)
      at = std::from_chars(at + 1, end, *field).ptr;
  return s;
}

unsigned elementBits(std::string_view type) {
  if (type == "f64")
    return 64;
  if (type == "f32" || type == "s32" || type == "tf32")
    return 32;
  if (type == "f16" || type == "bf16")
    return 16;
  if (type == "s4" || type == "u4")
    return 4;
  return type == "b1" ? 1 : 8;
}

namespace {

using MaybeProblem = std::optional<Problem>;

bool isConstant(const Operand& op) {
  return op.kind == Operand::Kind::Int;
}

// PTX ISA 9.7.14.6, "sparse mma": which thread, pair or (no choice) all threads of a quad hold the
// indices of a sparse matrix, by the bits of a row.
MaybeProblem selector(const Matched& m, size_t i) {
  unsigned k = parseShape(m.text("shape")).k;
  std::string_view type = m.text("atype");
  unsigned bits = type == "tf32" ? 2 * k : elementBits(type) == 4 ? k / 2 : k;
  unsigned choices = 64 / std::max(bits, 1u);
  if (i >= m.size() || (isConstant(m.op(i)) && m.op(i).bits < choices))
    return {};
  return Problem{m.op(i).loc,
                 fmt::format("the sparsity selector must be a constant below {}", choices)};
}

// "wgmma.mma_async": d, a, b {, metadata, selector}, scale-d {, negate-a, negate-b {, transposed}}.
MaybeProblem wgmma(const Matched& m) {
  MatrixShape s = parseShape(m.text("shape"));
  std::string_view at = m.text("atype");
  bool sparse = m.has("sp"), integer = m.text("dtype") == "s32";
  // Integer shapes come in steps of 16 above 32 (9.7.15.2).
  if (s.n < 8 || s.n > 256 || s.n % 8 || (integer && s.n > 32 && s.n % 16) ||
      (integer && s.n == 40))
    return Problem{m.inst->loc, fmt::format("wgmma has no shape '.{}'", m.text("shape"))};
  size_t want = sparse ? 6 : 4;
  if (!integer) {
    bool transposes = at == "f16" || at == "bf16";
    bool inRegisters = m.size() > 1 && m.op(1).kind == Operand::Kind::Vector;
    want += 2 + (transposes ? (inRegisters ? 1 : 2) : 0);
    if (m.size() != want)
      return Problem{m.inst->loc, fmt::format("expected {} operands", want)};
  }
  return sparse ? selector(m, 4) : MaybeProblem();
}

// "tensormap.replace": [map] {, ordinal}, value.
MaybeProblem tensormapReplace(const Matched& m) {
  constexpr std::string_view kConstant[] = {"elemtype", "interleave_layout", "swizzle_mode",
                                            "swizzle_atomicity", "fill_mode"};
  if (std::ranges::count(kConstant, m.text("field")) && !isConstant(m.op(1)))
    return Problem{m.op(1).loc, "the new value of this field must be a constant"};
  return {};
}

// "vmad": a product and a sum of which at most one is negated, or one more by .po.
MaybeProblem vmad(const Matched& m) {
  bool product = m.op(1).minus != m.op(2).minus, sum = m.op(3).minus;
  if ((m.op(1).minus && m.op(2).minus) || (product && sum) || (m.has("po") && (product || sum)))
    return Problem{m.inst->loc, "at most one operand may be negated, and none with '.po'"};
  return {};
}

size_t elementsOf(const Operand& op) {
  return op.kind == Operand::Kind::Vector ? op.elements.size() : 1;
}

MaybeProblem tooFew(const Operand& op, size_t want) {
  if (elementsOf(op) >= want)
    return {};
  return Problem{op.loc, "this vector has too few elements"};
}

// 9.7.10, 9.7.11: coordinates behind the sample and the layer; derivatives and offsets have one
// element for each dimension.
MaybeProblem coordinates(const Matched& m) {
  std::string_view geometry = m.text("geom");
  bool cube = geometry.ends_with("cube"), layered = geometry.starts_with("a");
  size_t dims = cube ? 3 : geometry.empty() ? 0 : size_t(geometry[layered] - '0');
  size_t first = geometry.ends_with("ms") + layered;
  for (size_t i = 0; i < m.size(); ++i) {
    const Operand& op = m.op(i);
    if (op.kind == Operand::Kind::Address && op.elements.size() > 1) {
      if (auto problem = tooFew(op.elements.back(), first + dims))
        return problem;
    } else if (i > 1 && op.kind == Operand::Kind::Vector && m.info->mnemonic[0] == 't' &&
               (!cube || m.text("mip") == "grad")) {
      if (auto problem = tooFew(op, dims))
        return problem;
    }
  }
  return {};
}

} // namespace

std::optional<Problem> formProblem(const Matched& m) {
  std::string_view mnemonic = m.info->mnemonic;
  if (mnemonic == "mma" && m.has("sp"))
    return selector(m, 5);
  if (mnemonic == "wgmma" && m.has("shape"))
    return wgmma(m);
  if (mnemonic == "tensormap" && m.has("field"))
    return tensormapReplace(m);
  if (mnemonic == "vmad")
    return vmad(m);
  if (mnemonic == "tex" || mnemonic == "tld4" || mnemonic == "suld" || mnemonic == "sust" ||
      mnemonic == "sured")
    return coordinates(m);
  return {};
}

} // namespace anywarp::ptx
