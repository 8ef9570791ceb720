// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mma.sync and wmma.mma (PTX ISA 9.7.14.5, 9.7.14.4.5) of the registers of A, B and C. Names:
// shape, types of A and B; _h: C and D are f16, _sat: integers saturate. See matrix.h.
#include "matrix_fragment.h"

PTX double ptx_fma_rz_f64(double a, double b, double c);
PTX double ptx_fma_rm_f64(double a, double b, double c);
PTX double ptx_fma_rp_f64(double a, double b, double c);

namespace {

using namespace devicelib;

template <Acc S, typename TypeA, typename TypeB, unsigned M, unsigned N, unsigned K, typename T>
AW_INLINE void mma(T* d, const uint32_t* a, const uint32_t* b, const T* c) {
  if constexpr (S == Acc::Wrap || S == Acc::Saturate)
    multiplyIntegers<S, TypeA, TypeB, M, N, K>(d, a, b, c);
  else
    multiplyFloats<S, TypeA, TypeB, M, N, K>(d, a, b, c);
}

template <unsigned M, unsigned K>
AW_INLINE void mmaDouble(double* d, const double* a, const double* b, const double* c) {
  alignas(64) double rows[K * 8], acc[M * 8];
  for (unsigned k = 0; k < K; k += 4)
    store(rows + k * 8, transpose8x4(load<Vec<double, 32>>(b + k * 8)));
  rowsOfC<M, 8>(acc, c);
  product<M, 8, K>(acc, Fragment<double, M, K, 1>{a}, rows);
  registersOfC<M, 8>(d, acc);
}

template <unsigned M, unsigned K>
AW_INLINE void mmaDoubleRounded(double* d, const double* a, const double* b, const double* c,
                                double (*fma)(double, double, double)) {
  Fragment<double, M, K, 1> fragment{a};
  for (unsigned m = 0; m < M; m++)
    for (unsigned n = 0; n < 8; n++) {
      unsigned at = (registerOfC<M>(m / 8, 0) + n % 2) * kLanes + 4 * (m % 8) + n / 2;
      double sum = c[at];
      for (unsigned k = 0; k < K; k++)
        sum = fma(fragment.at(m / 8, k)[4 * (m % 8)], b[k / 4 * kLanes + 4 * n + k % 4], sum);
      d[at] = sum;
    }
}

} // namespace

// mma.m8n8k4 of f16 (PTX ISA 9.7.14.5.1): lanes 4q ... 4q + 3 and 16 + 4q ... are a quad pair with
// an 8x8 product of its own. Flags: 1 A by columns, 2 B by rows, 4 C and 8 D in the layout of f16.
PTX void ptx_gang_mma_m8n8k4_f16(uint32_t, float* d, const uint32_t* wordsA, const uint32_t* wordsB,
                                 const uint32_t* flagWord, const float* c) {
  uint32_t flags = flagWord[0];
  alignas(64) float a[4 * kLanes], b[4 * kLanes]; // [2 * register + half][lane]
  unpack<F16>(a, wordsA, 2);
  unpack<F16>(b, wordsB, 2);
  for (unsigned lane = 0; lane < kLanes; lane++) {
    unsigned pair = lane & 12;
    auto laneOf = [pair](unsigned index) { return pair + index % 4 + (index >= 4 ? 16 : 0); };
    auto valueA = [&](unsigned row, unsigned k) {
      return flags & 1 ? a[row % 4 * kLanes + laneOf(k + row / 4 * 4)]
                       : a[k * kLanes + laneOf(row)];
    };
    auto valueB = [&](unsigned k, unsigned column) {
      return flags & 2 ? b[column % 4 * kLanes + laneOf(k + column / 4 * 4)]
                       : b[k * kLanes + laneOf(column)];
    };
    // Element i of a thread: f16 has a row each, f32 two half rows of pairs.
    auto position = [](unsigned thread, unsigned i, bool isHalf, unsigned& row, unsigned& column) {
      unsigned below = thread >= 16 ? 4 : 0;
      row = isHalf ? thread % 4 + below : (thread & 1) + (i & 2) + below;
      column = isHalf ? i : (i & 4) + (thread & 2) + (i & 1);
    };
    for (unsigned i = 0; i < 8; i++) {
      unsigned row, column;
      position(lane, i, flags & 8, row, column);
      float sum = 0;
      for (unsigned j = 0; j < 8 * 8; j++) { // where C has this element
        unsigned r, n, thread = laneOf(j / 8);
        position(thread, j % 8, flags & 4, r, n);
        sum = r == row && n == column ? c[j % 8 * kLanes + thread] : sum;
      }
      for (unsigned k = 0; k < 4; k++)
        sum = __builtin_fmaf(valueA(row, k), valueB(k, column), sum);
      d[i * kLanes + lane] = sum;
    }
  }
}

#define MMA(M, N, K, NAME, SUFFIX, SUM, T, A, B)                                                   \
  PTX void ptx_gang_mma_m##M##n##N##k##K##_##NAME##SUFFIX(uint32_t, T* d, const uint32_t* a,       \
                                                          const uint32_t* b, const T* c) {         \
    mma<Acc::SUM, A, B, M, N, K>(d, a, b, c);                                                      \
  }
