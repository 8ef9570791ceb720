// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What machines have instructions for that C++ and LLVM's IR have no word for. The bodies here are
// the meaning, and what runs where the backend knows nothing better (host_instructions.h).
#include "matrix_fragment.h"

using devicelib::Words;

PTX __attribute__((noinline)) void ptx_host_dot_us(Words* sum, const Words* u, const Words* s) {
  using Signed = devicelib::Vec<int32_t, 16>;
  auto left = __builtin_bit_cast(Signed, *u), right = __builtin_bit_cast(Signed, *s);
  auto products = (left & 0xff) * (right << 24 >> 24) + (left >> 8 & 0xff) * (right << 16 >> 24) +
                  (left >> 16 & 0xff) * (right << 8 >> 24) + (left >> 24 & 0xff) * (right >> 24);
  *sum += __builtin_bit_cast(Words, products);
}

// x * 2^n, n as a float and as an integer from -252 to 254. In two steps, so that subnormal results
// are rounded once.
PTX __attribute__((noinline)) float ptx_host_scale_f32(float x, float, int32_t integer) {
  auto power = [](int32_t n) { return devicelib::u2f(uint32_t(n + 127) << 23); };
  int32_t half = integer >> 1;
  return x * power(half) * power(integer - half);
}
