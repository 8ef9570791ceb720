// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.18: SIMD video instructions.
#include "ptx/lower/types.h"
#include "reference.h"

#include <algorithm>

namespace anywarp::ptxsweep {

using ptx::Type;

namespace {

int64_t apply(std::string_view op, int64_t a, int64_t b) {
  if (op == "vadd")
    return a + b;
  if (op == "vsub")
    return a - b;
  if (op == "vavrg") { // the mean, halves away from minus infinity for sums from 0 on
    int64_t sum = a + b;
    return (sum + (sum >= 0 ? 1 : 0)) >> 1;
  }
  if (op == "vmin")
    return std::min(a, b);
  if (op == "vmax")
    return std::max(a, b);
  return a < b ? b - a : a - b;
}

std::vector<Reference> simd(const Form& form, std::string op, unsigned lanes) {
  Reference r = plainReference(form);
  unsigned bits = 32 / lanes;
  bool d = ptx::isSigned(form.type(0)), a = ptx::isSigned(form.type(1)),
       b = ptx::isSigned(form.type(2)), sat = form.has("sat"), sum = form.has("add");
  r.compute = [=](const uint64_t* in, uint64_t* out) {
    uint64_t packed = 0, total = in[2];
    for (unsigned i = 0; i < lanes; ++i) {
      int64_t x = int64_t(valueOf(in[0] >> (bits * i) & maskOf(bits), bits, a));
      int64_t y = int64_t(valueOf(in[1] >> (bits * i) & maskOf(bits), bits, b));
      int64_t v = apply(op, x, y);
      total += uint64_t(v);
      if (sat)
        v = d ? std::clamp(v, -(int64_t(1) << (bits - 1)), (int64_t(1) << (bits - 1)) - 1)
              : std::clamp(v, int64_t(0), int64_t(maskOf(bits)));
      packed |= (uint64_t(v) & maskOf(bits)) << (bits * i);
    }
    out[0] = (sum ? total : packed) & 0xffffffff;
  };
  return {r};
}

} // namespace

std::vector<Reference> videoReferences(const Form& form) {
  std::string m(form.info->mnemonic);
  for (const char* op : {"vadd", "vsub", "vavrg", "vmin", "vmax", "vabsdiff"})
    for (unsigned lanes : {2u, 4u})
      if (m == op + std::to_string(lanes) && form.types.size() == 3)
        return simd(form, op, lanes);
  return {};
}

} // namespace anywarp::ptxsweep
