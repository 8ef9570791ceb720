// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mma.sync and wmma.mma (PTX ISA 9.7.14.5, 9.7.14.4.5). A function takes the registers of A and B
// as one array and C as another; those of integers give A * B alone. See matrix.h for fragments.
#include "matrix.h"

PTX double ptx_fma_rz_f64(double a, double b, double c);
PTX double ptx_fma_rm_f64(double a, double b, double c);
PTX double ptx_fma_rp_f64(double a, double b, double c);

namespace {

using namespace devicelib;

// acc[M][N] += A * B.
template <typename TypeA, typename TypeB, unsigned M, unsigned N, unsigned K>
AW_INLINE void multiply(float* acc, const uint32_t* ab) {
  constexpr unsigned E = 32 / TypeA::kBits, kRegisters = M * K / E / kLanes;
  alignas(64) float a[M * K], b[K * N];
  unpack<TypeA>(a, ab, kRegisters);
  unpackB<TypeB, N, K>(b, ab + kRegisters * kLanes);
  product<M, N, K>(acc, Fragment<float, M, K, E>{a}, b);
}

template <typename TypeA, typename TypeB, unsigned M, unsigned N, unsigned K>
AW_INLINE void mmaFloat(float* d, const uint32_t* ab, const float* c) {
  alignas(64) float acc[M * N];
  rowsOfC<M, N>(acc, c);
  multiply<TypeA, TypeB, M, N, K>(acc, ab);
  registersOfC<M, N>(d, acc);
}

template <typename TypeA, typename TypeB, unsigned M, unsigned N, unsigned K>
AW_INLINE void mmaInteger(uint32_t* d, const uint32_t* ab) {
  alignas(64) float acc[M * N] = {};
  alignas(64) float sums[M * N];
  multiply<TypeA, TypeB, M, N, K>(acc, ab);
  registersOfC<M, N>(sums, acc);
  toIntegers(d, sums, M * N);
}

template <unsigned M, unsigned K> AW_INLINE void mmaDouble(double* d, const double* abc) {
  constexpr unsigned kA = M * K / kLanes, kB = 8 * K / kLanes;
  alignas(64) double b[K * 8], acc[M * 8];
  for (unsigned chunk = 0; chunk < kB; chunk++)
    for (unsigned lane = 0; lane < kLanes; lane++)
      b[(4 * chunk + lane % 4) * 8 + lane / 4] = abc[(kA + chunk) * kLanes + lane];
  rowsOfC<M, 8>(acc, abc + (kA + kB) * kLanes);
  product<M, 8, K>(acc, Fragment<double, M, K, 1>{abc}, b);
  registersOfC<M, 8>(d, acc);
}

template <unsigned M, unsigned K>
AW_INLINE void mmaDoubleRounded(double* d, const double* abc,
                                double (*fma)(double, double, double)) {
  constexpr unsigned kA = M * K / kLanes, kB = 8 * K / kLanes;
  const double *b = abc + kA * kLanes, *c = b + kB * kLanes;
  Fragment<double, M, K, 1> a{abc};
  for (unsigned m = 0; m < M; m++)
    for (unsigned n = 0; n < 8; n++) {
      unsigned at = (registerOfC<M>(m / 8, 0) + n % 2) * kLanes + 4 * (m % 8) + n / 2;
      double sum = c[at];
      for (unsigned k = 0; k < K; k++)
        sum = fma(a.at(m / 8, k)[4 * (m % 8)], b[k / 4 * kLanes + 4 * n + k % 4], sum);
      d[at] = sum;
    }
}

} // namespace

