// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mma.sp (PTX ISA 9.7.14.6): A is expanded with its zeros, then multiplied as in mma.sync. A
// function takes the registers of A and B, the metadata and the selector as one array, then C;
// those of integers give A * B alone.
#include "matrix.h"

namespace {

using namespace devicelib;

template <typename TypeA, typename TypeB, unsigned K>
AW_INLINE void multiply(float* acc, const uint32_t* operands) {
  constexpr unsigned E = 32 / TypeA::kBits;
  constexpr unsigned kA = 16 * (K / 2) / E / kLanes, kB = 8 * K / E / kLanes;
  alignas(64) float a[16 * K / 2], rows[16 * K], b[K * 8];
  unpack<TypeA>(a, operands, kA);
  unpackB<TypeB, 8, K>(b, operands + kA * kLanes);
  const uint32_t* indices = operands + (kA + kB) * kLanes;
  expand<TypeA, K>(rows, a, indices, indices[kLanes]);
  product<16, 8, K>(acc, Rows<float, K>{rows}, b);
}

template <typename TypeA, typename TypeB, unsigned K>
AW_INLINE void sparseFloat(float* d, const uint32_t* operands, const float* c) {
  alignas(64) float acc[16 * 8];
  rowsOfC<16, 8>(acc, c);
  multiply<TypeA, TypeB, K>(acc, operands);
  registersOfC<16, 8>(d, acc);
}

template <typename TypeA, typename TypeB, unsigned K>
AW_INLINE void sparseInteger(uint32_t* d, const uint32_t* operands) {
  alignas(64) float acc[16 * 8] = {}, sums[16 * 8];
  multiply<TypeA, TypeB, K>(acc, operands);
  registersOfC<16, 8>(sums, acc);
  toIntegers(d, sums, 16 * 8);
}

} // namespace

#define SPARSE_FLOAT(K, NAME, A, B)                                                                \
  PTX void ptx_gang_mma_sp_m16n8k##K##_##NAME(uint32_t, float* d, const uint32_t* operands,        \
                                              const float* c) {                                    \
    sparseFloat<A, B, K>(d, operands, c);                                                          \
  }
#define SPARSE_INTEGER(K, NAME, A, B)                                                              \
  PTX void ptx_gang_mma_sp_m16n8k##K##_##NAME(uint32_t, uint32_t* d, const uint32_t* operands) {   \
    sparseInteger<A, B, K>(d, operands);                                                           \
  }
SPARSE_FLOAT(16, f16_f16, F16, F16)
SPARSE_FLOAT(32, f16_f16, F16, F16)
SPARSE_FLOAT(16, bf16_bf16, Bf16, Bf16)
SPARSE_FLOAT(32, bf16_bf16, Bf16, Bf16)
SPARSE_FLOAT(8, tf32_tf32, Tf32, Tf32)
SPARSE_FLOAT(16, tf32_tf32, Tf32, Tf32)
SPARSE_FLOAT(64, e4m3_e4m3, E4m3, E4m3)
SPARSE_FLOAT(64, e4m3_e5m2, E4m3, E5m2)
SPARSE_FLOAT(64, e5m2_e4m3, E5m2, E4m3)
SPARSE_FLOAT(64, e5m2_e5m2, E5m2, E5m2)

#define SPARSE_INTEGERS(K1, K2, NAME, A, B)                                                        \
  SPARSE_INTEGER(K1, NAME, A, B)                                                                   \
  SPARSE_INTEGER(K2, NAME, A, B)
SPARSE_INTEGERS(32, 64, s8_s8, S8, S8)
SPARSE_INTEGERS(32, 64, s8_u8, S8, U8)
SPARSE_INTEGERS(32, 64, u8_s8, U8, S8)
SPARSE_INTEGERS(32, 64, u8_u8, U8, U8)
SPARSE_INTEGERS(64, 128, s4_s4, S4, S4)
SPARSE_INTEGERS(64, 128, s4_u4, S4, U4)
SPARSE_INTEGERS(64, 128, u4_s4, U4, S4)
SPARSE_INTEGERS(64, 128, u4_u4, U4, U4)
