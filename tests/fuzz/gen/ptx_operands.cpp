// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operands that a record leaves to its lowering ("any"), by families.
#include "ptx/lower/types.h"
#include "ptx_instruction.h"

#include <algorithm>
#include <cstdio>

namespace anywarp::fuzz {

using ptx::Type;

namespace {

struct MatrixShape {
  unsigned m = 0, n = 0, k = 0;
};
MatrixShape parseShape(std::string_view text) {
  MatrixShape s;
  std::sscanf(std::string(text).c_str(), "m%un%uk%u", &s.m, &s.n, &s.k);
  return s;
}

unsigned elementBits(std::string_view type) {
  if (type == "f32" || type == "s32" || type == "tf32")
    return 32;
  if (type == "f16" || type == "bf16")
    return 16;
  return type == "s4" || type == "u4" ? 4 : type == "b1" ? 1 : 8;
}

} // namespace

std::string InstructionWriter::vectorOf(Type type, unsigned n) {
  std::string text = "{";
  for (unsigned i = 0; i < n; ++i)
    text += (i ? ", " : "") + reg(type);
  return text + "}";
}

std::string InstructionWriter::accessed(Type type) {
  std::string_view vec = m_.text("vec");
  Type wide = type;
  bool isFloat = ptx::isFloat(type) || ptx::isHalfPair(type);
  if (ptx::bitsOf(type) == 8 && !isFloat && c_.chance(80))
    wide = ptx::isSigned(type) ? Type::S16 : ptx::isUnsigned(type) ? Type::U16 : Type::B16;
  else if (ptx::bitsOf(type) < 32 && !isFloat && m_.info->mnemonic[0] != 'a' &&
           m_.info->mnemonic[0] != 'r' && c_.chance(15))
    wide = ptx::isSigned(type) ? Type::S32 : Type::U32;
  if (vec.empty())
    return reg(wide);
  if (vec == "v4" && type == Type::F32 && c_.chance(10))
    return "%v";
  return vectorOf(wide, unsigned(vec[1] - '0'));
}

std::string InstructionWriter::moveOperand(size_t i) {
  Type type = m_.type();
  unsigned bits = ptx::bitsOf(type);
  if (m_.has("vec")) {
    if (i == 1 && bits == 32 && m_.text("vec") == "v4" && c_.chance(40))
      return c_.pick({"%tid", "%ntid", "%ctaid", "%nctaid"});
    return vectorOf(type, unsigned(m_.text("vec")[1] - '0'));
  }
  bool isBits = ptx::isBits(type) && bits >= 16;
  if (isBits && c_.chance(20)) {
    unsigned n = bits >= 32 && c_.chance(40) ? 4 : 2, part = bits / n;
    return vectorOf(part == 8    ? Type::B8
                    : part == 16 ? Type::B16
                    : part == 32 ? Type::B32
                                 : Type::B64,
                    n);
  }
  if (i == 0)
    return reg(type);
  if ((type == Type::B64 || type == Type::U64) && c_.chance(40))
    return c_.pick({"gdata", "cdata", "sdata", "stack", "f0", "counter+4", "tex", "dynamic"});
  if ((type == Type::B32 || type == Type::U32) && c_.chance(40))
    return c_.pick({std::string("sdata"), std::string("dynamic+16"), special(), special()});
  if (type == Type::Pred)
    return predicate();
  return value(type);
}

std::string InstructionWriter::matrixOperand(size_t i) {
  std::string_view mnemonic = m_.info->mnemonic, shapeText = m_.text("shape");
  bool isWgmma = mnemonic == "wgmma", isWmma = mnemonic == "wmma";
  if (mnemonic.ends_with("matrix")) { // ldmatrix, stmatrix
    if (i == (mnemonic == "stmatrix" ? 0 : 1))
      return address("shared");
    return vectorOf(Type::B32, unsigned(m_.text("num")[1] - '0'));
  }
  if (shapeText.empty())
    return std::to_string(c_.below(8)); // wgmma.wait_group
  MatrixShape s = parseShape(shapeText);
  // wmma has eight registers for each f16 fragment of A and B.
  auto fragment = [&](unsigned rows, unsigned columns, std::string_view type, bool sum) {
    if (isWmma && type == "f16" && !sum)
      return vectorOf(Type::B32, 8);
    if (type == "f64")
      return vectorOf(Type::F64, std::max(1u, rows * columns / 32));
    unsigned n = std::max(1u, rows * columns * elementBits(type) / 1024);
    return vectorOf(type == "f32" ? Type::F32 : Type::B32, n);
  };
  if (m_.has("matrix")) { // wmma.load, wmma.store
    std::string_view matrix = m_.text("matrix");
    if (i == (m_.info->operands[0].written ? 1u : 0u))
      return address(m_.text("space"));
    unsigned rows = matrix == "b" ? s.k : s.m, columns = matrix == "a" ? s.k : s.n;
    return fragment(rows, columns, m_.text("type"), matrix == "c" || matrix == "d");
  }
  std::string_view at = m_.has("atype") ? m_.text("atype") : "f16";
  bool sparse = m_.has("sp");
  if (isWgmma) {
    if (i == 0)
      return fragment(s.m / 4, s.n, m_.text("dtype"), true);
    if (i == 1)
      return c_.chance(50) ? vectorOf(Type::B32, 4) : reg(Type::B64);
    if (sparse && i == 4)
      return std::to_string(c_.below(2));
    size_t first = sparse ? 6 : 4; // behind the predicate: scales, then transpositions
    return i < first + 2 && c_.chance(50) ? "-1" : "1";
  }
  if (m_.info->record == "MmaVolta") {
    if (i == 1 || i == 2)
      return vectorOf(Type::B32, 2);
    return m_.text(i == 0 ? "dtype" : "ctype") == "f32" ? vectorOf(Type::F32, 8)
                                                        : vectorOf(Type::B32, 4);
  }
  switch (i) {
  case 0:
    return fragment(s.m, s.n, m_.text("dtype"), true);
  case 1:
    return fragment(s.m, sparse ? s.k / 2 : s.k, at, false);
  case 2:
    return fragment(s.k, s.n, at, false);
  case 3:
    return fragment(s.m, s.n, m_.text("ctype"), true);
  default:
    return std::to_string(c_.below(c_.chance(80) ? 2 : 5));
  }
}

std::string InstructionWriter::videoOperand(size_t i) {
  std::string_view mnemonic = m_.info->mnemonic;
  bool two = mnemonic.ends_with("2"), four = mnemonic.ends_with("4");
  std::string text = reg(Type::B32);
  if (i == 3 || !c_.chance(40))
    return text;
  if (two)
    return text + (i == 0 ? c_.pick({".h0", ".h1", ".h10"}) : c_.pick({".h10", ".h32", ".h13"}));
  if (four)
    return text +
           (i == 0 ? c_.pick({".b0", ".b31", ".b3210"}) : c_.pick({".b3210", ".b7654", ".b0246"}));
  if (i == 0 && (mnemonic == "vmad" || m_.has("op2") || m_.size() < 4))
    return text;
  return (i > 0 && c_.chance(15) ? "-" : "") + text + c_.pick({".b0", ".b3", ".h0", ".h1"});
}

std::string InstructionWriter::textureOperand(size_t i) {
  std::string_view mnemonic = m_.info->mnemonic, geom = m_.text("geom");
  bool query = mnemonic == "txq" || mnemonic == "suq", surface = mnemonic.starts_with("su");
  std::string object = c_.chance(40) ? reg(Type::B64) : surface ? "surf" : "tex";
  if (query)
    return i == 1 ? "[" + object + "]" : i == 0 ? reg(Type::B32) : value(Type::B32);
  bool store = mnemonic == "sust" || mnemonic == "sured";
  unsigned coordinates = geom == "1d" ? 1 : geom == "2d" || geom == "a1d" ? 2 : 4;
  Type coordinate = m_.numTypes > 1 ? m_.type(1) : surface ? Type::S32 : Type::F32;
  if (i == (store ? 0u : 1u)) {
    std::string text = "[" + object + ", ";
    if (!surface && c_.chance(30))
      text += "smp, ";
    return text +
           (coordinates == 1 && c_.chance(50) ? reg(coordinate)
                                              : vectorOf(coordinate, coordinates)) +
           "]";
  }
  if (i > 1) { // level of detail, gradients, offsets, depth to compare with
    if (m_.text("mip") == "grad" && i < 4)
      return coordinates == 1 ? reg(Type::F32)
                              : vectorOf(Type::F32, geom == "2d" || geom == "a2d" ? 2 : 4);
    return c_.pick(
        {reg(coordinate), reg(Type::F32), vectorOf(Type::S32, 2), vectorOf(Type::S32, 4)});
  }
  Type type = m_.type();
  if (mnemonic == "sured")
    return reg(type);
  if (ptx::bitsOf(type) == 8)
    type = Type::B16;
  std::string_view vec = m_.text("vec");
  unsigned n = surface ? (vec.empty() ? 1 : unsigned(vec[1] - '0')) : type == Type::F16x2 ? 2 : 4;
  if (n == 1)
    return reg(type);
  std::string text = vectorOf(type, n);
  return mnemonic == "tex" && c_.chance(10) ? text + "|" + predicate() : text;
}

// cp.async.bulk, st.async, red.async, tensormap, mbarrier.
std::string InstructionWriter::bulkOperand(size_t i) {
  std::string_view record = m_.info->record, mnemonic = m_.info->mnemonic;
  if (mnemonic == "mbarrier") {
    if (i == (m_.info->operands[0].written ? 1u : 0u))
      return address("shared");
    return m_.has("parity") ? value(Type::B32) : reg(Type::B64);
  }
  if (m_.has("tensor")) {
    std::string_view dim = m_.text("dim");
    unsigned rank = unsigned(dim[0] - '0');
    bool in = record == "CpAsyncBulkTensorIn";
    if (i == (in ? 1u : 0u))
      return "[" + reg(Type::B64) + ", " + vectorOf(Type::S32, rank) + "]";
    if (record == "CpAsyncBulkPrefetchTensor" || i > 2)
      return rank > 2 ? vectorOf(Type::B16, rank - 2) : reg(i > 3 ? Type::B64 : Type::B16);
    return i == 2 && !in ? reg(Type::B64) : address("shared");
  }
  if (mnemonic == "tensormap")
    return record == "TensormapCpFenceproxy" && i == 2   ? "128"
           : i == 1 && record == "TensormapCpFenceproxy" ? address("shared")
                                                         : address(m_.text("space"));
  if (mnemonic == "st" || mnemonic == "red")
    return i == 1 ? accessed(m_.type()) : address("shared");
  if (m_.has("prefetch"))
    return i == 0 ? address("global") : reg(Type::B64);
  if (m_.info->slots.size() < 4 || m_.has("wait_group")) // groups
    return std::to_string(c_.below(4));
  if (i == 0)
    return address(m_.has("bulk_group") ? "global" : "shared");
  if (i == 1)
    return address(m_.has("bulk_group")        ? "shared"
                   : record == "CpAsyncBulkIn" ? "global"
                                               : "shared");
  if (i == 3)
    return m_.has("bulk_group") ? reg(Type::B64) : address("shared");
  return reg(i == 4 && m_.has("multicast::cluster") ? Type::B16 : Type::B64);
}

std::string InstructionWriter::byMnemonic(size_t i, bool& known) {
  std::string_view mnemonic = m_.info->mnemonic;
  bool written = m_.info->operands[i].written;
  known = true;
  if (mnemonic == "mov")
    return moveOperand(i);
  if (mnemonic == "setp")
    return c_.chance(30) ? predicate() + "|" + predicate() : predicate();
  if (mnemonic == "lop3")
    return (c_.chance(30) ? std::string("_") : reg(Type::B32)) + "|" + predicate();
  if (mnemonic == "shfl" || mnemonic == "elect" || mnemonic == "match") {
    std::string text = mnemonic == "elect" && c_.chance(30) ? "_" : reg(Type::B32);
    bool pair = mnemonic == "elect" ||
                (mnemonic == "match" ? m_.text("mode") == "all" && c_.chance(60) : c_.chance(40));
    return pair ? text + "|" + predicate() : text;
  }
  if (mnemonic == "wmma" || mnemonic == "mma" || mnemonic == "wgmma" ||
      mnemonic.ends_with("matrix"))
    return matrixOperand(i);
  if (mnemonic[0] == 'v' && mnemonic != "vote")
    return videoOperand(i);
  if (mnemonic == "tex" || mnemonic == "tld4" || mnemonic == "txq" || mnemonic == "suq" ||
      mnemonic == "suld" || mnemonic == "sust" || mnemonic == "sured")
    return textureOperand(i);
  if (mnemonic == "mbarrier" || mnemonic == "tensormap" || m_.has("bulk") ||
      ((mnemonic == "st" || mnemonic == "red") && m_.has("async")))
    return bulkOperand(i);
  if (mnemonic == "ld" || mnemonic == "ldu" || mnemonic == "st" || mnemonic == "atom" ||
      mnemonic == "red" || mnemonic == "multimem")
    return accessed(m_.type());
  if (mnemonic == "isspacep" || mnemonic == "istypep")
    return reg(Type::B64);
  if (mnemonic == "bar" || mnemonic == "barrier") {
    size_t last = m_.size() - 1;
    if (m_.has("red") && i == last)
      return (c_.chance(20) ? "!" : "") + predicate();
    bool id = i == (m_.has("red") ? 1u : 0u);
    if (c_.chance(75))
      return std::to_string(id ? c_.below(c_.chance(90) ? 16 : 40) : 32 * (1 + c_.below(3)));
    return reg(Type::B32);
  }
  if (mnemonic == "cp" && m_.has("async") && m_.has("cop")) {
    switch (i) {
    case 0:
      return address("shared");
    case 1:
      return address("global");
    default:
      return c_.pick({value(Type::B32), reg(Type::B64), predicate(), std::string("4")});
    }
  }
  if (mnemonic == "cp")
    return m_.has("mbarrier") ? address("shared") : std::to_string(c_.below(8));
  if (mnemonic == "fence")
    return i == 0 ? address("global") : "128";
  known = false;
  return written ? reg(Type::B32) : "";
}

// An [address]: most records say in which space by the modifier in a slot of that name.
std::string InstructionWriter::addressOperand(size_t i) {
  std::string_view mnemonic = m_.info->mnemonic;
  bool known = false;
  if (mnemonic == "cp" || mnemonic == "mbarrier" || mnemonic == "tensormap" || m_.has("async"))
    return byMnemonic(i, known);
  return address(m_.text("space"));
}

std::string InstructionWriter::anyOperand(size_t i) {
  bool known = false;
  std::string text = byMnemonic(i, known);
  if (known)
    return text;
  switch (c_.below(6)) {
  case 0:
    return reg(Type::B32);
  case 1:
    return address(m_.text("space"));
  case 2:
    return reg(Type::B64);
  case 3:
    return vectorOf(Type::B32, 1 + c_.below(4));
  case 4:
    return std::to_string(c_.below(256));
  default:
    return reg(c_.pick({Type::F32, Type::Pred, Type::B16}));
  }
}

} // namespace anywarp::fuzz