// mma.m8n8k4 of f16 (PTX ISA 9.7.14.5.1): lanes 4q ... 4q + 3 and 16 + 4q ... are a quad pair with
// an 8x8 product of its own. ab: two registers of A, two of B and the flags: 1 A by columns, 2 B by
// rows, 4 C and 8 D in the layout of f16.
PTX void ptx_gang_mma_m8n8k4_f16(uint32_t, float* d, const uint32_t* ab, const float* c) {
  uint32_t flags = ab[4 * kLanes];
  alignas(64) float a[4 * kLanes], b[4 * kLanes]; // [2 * register + half][lane]
  unpack<F16>(a, ab, 2);
  unpack<F16>(b, ab + 2 * kLanes, 2);
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

#define MMA_FLOAT(M, N, K, NAME, A, B)                                                             \
  PTX void ptx_gang_mma_m##M##n##N##k##K##_##NAME(uint32_t, float* d, const uint32_t* ab,          \
                                                  const float* c) {                                \
    mmaFloat<A, B, M, N, K>(d, ab, c);                                                             \
  }
#define MMA_INTEGER(M, N, K, NAME, A, B)                                                           \
  PTX void ptx_gang_mma_m##M##n##N##k##K##_##NAME(uint32_t, uint32_t* d, const uint32_t* ab) {     \
    mmaInteger<A, B, M, N, K>(d, ab);                                                              \
  }
#define WMMA_SHAPES(MMA, NAME, A, B)                                                               \
  MMA(16, 16, 16, NAME, A, B)                                                                      \
  MMA(8, 32, 16, NAME, A, B)                                                                       \
  MMA(32, 8, 16, NAME, A, B)

MMA_FLOAT(16, 8, 8, f16_f16, F16, F16)
MMA_FLOAT(16, 8, 16, f16_f16, F16, F16)
WMMA_SHAPES(MMA_FLOAT, f16_f16, F16, F16)
MMA_FLOAT(16, 8, 8, bf16_bf16, Bf16, Bf16)
MMA_FLOAT(16, 8, 16, bf16_bf16, Bf16, Bf16)
WMMA_SHAPES(MMA_FLOAT, bf16_bf16, Bf16, Bf16)
MMA_FLOAT(16, 8, 4, tf32_tf32, Tf32, Tf32)
MMA_FLOAT(16, 8, 8, tf32_tf32, Tf32, Tf32)
MMA_FLOAT(16, 16, 8, tf32_tf32, Tf32, Tf32)

#define MMA_FP8(NAME, A, B)                                                                        \
  MMA_FLOAT(16, 8, 16, NAME, A, B)                                                                 \
  MMA_FLOAT(16, 8, 32, NAME, A, B)
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

#define MMA_BITS(M, K)                                                                             \
  PTX void ptx_gang_mma_m##M##n8k##K##_b1_b1_xor(uint32_t, uint32_t* d, const uint32_t* ab) {      \
    bitCounts<true, M, K>(d, ab, ab + M * K / 32);                                                 \
  }                                                                                                \
  PTX void ptx_gang_mma_m##M##n8k##K##_b1_b1_and(uint32_t, uint32_t* d, const uint32_t* ab) {      \
    bitCounts<false, M, K>(d, ab, ab + M * K / 32);                                                \
  }
MMA_BITS(8, 128)
MMA_BITS(16, 128)
MMA_BITS(16, 256)

#define MMA_DOUBLE(M, K)                                                                           \
  PTX void ptx_gang_mma_m##M##n8k##K##_f64_rn(uint32_t, double* d, const double* abc) {            \
    mmaDouble<M, K>(d, abc);                                                                       \
  }                                                                                                \
  PTX void ptx_gang_mma_m##M##n8k##K##_f64_rz(uint32_t, double* d, const double* abc) {            \
    mmaDoubleRounded<M, K>(d, abc, ptx_fma_rz_f64);                                                \
  }                                                                                                \
  PTX void ptx_gang_mma_m##M##n8k##K##_f64_rm(uint32_t, double* d, const double* abc) {            \
    mmaDoubleRounded<M, K>(d, abc, ptx_fma_rm_f64);                                                \
  }                                                                                                \
  PTX void ptx_gang_mma_m##M##n8k##K##_f64_rp(uint32_t, double* d, const double* abc) {            \
    mmaDoubleRounded<M, K>(d, abc, ptx_fma_rp_f64);                                                \
  }
MMA_DOUBLE(8, 4)
MMA_DOUBLE(16, 4)
MMA_DOUBLE(16, 8)
MMA_DOUBLE(16, 16)
