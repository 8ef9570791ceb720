// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The vector types of CUDA C++ (char1 ... double4, dim3) with the alignments of the CUDA C++
// Programming Guide, section "Built-in Vector Types". Plain structs, usable from C and C++.
#pragma once
#define __VECTOR_TYPES_H__ // programs test for it

#include "anywarp/cuda_version.h"

#define AW_VECTOR(type, element, align1, align2, align4)                                           \
  struct __attribute__((aligned(align1))) type##1 {                                                \
    element x;                                                                                     \
  };                                                                                               \
  struct __attribute__((aligned(align2))) type##2 {                                                \
    element x, y;                                                                                  \
  };                                                                                               \
  struct __attribute__((aligned(align1))) type##3 {                                                \
    element x, y, z;                                                                               \
  };                                                                                               \
  struct __attribute__((aligned(align4))) type##4 {                                                \
    element x, y, z, w;                                                                            \
  };                                                                                               \
  typedef struct type##1 type##1;                                                                  \
  typedef struct type##2 type##2;                                                                  \
  typedef struct type##3 type##3;                                                                  \
  typedef struct type##4 type##4;

AW_VECTOR(char, signed char, 1, 2, 4)
AW_VECTOR(uchar, unsigned char, 1, 2, 4)
AW_VECTOR(short, short, 2, 4, 8)
AW_VECTOR(ushort, unsigned short, 2, 4, 8)
AW_VECTOR(int, int, 4, 8, 16)
AW_VECTOR(uint, unsigned int, 4, 8, 16)
AW_VECTOR(long, long int, 8, 16, 16)
AW_VECTOR(ulong, unsigned long, 8, 16, 16)
AW_VECTOR(longlong, long long int, 8, 16, 16)
AW_VECTOR(ulonglong, unsigned long long int, 8, 16, 16)
AW_VECTOR(float, float, 4, 8, 16)
AW_VECTOR(double, double, 8, 16, 16)
#undef AW_VECTOR

#if CUDART_VERSION >= 13000
// CUDA 13 names the alignment of 32-byte vectors.
#define AW_VECTOR4(type, element, align)                                                           \
  struct __attribute__((aligned(align))) type##4_##align##a {                                      \
    element x, y, z, w;                                                                            \
  };                                                                                               \
  typedef struct type##4_##align##a type##4_##align##a;

AW_VECTOR4(long, long int, 16)
AW_VECTOR4(long, long int, 32)
AW_VECTOR4(ulong, unsigned long int, 16)
AW_VECTOR4(ulong, unsigned long int, 32)
AW_VECTOR4(longlong, long long int, 16)
AW_VECTOR4(longlong, long long int, 32)
AW_VECTOR4(ulonglong, unsigned long long int, 16)
AW_VECTOR4(ulonglong, unsigned long long int, 32)
AW_VECTOR4(double, double, 16)
AW_VECTOR4(double, double, 32)
#undef AW_VECTOR4
#endif

// Grid and block shapes; what is left out is 1.
struct dim3 {
  unsigned int x, y, z;
#ifdef __cplusplus
#ifdef __CUDA__
#define AW_DIM3 __attribute__((host)) __attribute__((device)) constexpr
#elif __cplusplus >= 201103L
#define AW_DIM3 constexpr
#else
#define AW_DIM3
#endif
  AW_DIM3 dim3(unsigned int vx = 1, unsigned int vy = 1, unsigned int vz = 1)
      : x(vx), y(vy), z(vz) {}
  AW_DIM3 dim3(uint3 v) : x(v.x), y(v.y), z(v.z) {}
#if __cplusplus >= 201103L
  AW_DIM3 operator uint3() const { return uint3{x, y, z}; }
#endif
#undef AW_DIM3
#endif
};
typedef struct dim3 dim3;
