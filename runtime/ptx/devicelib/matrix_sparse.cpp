// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mma.sp (PTX ISA 9.7.14.6): A is expanded with its zeros, then multiplied as in mma.sync. `more`
// are the registers of metadata and selector. Names as in matrix_mma.cpp.
#include "matrix.h"

namespace {

using namespace devicelib;

template <Acc S, typename TypeA, typename TypeB, unsigned K, typename T>
AW_INLINE void sparse(T* d, const uint32_t* a, const uint32_t* b, const uint32_t* more,
                      const T* c) {
  constexpr unsigned E = 32 / TypeA::kBits;
  alignas(64) float kept[16 * K / 2], rowsA[16 * K], rowsB[K * 8], acc[16 * 8];
  unpack<TypeA>(kept, a, 16 * (K / 2) / E / kLanes);
  unpackB<TypeB, 8, K>(rowsB, b);
  expand<TypeA, K>(rowsA, kept, more, more[kLanes]);
  begin<S, 16, 8>(acc, c);
  product<16, 8, K>(acc, Rows<float, K>{rowsA}, rowsB);
  end<S, 16, 8>(d, acc, c);
}

} // namespace

#define SPARSE(K, NAME, SUFFIX, SUM, T, A, B)                                                      \
  PTX void ptx_gang_mma_sp_m16n8k##K##_##NAME##SUFFIX(                                             \
      uint32_t, T* d, const uint32_t* a, const uint32_t* b, const uint32_t* more, const T* c) {    \
    sparse<Acc::SUM, A, B, K>(d, a, b, more, c);                                                   \
  }
#define SPARSE_FLOAT(K, NAME, A, B)                                                                \
  SPARSE(K, NAME, , Float, float, A, B)                                                            \
  SPARSE(K, NAME, _h, Half, uint32_t, A, B)
#define SPARSE_INTEGER(K, NAME, A, B)                                                              \
  SPARSE(K, NAME, , Wrap, uint32_t, A, B)                                                          \
  SPARSE(K, NAME, _sat, Saturate, uint32_t, A, B)
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
