// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.1.14 to 9.7.1.24 (bits and bytes), 9.7.8 (logic and shift), prmt: bit by bit, as the
// manual's pseudocode does it.
#include "ptx/lower/types.h"
#include "reference.h"

#include <algorithm>

namespace anywarp::ptxsweep {

using ptx::Type;

namespace {

using Compute = std::function<uint64_t(const uint64_t*)>;

std::vector<Reference> one(const Form& form, Compute fn) {
  Reference r = plainReference(form);
  unsigned bits = ptx::bitsOf(r.out[0].type);
  r.compute = [fn, bits](const uint64_t* in, uint64_t* out) { out[0] = fn(in) & maskOf(bits); };
  return {r};
}

bool bit(uint64_t x, unsigned i) {
  return x >> i & 1;
}

uint64_t bfind(uint64_t a, unsigned bits, bool isSigned, bool amount) {
  if (isSigned && bit(a, bits - 1))
    a = ~a & maskOf(bits);
  for (unsigned i = bits; i-- > 0;)
    if (bit(a, i))
      return amount ? bits - 1 - i : i;
  return 0xffffffff;
}

// 9.7.1.17
uint64_t fns(uint64_t mask, uint64_t base, int32_t offset) {
  if (base > 31)
    return 0xffffffff; // undefined in the manual
  if (offset == 0)
    return bit(mask, unsigned(base)) ? base : 0xffffffff;
  int64_t pos = int64_t(base), count = std::abs(int64_t(offset)) - 1, step = offset < 0 ? -1 : 1;
  for (; pos >= 0 && pos < 32; pos += step)
    if (bit(mask, unsigned(pos)) && count-- == 0)
      return uint64_t(pos);
  return 0xffffffff;
}

// 9.7.1.19: the sign bit is the field's last inside the operand.
uint64_t bfe(uint64_t a, unsigned pos, unsigned len, unsigned bits, bool isSigned) {
  pos &= 0xff;
  len &= 0xff;
  bool sign = isSigned && len != 0 && bit(a, std::min(pos + len - 1, bits - 1));
  uint64_t d = 0;
  for (unsigned i = 0; i < bits; ++i)
    d |= uint64_t(i < len && pos + i < bits ? bit(a, pos + i) : sign) << i;
  return d;
}

uint64_t bfi(uint64_t a, uint64_t b, unsigned pos, unsigned len, unsigned bits) {
  pos &= 0xff;
  len &= 0xff;
  for (unsigned i = 0; i < len && pos + i < bits; ++i)
    b = (b & ~(1ull << (pos + i))) | uint64_t(bit(a, i)) << (pos + i);
  return b;
}

uint64_t szext(uint64_t a, uint64_t n, bool clamp, bool isSigned) {
  n = clamp ? std::min<uint64_t>(n, 32) : n & 31;
  if (n == 0)
    return 0;
  uint64_t low = a & maskOf(unsigned(n));
  return isSigned && bit(low, unsigned(n) - 1) ? low | ~maskOf(unsigned(n)) : low;
}

uint64_t bmsk(uint64_t a, uint64_t b, bool clamp) {
  a = clamp ? std::min<uint64_t>(a, 32) : a & 31;
  b = clamp ? std::min<uint64_t>(b, 32) : b & 31;
  uint64_t d = 0;
  for (uint64_t i = a; i < std::min<uint64_t>(a + b, 32); ++i)
    d |= 1ull << i;
  return d;
}

int64_t element(uint64_t x, unsigned at, unsigned bits, bool isSigned) {
  return int64_t(valueOf(x >> at & maskOf(bits), bits, isSigned));
}

// 9.7.9.7: the table of the modes, from the least significant byte on.
uint64_t prmt(uint64_t a, uint64_t b, uint64_t c, std::string_view mode) {
  static constexpr struct {
    std::string_view mode;
    uint8_t bytes[4][4];
  } kModes[] = {
      {"f4e", {{0, 1, 2, 3}, {1, 2, 3, 4}, {2, 3, 4, 5}, {3, 4, 5, 6}}},
      {"b4e", {{0, 7, 6, 5}, {1, 0, 7, 6}, {2, 1, 0, 7}, {3, 2, 1, 0}}},
      {"rc8", {{0, 0, 0, 0}, {1, 1, 1, 1}, {2, 2, 2, 2}, {3, 3, 3, 3}}},
      {"ecl", {{0, 1, 2, 3}, {1, 1, 2, 3}, {2, 2, 2, 3}, {3, 3, 3, 3}}},
      {"ecr", {{0, 0, 0, 0}, {0, 1, 1, 1}, {0, 1, 2, 2}, {0, 1, 2, 3}}},
      {"rc16", {{0, 1, 0, 1}, {2, 3, 2, 3}, {0, 1, 0, 1}, {2, 3, 2, 3}}},
  };
  uint64_t pair = b << 32 | a, d = 0;
  for (unsigned i = 0; i < 4; ++i) {
    unsigned from = unsigned(c >> (4 * i)) & 7;
    bool sign = mode.empty() && bit(c, 4 * i + 3);
    for (auto& m : kModes)
      if (m.mode == mode)
        from = m.bytes[c & 3][i];
    uint64_t byte = pair >> (8 * from) & 0xff;
    d |= (sign ? (bit(byte, 7) ? 0xff : 0) : byte) << (8 * i);
  }
  return d;
}

uint64_t lop3(const uint64_t* i, unsigned table) {
  uint64_t d = 0;
  for (unsigned at = 0; at < 32; ++at)
    d |= uint64_t(bit(table, 4 * bit(i[0], at) + 2 * bit(i[1], at) + bit(i[2], at))) << at;
  return d;
}

std::vector<Reference> lop3References(const Form& form) {
  std::vector<Reference> all;
  std::string op(form.text("bool"));
  // Every table for the plain form; for the others some of each shape.
  for (unsigned table = 0; table < 256; table += op.empty() ? 1 : 23) {
    Reference r;
    Value b32{Type::B32}, pred{Type::Pred};
    r.in = {b32, b32, b32};
    r.out = {b32};
    r.text = form.name() + " %o0" + (op.empty() ? "" : "|%o1") + ", %i0, %i1, %i2, " +
             std::to_string(table) + (op.empty() ? "" : ", %i3");
    if (!op.empty()) {
      r.in.push_back(pred);
      r.out.push_back(pred);
    }
    r.compute = [=](const uint64_t* i, uint64_t* o) {
      o[0] = lop3(i, table);
      if (!op.empty())
        o[1] = op == "and" ? o[0] != 0 && i[3] : o[0] != 0 || i[3];
    };
    all.push_back(r);
  }
  return all;
}

} // namespace

std::vector<Reference> bitReferences(const Form& form) {
  std::string_view m = form.info->mnemonic;
  Type t = form.type();
  unsigned n = t == Type::None ? 0 : ptx::bitsOf(t);
  bool s = ptx::isSigned(t);
  if (m == "popc")
    return one(form, [=](const uint64_t* i) {
      uint64_t c = 0;
      for (unsigned k = 0; k < n; ++k)
        c += bit(i[0], k);
      return c;
    });
  if (m == "clz")
    return one(form, [=](const uint64_t* i) {
      uint64_t f = bfind(i[0], n, false, true);
      return f == 0xffffffff ? n : f;
    });
  if (m == "bfind") {
    bool amount = form.has("shiftamt");
    return one(form, [=](const uint64_t* i) { return bfind(i[0], n, s, amount); });
  }
  if (m == "fns")
    return one(form, [](const uint64_t* i) { return fns(i[0], i[1], int32_t(i[2])); });
  if (m == "brev")
    return one(form, [=](const uint64_t* i) {
      uint64_t d = 0;
      for (unsigned k = 0; k < n; ++k)
        d |= uint64_t(bit(i[0], k)) << (n - 1 - k);
      return d;
    });
  if (m == "bfe")
    return one(form, [=](const uint64_t* i) { return bfe(i[0], unsigned(i[1]), unsigned(i[2]), n, s); });
  if (m == "bfi")
    return one(form, [=](const uint64_t* i) {
      return bfi(i[0], i[1], unsigned(i[2]), unsigned(i[3]), n);
    });
  if (m == "szext") {
    bool clamp = form.text("mode") == "clamp";
    return one(form, [=](const uint64_t* i) { return szext(i[0], i[1], clamp, s); });
  }
  if (m == "bmsk") {
    bool clamp = form.text("mode") == "clamp";
    return one(form, [=](const uint64_t* i) { return bmsk(i[0], i[1], clamp); });
  }
  if (m == "dp4a" || m == "dp2a") {
    bool s2 = ptx::isSigned(form.type(1)), four = m == "dp4a";
    unsigned from = form.text("half") == "hi" ? 16 : 0;
    return one(form, [=](const uint64_t* i) {
      int64_t sum = int64_t(i[2]);
      for (unsigned k = 0; k < (four ? 4u : 2u); ++k)
        sum += element(i[0], (four ? 8 : 16) * k, four ? 8 : 16, s) *
               element(i[1], from + 8 * k, 8, s2);
      return uint64_t(sum);
    });
  }
  if (m == "prmt") {
    std::string mode(form.text("mode"));
    return one(form, [=](const uint64_t* i) { return prmt(i[0], i[1], i[2], mode); });
  }
  if (m == "and" || m == "or" || m == "xor") {
    char op = m[0];
    return one(form, [=](const uint64_t* i) {
      return op == 'a' ? i[0] & i[1] : op == 'o' ? i[0] | i[1] : i[0] ^ i[1];
    });
  }
  if (m == "not")
    return one(form, [](const uint64_t* i) { return ~i[0]; });
  if (m == "cnot")
    return one(form, [](const uint64_t* i) { return uint64_t(i[0] == 0); });
  if (m == "lop3")
    return lop3References(form);
  if (m == "shf") {
    bool left = form.text("dir") == "l", clamp = form.text("mode") == "clamp";
    return one(form, [=](const uint64_t* i) {
      uint64_t by = clamp ? std::min<uint64_t>(i[2], 32) : i[2] & 31, both = i[1] << 32 | i[0];
      return left ? uint64_t(u128(both) << by >> 32) : both >> by;
    });
  }
  if (m == "shl")
    return one(form, [=](const uint64_t* i) { return i[1] >= n ? 0 : i[0] << i[1]; });
  if (m == "shr")
    return one(form, [=](const uint64_t* i) {
      unsigned by = unsigned(std::min<uint64_t>(i[1], n));
      return uint64_t(valueOf(i[0], n, s) >> by);
    });
  return {};
}

} // namespace anywarp::ptxsweep
