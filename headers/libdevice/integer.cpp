// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Integer functions of libdevice: bit counting and reversal, high products, averages, absolute
// differences, and the reinterpretations between integers and floats.
#include "libdevice.h"

using u32 = unsigned int;
using i64 = long long;
using u64 = unsigned long long;
__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

NV int __nv_abs(int x) {
  return x < 0 ? (int)(0u - (u32)x) : x;
}
NV i64 __nv_llabs(i64 x) {
  return x < 0 ? (i64)(0ull - (u64)x) : x;
}
NV int __nv_min(int a, int b) {
  return a < b ? a : b;
}
NV int __nv_max(int a, int b) {
  return a < b ? b : a;
}
NV u32 __nv_umin(u32 a, u32 b) {
  return a < b ? a : b;
}
NV u32 __nv_umax(u32 a, u32 b) {
  return a < b ? b : a;
}
NV i64 __nv_llmin(i64 a, i64 b) {
  return a < b ? a : b;
}
NV i64 __nv_llmax(i64 a, i64 b) {
  return a < b ? b : a;
}
NV u64 __nv_ullmin(u64 a, u64 b) {
  return a < b ? a : b;
}
NV u64 __nv_ullmax(u64 a, u64 b) {
  return a < b ? b : a;
}

NV u32 __nv_brev(u32 x) {
  return __builtin_bitreverse32(x);
}
NV u64 __nv_brevll(u64 x) {
  return __builtin_bitreverse64(x);
}
NV int __nv_clz(int x) {
  return x ? __builtin_clz((u32)x) : 32;
}
NV int __nv_clzll(i64 x) {
  return x ? __builtin_clzll((u64)x) : 64;
}
NV int __nv_popc(u32 x) {
  return __builtin_popcount(x);
}
NV int __nv_popcll(u64 x) {
  return __builtin_popcountll(x);
}
NV int __nv_ffs(int x) {
  return x ? __builtin_ctz((u32)x) + 1 : 0;
}
NV int __nv_ffsll(i64 x) {
  return x ? __builtin_ctzll((u64)x) + 1 : 0;
}
NV u32 __nv_byte_perm(u32 a, u32 b, u32 selector) {
  // Only the low three bits of each selector nibble count; prmt's sign replication is another
  // function.
  return (u32)__nvvm_prmt(a, b, selector & 0x7777u);
}

NV int __nv_mul24(int a, int b) {
  return __nvvm_mul24_i(a, b);
}
NV u32 __nv_umul24(u32 a, u32 b) {
  return (u32)__nvvm_mul24_ui(a, b);
}
NV int __nv_mulhi(int a, int b) {
  return (int)(((i64)a * b) >> 32);
}
NV u32 __nv_umulhi(u32 a, u32 b) {
  return (u32)(((u64)a * b) >> 32);
}
NV i64 __nv_mul64hi(i64 a, i64 b) {
  return (i64)(((i128)a * b) >> 64);
}
NV u64 __nv_umul64hi(u64 a, u64 b) {
  return (u64)(((u128)a * b) >> 64);
}

NV int __nv_hadd(int a, int b) {
  return (int)(((i64)a + b) >> 1);
}
NV int __nv_rhadd(int a, int b) {
  return (int)(((i64)a + b + 1) >> 1);
}
NV u32 __nv_uhadd(u32 a, u32 b) {
  return (u32)(((u64)a + b) >> 1);
}
NV u32 __nv_urhadd(u32 a, u32 b) {
  return (u32)(((u64)a + b + 1) >> 1);
}
NV u32 __nv_sad(int a, int b, u32 c) {
  return c + (a < b ? (u32)b - (u32)a : (u32)a - (u32)b);
}
NV u32 __nv_usad(u32 a, u32 b, u32 c) {
  return c + (a < b ? b - a : a - b);
}

NV int __nv_float_as_int(float x) {
  return __builtin_bit_cast(int, x);
}
NV u32 __nv_float_as_uint(float x) {
  return __builtin_bit_cast(u32, x);
}
NV float __nv_int_as_float(int x) {
  return __builtin_bit_cast(float, x);
}
NV float __nv_uint_as_float(u32 x) {
  return __builtin_bit_cast(float, x);
}
NV i64 __nv_double_as_longlong(double x) {
  return __builtin_bit_cast(i64, x);
}
NV double __nv_longlong_as_double(i64 x) {
  return __builtin_bit_cast(double, x);
}
NV int __nv_double2hiint(double x) {
  return (int)(__builtin_bit_cast(u64, x) >> 32);
}
NV int __nv_double2loint(double x) {
  return (int)__builtin_bit_cast(u64, x);
}
NV double __nv_hiloint2double(int hi, int lo) {
  return __builtin_bit_cast(double, ((u64)(u32)hi << 32) | (u32)lo);
}
