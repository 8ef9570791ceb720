// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Our libdevice: the __nv_* functions that device code calls for mathematics, as LLVM bitcode for
// NVPTX. Names and meanings are those of NVIDIA's published libdevice user guide; the code is ours
// on top of PTX instructions (LLVM's NVVM builtins) and of LLVM's libclc, whose OpenCL functions
// are declared here under their mangled names. Compiled once at build time (CMakeLists.txt), linked
// into each device module by tools/nvcc, which drops what is unused.
#pragma once

#define NV extern "C" __attribute__((always_inline))
// For bodies that are long enough for a call to be cheaper than copies of them.
#define NV_BIG extern "C"

// libclc, by its OpenCL name: clc::sin(x) is _Z3sind or _Z3sinf.
#define CLC1(NAME, LEN)                                                                            \
  extern "C" float _Z##LEN##NAME##f(float);                                                        \
  extern "C" double _Z##LEN##NAME##d(double);                                                      \
  namespace clc {                                                                                  \
  inline float NAME(float x) {                                                                     \
    return _Z##LEN##NAME##f(x);                                                                    \
  }                                                                                                \
  inline double NAME(double x) {                                                                   \
    return _Z##LEN##NAME##d(x);                                                                    \
  }                                                                                                \
  }
#define CLC2(NAME, LEN)                                                                            \
  extern "C" float _Z##LEN##NAME##ff(float, float);                                                \
  extern "C" double _Z##LEN##NAME##dd(double, double);                                             \
  namespace clc {                                                                                  \
  inline float NAME(float x, float y) {                                                            \
    return _Z##LEN##NAME##ff(x, y);                                                                \
  }                                                                                                \
  inline double NAME(double x, double y) {                                                         \
    return _Z##LEN##NAME##dd(x, y);                                                                \
  }                                                                                                \
  }
CLC1(sin, 3)
CLC1(cos, 3)
CLC1(tan, 3)
CLC1(asin, 4)
CLC1(acos, 4)
CLC1(atan, 4)
CLC1(sinh, 4)
CLC1(cosh, 4)
CLC1(tanh, 4)
CLC1(asinh, 5)
CLC1(acosh, 5)
CLC1(atanh, 5)
CLC1(sinpi, 5)
CLC1(cospi, 5)
CLC1(exp, 3)
CLC1(exp2, 4)
CLC1(exp10, 5)
CLC1(expm1, 5)
CLC1(log, 3)
CLC1(log2, 4)
CLC1(log10, 5)
CLC1(log1p, 5)
CLC1(logb, 4)
CLC1(cbrt, 4)
CLC1(erf, 3)
CLC1(erfc, 4)
CLC1(tgamma, 6)
CLC1(lgamma, 6)
CLC2(pow, 3)
CLC2(atan2, 5)
CLC2(hypot, 5)
CLC2(fmod, 4)
CLC2(remainder, 9)
CLC2(nextafter, 9)
CLC2(fdim, 4)
#undef CLC1
#undef CLC2
