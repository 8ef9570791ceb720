// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The approximate instructions: what they approximate, the bounds that the PTX manual states
// (ISA 9.0, 9.7.3 and 9.7.4), its tables of special inputs, and the error of a result in the
// manual's own terms. Constant data; safe from any thread.
#pragma once

#include "ptx/ast.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace anywarp::ptxsweep {

enum class Measure { Ulp, Relative, Absolute };

struct Range {
  const char* text;
  bool (*holds)(double x);
  Measure measure;
  double bound; // 0: the manual states none
  const char* stated;
};

struct Approximation {
  std::string_view mnemonic;
  ptx::Type type;
  double (*exact)(double x); // to about 2^-50
  const char* vector;        // the same in libmvec, null: there is none
  std::span<const Range> ranges;
  // Beyond this size of x the manual says nothing; results need only be numbers in [-1, 1].
  double reach = __builtin_inf();
};

// Of one 16-bit part for packed types. Null: not an approximate instruction of one argument.
const Approximation* approximationOf(std::string_view mnemonic, ptx::Type type);
std::span<const Approximation> approximations();

// The manual's tables: infinities, zeros, NaN, negative numbers, subnormal inputs with .ftz.
// Nothing: an ordinary number.
std::optional<uint64_t> specialResult(const Approximation& a, uint64_t x, bool ftz);

// How far `got` is from `exact`, in the unit of `measure`; infinite where the kind of number is
// wrong. With ftz, results below the normal range must be zero.
double errorOf(uint64_t got, double exact, ptx::Type type, bool ftz, Measure measure);

// True if got is right for a special input, or within every bound; unbounded ranges accept what is
// no NaN.
bool isAcceptable(const Approximation& a, uint64_t x, uint64_t got, bool ftz);

// 9.7.3.8, for div.approx and div.full.
bool isAcceptableQuotient(bool full, bool ftz, uint32_t a, uint32_t b, uint32_t got, double* ulps);

double valueOfCode(uint64_t code, ptx::Type type);

} // namespace anywarp::ptxsweep
