// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What each form means, written from the PTX manual in plain integer arithmetic, softfloat.h and
// MPFR. One file for each chapter; references() asks them in turn. Stateless.
#pragma once

#include "forms.h"
#include "softfloat.h"

#include <functional>
#include <string>
#include <vector>

namespace anywarp::ptxsweep {

// How one input is drawn, or one output compared.
struct Value {
  ptx::Type type = ptx::Type::None;
  bool floatPair = false; // b64 that holds two f32
};

struct Reference {
  std::string text; // the instruction; %o0 ... are its results, %i0 ... its inputs
  std::vector<Value> in, out;
  // Values are bits in the low end of 64. Fills `out` with what the manual asks for.
  std::function<void(const uint64_t* in, uint64_t* out)> compute;
  // Instead of compute: whether the (one) result is good enough.
  std::function<bool(const uint64_t* in, uint64_t got)> accept;
  // Results compare bit by bit; float types accept any NaN for a NaN unless this is set.
  bool exactNan = false;
};

// Every way to write the form (with and without optional operands); empty: no reference knows it.
std::vector<Reference> references(const Form& form);

using Factory = std::vector<Reference> (*)(const Form& form);
std::vector<Reference> integerReferences(const Form& form);
std::vector<Reference> bitReferences(const Form& form);
std::vector<Reference> floatReferences(const Form& form);
std::vector<Reference> compareReferences(const Form& form);
std::vector<Reference> convertReferences(const Form& form);
std::vector<Reference> videoReferences(const Form& form);
std::vector<Reference> approximateReferences(const Form& form);

// Text and types of the operands as the record gives them; optional operands are left out.
Reference plainReference(const Form& form);
bool sameResult(uint64_t want, uint64_t got, const Value& value, bool exactNan);

// --- helpers for the chapters
inline uint64_t maskOf(unsigned bits) {
  return bits >= 64 ? ~0ull : (1ull << bits) - 1;
}
inline __int128 signedValue(uint64_t x, unsigned bits) {
  return __int128(int64_t(x << (64 - bits)) >> (64 - bits));
}
inline __int128 valueOf(uint64_t x, unsigned bits, bool isSigned) {
  return isSigned ? signedValue(x, bits) : __int128(x & maskOf(bits));
}
const Format& formatOf(ptx::Type t); // of one part of a packed type
// Calls fn once for each part of a packed type and puts the results together.
uint64_t eachPart(ptx::Type t, const uint64_t* in, unsigned count,
                  const std::function<uint64_t(const uint64_t*)>& fn);

} // namespace anywarp::ptxsweep
