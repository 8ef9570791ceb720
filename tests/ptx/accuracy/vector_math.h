// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Double-precision functions over arrays: those of libmvec where the machine has it (at most 4 ulp
// of double), else libm's. Safe from any thread.
#pragma once

#include <cstddef>

namespace anywarp::ptxaccuracy {

// `vector`: libmvec's name of the function ("exp2"), or null; `scalar`: the same for one number.
void mapDoubles(const char* vector, double (*scalar)(double), const double* x, double* y,
                size_t count);

} // namespace anywarp::ptxaccuracy
