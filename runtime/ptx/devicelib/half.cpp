// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.4: fused multiply-add of 16-bit numbers, given as floats.
#include "devicelib.h"

using namespace devicelib;

namespace {

// a * b is exact in double; the sum is rounded to odd, so the last rounding is the only one.
inline float fusedOdd(float a, float b, float c) {
  Sum s = twoSum(double(a) * double(b), double(c));
  return narrowOdd(toOdd(s.value, s.error));
}

} // namespace

PTX uint16_t ptx_fma_f16(float a, float b, float c) {
  return f16Bits(fusedOdd(a, b, c));
}
PTX uint16_t ptx_fma_bf16(float a, float b, float c) {
  return bf16Bits(fusedOdd(a, b, c));
}
