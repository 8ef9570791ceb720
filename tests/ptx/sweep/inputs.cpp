// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inputs.h"

#include "ptx/lower/types.h"
#include "ptx/names.h"

#include <bit>
#include <cmath>
#include <random>
#include <set>

namespace anywarp::ptxsweep {

using ptx::Type;

namespace {

std::vector<uint64_t> integerEdges(unsigned bits) {
  std::set<uint64_t> s;
  for (uint64_t x : {0, 1, 2, 3, 5, 7, 8, 15, 16, 17, 24, 31, 32, 33, 40, 63, 64, 65, 100, 127, 128, 255, 256, 257})
    for (uint64_t sign : {0, 1})
      s.insert((sign ? 0 - x : x) & maskOf(bits));
  for (unsigned at : {8u, 15u, 16u, 23u, 24u, 31u, 32u, 48u, 53u, 63u})
    if (at < bits)
      for (int64_t by : {-1, 0, 1})
        s.insert(((1ull << at) + uint64_t(by)) & maskOf(bits));
  for (uint64_t x : {0x5555555555555555ull, 0xaaaaaaaaaaaaaaaaull, 0x0123456789abcdefull, 0x8000000080000000ull,
                     0x00ff00ff00ff00ffull, 0x7fff7fff7fff7fffull, 0x8000800080008000ull})
    s.insert(x & maskOf(bits));
  return {s.begin(), s.end()};
}

// Around zero, the subnormals, one, the integers that conversions stop at, and the top.
std::vector<uint64_t> floatEdges(const Format& f) {
  std::set<uint64_t> s;
  uint64_t one = uint64_t(-f.least + 1) << f.mantissa, normal = 1ull << f.mantissa;
  auto add = [&](uint64_t code) {
    if (code <= f.nan || !f.nan)
      s.insert(code);
  };
  for (uint64_t x : {uint64_t(0), uint64_t(1), uint64_t(2), uint64_t(3), normal / 2, normal - 1, normal, normal + 1,
                     one - 1, one, one + 1, f.maximum - 1, f.maximum, f.infinity, f.nan, f.infinity + 1})
    add(x);
  for (int exponent : {-24, -14, -8, -1, 1, 2, 7, 8, 15, 16, 31, 32, 63, 64})
    if (exponent >= f.least && exponent <= f.most) {
      uint64_t base = uint64_t(exponent - f.least + 1) << f.mantissa;
      for (int by : {-1, 0, 1})
        add(base + uint64_t(by));
      add(base + normal / 2); // 1.5 * 2^n: ties of conversions to integers
    }
  std::vector<uint64_t> all;
  for (uint64_t x : s)
    for (uint64_t sign : {0, 1})
      all.push_back((x | sign << (f.width - 1)) << f.shift);
  return all;
}

class Random {
public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  uint64_t bits() { return engine_(); }

  uint64_t number(const Format& f) {
    uint64_t sign = (bits() & 1) << (f.width - 1), fraction = bits() & maskOf(f.mantissa);
    uint64_t exponents = uint64_t(f.most - f.least) + 2; // with that of infinity
    uint64_t exponent = 0;
    switch (bits() % 8) {
    case 0:
      return (bits() & maskOf(f.width)) << f.shift;
    case 1: // subnormal and just above
      exponent = bits() % 3;
      break;
    case 2: // just below the top
      exponent = exponents - 1 - bits() % 4;
      break;
    case 3: // few mantissa bits: ties
      fraction &= ~maskOf(f.mantissa - std::min(f.mantissa, 2 + unsigned(bits() % 4)));
      [[fallthrough]];
    case 4:
      exponent = uint64_t(1 - f.least) + bits() % 3 - 1;
      break;
    case 5: // integers
      exponent = std::min<uint64_t>(uint64_t(1 - f.least) + bits() % 66, exponents - 1);
      break;
    default:
      exponent = bits() % exponents;
    }
    return (sign | exponent << f.mantissa | fraction) << f.shift;
  }

  uint64_t integer(unsigned width) {
    switch (bits() % 4) {
    case 0:
      return bits() & maskOf(width);
    case 1: // a random number of random bits
      return (bits() & maskOf(width)) >> bits() % width;
    case 2:
      return ((bits() % 2 ? 0 - (bits() & 0x7f) : bits() & 0x7f)) & maskOf(width);
    default: // runs of ones and zeros
      return (bits() & bits() & bits()) & maskOf(width) ? (maskOf(width) >> bits() % width) & maskOf(width) : 0;
    }
  }

