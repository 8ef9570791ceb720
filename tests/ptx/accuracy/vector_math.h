// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops over many numbers, written for the vectoriser and compiled for several processors;
// double-precision functions are those of libmvec where the machine has it (at most 4 ulp of
// double), else libm's. Safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace anywarp::ptxaccuracy {

struct Thresholds {
  double ulp, relative, absolute;
};

// The f32 with bits first, first + step ...; as double, flushed on demand, 0 beyond the reach.
void floatInputs(uint32_t first, uint32_t step, bool ftz, double reach, uint32_t* bits, double* x,
                 size_t count);
// 1 / x, sqrt x, 1 / sqrt x.
void reciprocals(const double* x, double* y, size_t count);
void roots(const double* x, double* y, size_t count);
void reciprocalRoots(const double* x, double* y, size_t count);
// Which results deserve a closer look: every error beyond one of the thresholds, and everything out
// of the ordinary: neither normal numbers nor NaN for NaN, zero for what is far below the format,
// infinity for what is beyond it, or a number in [-1, 1] outside the reach. Returns how many.
size_t pick(const float* in, const float* out, const double* x, const double* exact,
            const Thresholds& beyond, double reach, uint8_t* look, size_t count);

// `vector`: libmvec's name of the function ("exp2"), or null; `scalar`: the same for one number.
void mapDoubles(const char* vector, double (*scalar)(double), const double* x, double* y,
                size_t count);

} // namespace anywarp::ptxaccuracy
