// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Conversions and basic arithmetic in each of the four rounding modes: one PTX instruction per
// function, reached through clang's NVVM builtins and, where there is none, inline PTX.
#include "libdevice.h"

// R: rn rz ru rd. Conversions to integers saturate, as cvt does.
#define CVT(NAME, TO, FROM, TC, FC, PTX)                                                           \
  NV TO NAME(FROM x) {                                                                             \
    TO r;                                                                                          \
    asm("cvt." PTX " %0, %1;" : "=" TC(r) : FC(x));                                                \
    return r;                                                                                      \
  }
#define CVT4(NAME, TO, FROM, TC, FC, KIND, TYPES)                                                  \
  CVT(NAME##_rn, TO, FROM, TC, FC, "rn" KIND TYPES)                                                \
  CVT(NAME##_rz, TO, FROM, TC, FC, "rz" KIND TYPES)                                                \
  CVT(NAME##_ru, TO, FROM, TC, FC, "rp" KIND TYPES)                                                \
  CVT(NAME##_rd, TO, FROM, TC, FC, "rm" KIND TYPES)

CVT4(__nv_float2int, int, float, "r", "f", "i.", "s32.f32")
CVT4(__nv_float2uint, unsigned, float, "r", "f", "i.", "u32.f32")
CVT4(__nv_float2ll, long long, float, "l", "f", "i.", "s64.f32")
CVT4(__nv_float2ull, unsigned long long, float, "l", "f", "i.", "u64.f32")
CVT4(__nv_double2int, int, double, "r", "d", "i.", "s32.f64")
CVT4(__nv_double2uint, unsigned, double, "r", "d", "i.", "u32.f64")
CVT4(__nv_double2ll, long long, double, "l", "d", "i.", "s64.f64")
CVT4(__nv_double2ull, unsigned long long, double, "l", "d", "i.", "u64.f64")
CVT4(__nv_int2float, float, int, "f", "r", ".", "f32.s32")
CVT4(__nv_uint2float, float, unsigned, "f", "r", ".", "f32.u32")
CVT4(__nv_ll2float, float, long long, "f", "l", ".", "f32.s64")
CVT4(__nv_ull2float, float, unsigned long long, "f", "l", ".", "f32.u64")
CVT4(__nv_ll2double, double, long long, "d", "l", ".", "f64.s64")
CVT4(__nv_ull2double, double, unsigned long long, "d", "l", ".", "f64.u64")
CVT4(__nv_double2float, float, double, "f", "d", ".", "f32.f64")
CVT(__nv_int2double_rn, double, int, "d", "r", "rn.f64.s32")
CVT(__nv_uint2double_rn, double, unsigned, "d", "r", "rn.f64.u32")
CVT(__nv_half2float, float, unsigned short, "f", "h", "f32.f16")
CVT(__nv_float2half_rn, unsigned short, float, "h", "f", "rn.f16.f32")

// The mode's name in CUDA and its name in PTX.
#define MODES(M, ...)                                                                              \
  M(rn, "rn", __VA_ARGS__)                                                                         \
  M(rz, "rz", __VA_ARGS__) M(ru, "rp", __VA_ARGS__) M(rd, "rm", __VA_ARGS__)
#define OP1(R, P, NAME, T, C, PTX, TYPE)                                                           \
  NV T NAME##_##R(T x) {                                                                           \
    T r;                                                                                           \
    asm(PTX "." P TYPE " %0, %1;" : "=" C(r) : C(x));                                              \
    return r;                                                                                      \
  }
#define OP2(R, P, NAME, T, C, PTX, TYPE)                                                           \
  NV T NAME##_##R(T x, T y) {                                                                      \
    T r;                                                                                           \
    asm(PTX "." P TYPE " %0, %1, %2;" : "=" C(r) : C(x), C(y));                                    \
    return r;                                                                                      \
  }
#define OP3(R, P, NAME, T, C, PTX, TYPE)                                                           \
  NV T NAME##_##R(T x, T y, T z) {                                                                 \
    T r;                                                                                           \
    asm(PTX "." P TYPE " %0, %1, %2, %3;" : "=" C(r) : C(x), C(y), C(z));                          \
    return r;                                                                                      \
  }
MODES(OP2, __nv_fadd, float, "f", "add", ".f32")
MODES(OP2, __nv_fsub, float, "f", "sub", ".f32")
MODES(OP2, __nv_fmul, float, "f", "mul", ".f32")
MODES(OP2, __nv_fdiv, float, "f", "div", ".f32")
MODES(OP1, __nv_frcp, float, "f", "rcp", ".f32")
MODES(OP1, __nv_fsqrt, float, "f", "sqrt", ".f32")
MODES(OP3, __nv_fmaf, float, "f", "fma", ".f32")
MODES(OP3, __nv_fmaf_ieee, float, "f", "fma", ".f32")
MODES(OP2, __nv_dadd, double, "d", "add", ".f64")
MODES(OP2, __nv_dsub, double, "d", "sub", ".f64")
MODES(OP2, __nv_dmul, double, "d", "mul", ".f64")
MODES(OP2, __nv_ddiv, double, "d", "div", ".f64")
MODES(OP1, __nv_drcp, double, "d", "rcp", ".f64")
MODES(OP1, __nv_dsqrt, double, "d", "sqrt", ".f64")
MODES(OP3, __nv_fma, double, "d", "fma", ".f64")
