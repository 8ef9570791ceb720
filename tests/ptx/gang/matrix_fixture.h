// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Matrices for tests of matrix instructions: random small numbers, their encodings in every element
// type, the product, and kernels that load registers from memory, run one instruction and store
// what it wrote. Written from the manual; shares nothing with devicelib.
#pragma once

#include "gang_fixture.h"

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

namespace anywarp::ptxtest {

inline unsigned bitsOfElement(const std::string& type) {
  if (type == "f64")
    return 64;
  if (type == "f32" || type == "s32" || type == "tf32")
    return 32;
  if (type == "f16" || type == "bf16")
    return 16;
  return type == "s4" || type == "u4" ? 4 : type == "b1" ? 1 : 8;
}

// Value of an 8-bit float with `mantissa` bits (OCP FP8: e4m3 has bias 7 and no infinity).
inline double fp8Value(unsigned code, int mantissa, int bias) {
  unsigned exponent = (code & 0x7f) >> mantissa, fraction = code & ((1u << mantissa) - 1);
  double size = exponent ? std::ldexp((1 << mantissa) + int(fraction), int(exponent) - bias - mantissa)
                         : std::ldexp(int(fraction), 1 - bias - mantissa);
  return code & 0x80 ? -size : size;
}

// The code of x, which the type holds exactly.
inline uint64_t encode(const std::string& type, double x) {
  if (type == "f64")
    return std::bit_cast<uint64_t>(x);
  if (type == "f32" || type == "tf32")
    return std::bit_cast<uint32_t>(float(x));
  if (type == "bf16")
    return std::bit_cast<uint32_t>(float(x)) >> 16;
  if (type == "f16")
    return std::bit_cast<uint16_t>(_Float16(x));
  if (type == "e4m3" || type == "e5m2") {
    int mantissa = type == "e4m3" ? 3 : 2, bias = type == "e4m3" ? 7 : 15;
    for (unsigned code = 0; code < 256; code++)
      if (fp8Value(code, mantissa, bias) == x && (x != 0 || code == 0))
        return code;
    ADD_FAILURE() << type << " does not hold " << x;
    return 0;
  }
  unsigned bits = bitsOfElement(type);
  return uint64_t(int64_t(x)) & (bits == 64 ? ~0ull : (1ull << bits) - 1);
}

inline double decode(const std::string& type, uint64_t code) {
  if (type == "f64")
    return std::bit_cast<double>(code);
  if (type == "f32")
    return std::bit_cast<float>(uint32_t(code));
  if (type == "f16")
    return double(std::bit_cast<_Float16>(uint16_t(code)));
  return double(int32_t(uint32_t(code)));
}

struct MatrixOf {
  unsigned rows, columns;
  std::vector<double> values;
  MatrixOf(unsigned r, unsigned c) : rows(r), columns(c), values(size_t(r) * c) {}
  double& at(unsigned r, unsigned c) { return values[size_t(r) * columns + c]; }
  double at(unsigned r, unsigned c) const { return values[size_t(r) * columns + c]; }
};

// Small integers of the type; all sums of products of the tests are exact in every accumulator.
inline MatrixOf randomMatrix(unsigned rows, unsigned columns, const std::string& type,
                             std::mt19937& random) {
  MatrixOf m(rows, columns);
  int low = type[0] == 'u' || type == "b1" ? 0 : -2, high = type == "b1" ? 1 : type[0] == 'u' ? 5 : 2;
  for (double& v : m.values)
    v = low + int(random() % unsigned(high - low + 1));
  return m;
}

// C + A * B; for bits the count of ones in `op` of rows and columns.
inline MatrixOf productOf(const MatrixOf& a, const MatrixOf& b, const MatrixOf& c,
                          const std::string& op = "") {
  MatrixOf d = c;
  for (unsigned i = 0; i < a.rows; i++)
    for (unsigned j = 0; j < b.columns; j++)
      for (unsigned k = 0; k < a.columns; k++) {
        double x = a.at(i, k), y = b.at(k, j);
        d.at(i, j) += op == "xor" ? double(x != y) : x * y;
      }
  return d;
}

// Registers of a warp: [register][lane], 32 or 64 bits each.
struct Registers {
  unsigned count, bits;
  std::vector<uint64_t> words;
  Registers(unsigned n, unsigned b, unsigned lanes = 32) : count(n), bits(b), words(size_t(n) * lanes) {}
  // Element i of a lane, counted through its registers.
  void put(unsigned lane, unsigned i, unsigned elementBits, uint64_t code) {
    unsigned per = bits / elementBits;
    words[i / per * (words.size() / count) + lane] |= code << (i % per * elementBits);
  }
  uint64_t get(unsigned lane, unsigned i, unsigned elementBits) const {
    unsigned per = bits / elementBits;
    uint64_t word = words[i / per * (words.size() / count) + lane];
    uint64_t mask = elementBits == 64 ? ~0ull : (1ull << elementBits) - 1;
    return word >> (i % per * elementBits) & mask;
  }
  std::vector<std::byte> bytes() const {
    std::vector<std::byte> out(words.size() * bits / 8);
    for (size_t i = 0; i < words.size(); i++)
      memcpy(out.data() + i * bits / 8, &words[i], bits / 8);
    return out;
  }
  void fromBytes(const std::vector<std::byte>& in) {
    for (size_t i = 0; i < words.size(); i++)
      words[i] = 0, memcpy(&words[i], in.data() + i * bits / 8, bits / 8);
  }
};

inline std::string registerList(const std::string& name, unsigned count) {
  std::string s = "{";
  for (unsigned i = 0; i < count; i++)
    s += (i ? ", %" : "%") + name + std::to_string(i);
  return s + "}";
}

// A kernel that reads the registers `inputs` from one buffer each, runs `body` (which uses
// registerList(name, count)) and writes the registers `output`. `lanes`: threads of the block.
class RegisterKernel {
public:
  explicit RegisterKernel(unsigned lanes = 32) : lanes_(lanes) {}
  void input(const std::string& name, const Registers& r) { inputs_.push_back({name, &r}); }
  std::string text(const std::string& entry, const std::string& body, const std::string& outName,
                   const Registers& out, const std::string& more = "",
                   const std::string& moreParams = "") {
    std::string s = ".visible .entry " + entry + "(.param .u64 p_out";
    for (auto& [name, r] : inputs_)
      s += ", .param .u64 p_" + name;
    s += moreParams + ")\n{\n  .reg .b64 %rd<8>; .reg .b32 %lane, %offset4, %offset8; .reg .pred %p<4>;\n";
    s += "  mov.u32 %lane, %tid.x;\n  shl.b32 %offset4, %lane, 2;\n  shl.b32 %offset8, %lane, 3;\n";
    auto move = [&](const std::string& name, const Registers& r, bool load) {
      bool isNew = load || (loaded_.find(" " + name + " ") == std::string::npos);
      std::string type = r.bits == 64 ? "f64" : "b32";
      if (isNew)
        declared_ += "  .reg ." + type + " %" + name + "<" + std::to_string(r.count) + ">;\n";
      std::string t;
      t += "  ld.param.u64 %rd1, [p_" + (load ? name : std::string("out")) + "];\n";
      t += "  cvt.u64.u32 %rd2, %offset" + std::string(r.bits == 64 ? "8" : "4") +
           ";\n  add.s64 %rd1, %rd1, %rd2;\n";
      for (unsigned i = 0; i < r.count; i++) {
        std::string reg = "%" + name + std::to_string(i);
        std::string at = "[%rd1+" + std::to_string(i * lanes_ * r.bits / 8) + "]";
        t += load ? "  ld.global." + type + " " + reg + ", " + at + ";\n"
                  : "  st.global." + type + " " + at + ", " + reg + ";\n";
      }
      return t;
    };
    std::string loads;
    for (auto& [name, r] : inputs_) {
      loads += move(name, *r, true);
      loaded_ += " " + name + " ";
    }
    std::string stores = move(outName, out, false);
    return s + declared_ + more + loads + "  " + body + "\n" + stores + "  ret;\n}\n";
  }

private:
  unsigned lanes_;
  std::vector<std::pair<std::string, const Registers*>> inputs_;
  std::string declared_, loaded_;
};

inline const char* const kModuleHead = ".version 9.0\n.target sm_90a\n.address_size 64\n";

} // namespace anywarp::ptxtest