  uint64_t value(const Value& v) {
    Type t = v.type;
    if (t == Type::Pred)
      return bits() & 1;
    if (v.floatPair)
      return number(kF32) | number(kF32) << 32;
    if (ptx::isHalfPair(t))
      return number(t == Type::F16x2 ? kF16 : kBF16) | number(t == Type::F16x2 ? kF16 : kBF16) << 16;
    if (ptx::isFloat(t))
      return number(formatOf(t));
    return integer(bytesOf(v) * 8);
  }

private:
  std::mt19937_64 engine_;
};

// The addend that cancels a product, or the operand that cancels another: what random numbers miss.
uint64_t cancelling(uint64_t a, uint64_t b, const Value& v, uint64_t by) {
  if (v.type == Type::F32) {
    float r = -std::bit_cast<float>(uint32_t(a)) * std::bit_cast<float>(uint32_t(b));
    return std::bit_cast<uint32_t>(r) + uint32_t(by);
  }
  if (v.type == Type::F64) {
    double r = -std::bit_cast<double>(a) * std::bit_cast<double>(b);
    return std::bit_cast<uint64_t>(r) + by;
  }
  uint64_t top = v.floatPair ? 0x8000000080000000ull : ptx::isHalfPair(v.type) ? 0x80008000ull : ptx::isHalf(v.type) ? 0x8000ull : 0;
  return (top ? (a ^ top) + by : a + by) & maskOf(bytesOf(v) * 8);
}

} // namespace

unsigned bytesOf(const Value& v) {
  unsigned size = v.type == Type::Pred ? 1 : ptx::sizeOf(v.type);
  return v.type != Type::Pred && size == 1 ? 2 : size; // bytes lie in 16-bit registers
}

std::string_view registerOf(const Value& v) {
  if (v.type == Type::F32)
    return "f32";
  if (v.type == Type::F64)
    return "f64";
  if (v.type == Type::Pred)
    return "pred";
  switch (bytesOf(v)) {
  case 2:
    return "b16";
  case 4:
    return "b32";
  default:
    return "b64";
  }
}

std::string signatureOf(const std::vector<Value>& in) {
  std::string s;
  for (const Value& v : in) {
    // Integers of one width share their numbers.
    bool plain = ptx::isInteger(v.type) || ptx::isBits(v.type);
    s += plain ? "i" + std::to_string(bytesOf(v) * 8) : std::string(ptx::nameOf(v.type));
    s += v.floatPair ? "x2 " : " ";
  }
  return s;
}

std::vector<uint64_t> edges(const Value& v) {
  if (v.type == Type::Pred)
    return {0, 1};
  if (v.floatPair)
    return {}; // random pairs are made of edges often enough
  if (ptx::isFloat(v.type))
    return floatEdges(formatOf(v.type));
  if (ptx::isHalfPair(v.type)) {
    std::vector<uint64_t> part = floatEdges(formatOf(v.type)), all;
    for (size_t i = 0; i < part.size(); ++i)
      all.push_back(part[i] | part[(i * 7 + 3) % part.size()] << 16);
    return all;
  }
  return integerEdges(bytesOf(v) * 8);
}

Inputs makeInputs(const std::vector<Value>& in, size_t count, uint64_t seed) {
  Inputs result;
  result.values.resize(in.size());
  for (char c : signatureOf(in))
    seed = seed * 131 + uint64_t(c);
  Random random(seed);
  auto row = [&](auto&& valueOf) {
    for (size_t i = 0; i < in.size(); ++i)
      result.values[i].push_back(valueOf(i));
  };
  std::vector<std::vector<uint64_t>> e;
  for (const Value& v : in)
    e.push_back(edges(v));
  if (in.size() == 1 && in[0].type != Type::Pred && (bytesOf(in[0]) <= 2 || ptx::isHalfPair(in[0].type))) {
    // Packed numbers: every low part, each with some upper part.
    bool packed = bytesOf(in[0]) == 4;
    for (uint64_t x = 0; x < 65536; ++x)
      row([&](size_t) { return packed ? x | (random.value(in[0]) & 0xffff0000) : x; });
  } else if (!in.empty()) {
    // Edges against edges: the full product where it is small, else as many as fit.
    double product = 1;
    for (auto& list : e)
      product *= double(std::max<size_t>(list.size(), 1));
    size_t wanted = size_t(std::min(product, double(count) / 2));
    for (size_t k = 0; k < wanted; ++k) {
      size_t rest = product <= double(count) / 2 ? k : size_t(random.bits() >> 1);
      row([&](size_t i) {
        if (e[i].empty())
          return random.value(in[i]);
        uint64_t x = e[i][rest % e[i].size()];
        rest /= e[i].size();
        return x;
      });
    }
    while (result.values[0].size() < count) {
      row([&](size_t i) { return random.value(in[i]); });
      // Every fourth row cancels.
      if (in.size() > 1 && result.values[0].size() % 4 == 0) {
        size_t last = in.size() - 1;
        uint64_t a = result.values[0].back();
        uint64_t b = last > 1 ? result.values[1].back() : in[0].type == Type::F32 ? 0x3f800000 : 0x3ff0000000000000;
        if (bytesOf(in[last]) == bytesOf(in[0]) && in[last].type != Type::Pred)
          result.values[last].back() = cancelling(a, b, in[last], random.bits() % 5 - 2);
      }
    }
  } else {
    result.count = 64;
    return result;
  }
  while (result.values[0].size() % 64)
    row([&](size_t i) { return random.value(in[i]); });
  result.count = result.values[0].size();
  return result;
}

} // namespace anywarp::ptxsweep
