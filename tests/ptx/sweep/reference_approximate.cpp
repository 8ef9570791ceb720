// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The approximate instructions in the sweep: results must lie within the manual's bounds. How far
// inside is measured by tests/ptx/accuracy.
#include "approximate.h"
#include "ptx/lower/types.h"
#include "reference.h"

namespace anywarp::ptxsweep {

using ptx::Type;

std::vector<Reference> approximateReferences(const Form& form) {
  std::string_view m = form.info->mnemonic;
  Type t = form.type();
  bool ftz = form.has("ftz");
  if (m == "div" && (form.has("approx") || form.has("full"))) {
    bool full = form.has("full");
    Reference r = plainReference(form);
    r.accept = [=](const uint64_t* in, uint64_t got) {
      double ulps;
      return isAcceptableQuotient(full, ftz, uint32_t(in[0]), uint32_t(in[1]), uint32_t(got), &ulps);
    };
    return {r};
  }
  const Approximation* a = approximationOf(m, t);
  if (!a || !form.has("approx"))
    return {};
  Reference r = plainReference(form);
  bool packed = ptx::isHalfPair(t);
  r.accept = [=](const uint64_t* in, uint64_t got) {
    if (!packed)
      return isAcceptable(*a, in[0], got, ftz);
    return isAcceptable(*a, in[0] & 0xffff, got & 0xffff, ftz) &&
           isAcceptable(*a, in[0] >> 16, got >> 16, ftz);
  };
  return {r};
}

} // namespace anywarp::ptxsweep