#define MMA_FLOAT(M, N, K, NAME, A, B) MMA(M, N, K, NAME, , Float, float, A, B)
#define MMA_BOTH(M, N, K, NAME, A, B)                                                              \
  MMA_FLOAT(M, N, K, NAME, A, B)                                                                   \
  MMA(M, N, K, NAME, _h, Half, uint32_t, A, B)
#define MMA_INTEGER(M, N, K, NAME, A, B)                                                           \
  MMA(M, N, K, NAME, , Wrap, uint32_t, A, B)                                                       \
  MMA(M, N, K, NAME, _sat, Saturate, uint32_t, A, B)
#define WMMA_SHAPES(FORM, NAME, A, B)                                                              \
  FORM(16, 16, 16, NAME, A, B)                                                                     \
  FORM(8, 32, 16, NAME, A, B)                                                                      \
  FORM(32, 8, 16, NAME, A, B)

MMA_BOTH(16, 8, 8, f16_f16, F16, F16)
MMA_BOTH(16, 8, 16, f16_f16, F16, F16)
WMMA_SHAPES(MMA_BOTH, f16_f16, F16, F16)
MMA_FLOAT(16, 8, 8, bf16_bf16, Bf16, Bf16)
MMA_FLOAT(16, 8, 16, bf16_bf16, Bf16, Bf16)
WMMA_SHAPES(MMA_FLOAT, bf16_bf16, Bf16, Bf16)
MMA_FLOAT(16, 8, 4, tf32_tf32, Tf32, Tf32)
MMA_FLOAT(16, 8, 8, tf32_tf32, Tf32, Tf32)
MMA_FLOAT(16, 16, 8, tf32_tf32, Tf32, Tf32)

#define MMA_FP8(NAME, A, B)                                                                        \
  MMA_BOTH(16, 8, 16, NAME, A, B)                                                                  \
  MMA_BOTH(16, 8, 32, NAME, A, B)
MMA_FP8(e4m3_e4m3, E4m3, E4m3)
MMA_FP8(e4m3_e5m2, E4m3, E5m2)
MMA_FP8(e5m2_e4m3, E5m2, E4m3)
MMA_FP8(e5m2_e5m2, E5m2, E5m2)

#define MMA_INT8(NAME, A, B)                                                                       \
  MMA_INTEGER(8, 8, 16, NAME, A, B)                                                                \
  MMA_INTEGER(16, 8, 16, NAME, A, B)                                                               \
  MMA_INTEGER(16, 8, 32, NAME, A, B)                                                               \
  WMMA_SHAPES(MMA_INTEGER, NAME, A, B)
MMA_INT8(s8_s8, S8, S8)
MMA_INT8(s8_u8, S8, U8)
MMA_INT8(u8_s8, U8, S8)
MMA_INT8(u8_u8, U8, U8)

#define MMA_INT4(NAME, A, B)                                                                       \
  MMA_INTEGER(8, 8, 32, NAME, A, B)                                                                \
  MMA_INTEGER(16, 8, 32, NAME, A, B)                                                               \
  MMA_INTEGER(16, 8, 64, NAME, A, B)
MMA_INT4(s4_s4, S4, S4)
MMA_INT4(s4_u4, S4, U4)
MMA_INT4(u4_s4, U4, S4)
MMA_INT4(u4_u4, U4, U4)

#define MMA_BITS(M, K, OP, XOR)                                                                    \
  PTX void ptx_gang_mma_m##M##n8k##K##_b1_b1_##OP(uint32_t, uint32_t* d, const uint32_t* a,        \
                                                  const uint32_t* b, const uint32_t* c) {          \
    bitCounts<XOR, M, K>(d, a, b, c);                                                              \
  }
MMA_BITS(8, 128, xor, true)
MMA_BITS(8, 128, and, false)
MMA_BITS(16, 128, xor, true)
MMA_BITS(16, 128, and, false)
MMA_BITS(16, 256, xor, true)
MMA_BITS(16, 256, and, false)

#define MMA_DOUBLE(M, K, RND, CALL)                                                                \
  PTX void ptx_gang_mma_m##M##n8k##K##_f64_##RND(uint32_t, double* d, const double* a,             \
                                                 const double* b, const double* c) {               \
    CALL;                                                                                          \
  }
#define MMA_DOUBLES(M, K)                                                                          \
  MMA_DOUBLE(M, K, rn, (mmaDouble<M, K>(d, a, b, c)))                                              \
  MMA_DOUBLE(M, K, rz, (mmaDoubleRounded<M, K>(d, a, b, c, ptx_fma_rz_f64)))                       \
  MMA_DOUBLE(M, K, rm, (mmaDoubleRounded<M, K>(d, a, b, c, ptx_fma_rm_f64)))                       \
  MMA_DOUBLE(M, K, rp, (mmaDoubleRounded<M, K>(d, a, b, c, ptx_fma_rp_f64)))
MMA_DOUBLES(8, 4)
MMA_DOUBLES(16, 4)
MMA_DOUBLES(16, 8)
MMA_DOUBLES(16, 16)
