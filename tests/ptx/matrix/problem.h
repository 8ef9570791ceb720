// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One product D = A * B + C as an instruction computes it: random matrices in the codes of their
// types, and whether codes of D are what the PTX manual asks for. Integers are exact, and so are
// sums of floats that are multiples of one unit. Other sums may take any order and rounding ("at
// least single precision"): each of the K additions may lose a unit in the last place of what has
// been summed; the result is rounded once to the type of D. Where a sum could overflow halfway the
// manual leaves everything open. f64 is fma by fma. Not for use by several threads at once.
#pragma once

#include "element.h"

#include <functional>
#include <random>
#include <string>
#include <vector>

namespace anywarp::ptxmatrix {

using Random = std::mt19937_64;

// What numbers are drawn.
enum class Kind {
  Exact,   // small multiples of a power of two for each row of A and column of B, down to denormals
  Special, // the same with infinities, NaN and negative zeros; edges of integers
  Wide,    // any finite code
  Extreme, // Wide with rows of the largest numbers; the edges of integers only
};
inline constexpr unsigned kKinds = 4;

// What the instruction is.
struct Spec {
  unsigned m = 0, n = 0, k = 0;
  const Element *a = nullptr, *b = nullptr, *c = nullptr, *d = nullptr;
  std::string op;  // of bits: and, xor
  std::string rnd; // of f64
  bool satfinite = false;
  bool sparse = false, ordered = false; // A; its metadata in ascending order
  int sign = 1;                         // of A * B (wgmma)
};

struct Codes {
  unsigned rows = 0, columns = 0;
  std::vector<uint64_t> list;
  Codes() = default;
  Codes(unsigned r, unsigned c) : rows(r), columns(c), list(size_t(r) * c) {}
  uint64_t& at(unsigned r, unsigned c) { return list[size_t(r) * columns + c]; }
  uint64_t at(unsigned r, unsigned c) const { return list[size_t(r) * columns + c]; }
};

struct Problem {
  Spec spec;
  Kind kind;
  Codes a, b, c;
  // Sparse A: the kept elements side by side, four bits of metadata for each chunk of a row, and
  // which elements of `a` are kept.
  Codes kept;
  std::vector<uint8_t> metadata;
  std::vector<bool> isKept;

  Problem(const Spec& spec, Kind kind, Random& random);
  // Without C: D = A * B.
  void dropC();
  // Empty, or what is wrong with D.
  std::string check(const std::function<uint64_t(unsigned row, unsigned column)>& got) const;

private:
  struct Sum;
  struct Values;
  struct Range;
  void makeSparse(Random& random, const std::vector<int>& scales);
  void makeLargeRows();
  Sum sumOf(const Values& v, unsigned row, unsigned column) const;
  Range wanted(const Sum& sum, unsigned row, unsigned column) const;
  double fusedDouble(unsigned row, unsigned column) const;
};

} // namespace anywarp::ptxmatrix
