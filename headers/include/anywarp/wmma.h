// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fragments, loads, stores and products of mma.h, one line for each combination of the programming
// guide's table. The builtins are clang's, one for each PTX instruction. Not for direct use: mma.h
// includes it, inside its namespace.

#define AW_FRAGMENT(USE, M, N, K, T, LAYOUT, ELEMENT, STORAGE, ELEMENTS, WORDS)                    \
  template <>                                                                                      \
  class fragment<USE, M, N, K, T, LAYOUT>                                                          \
      : public __aw_fragment<ELEMENT, STORAGE, ELEMENTS, WORDS> {};
#define AW_LOAD(USE, M, N, K, T, LAYOUT, POINTER, BUILTIN)                                         \
  AW_DEVICE void load_matrix_sync(fragment<USE, M, N, K, T, LAYOUT>& f, const POINTER* p,          \
                                  unsigned ldm) {                                                  \
    BUILTIN(__aw_registers{f.x}, __aw_registers{p}, ldm, __aw_layout<LAYOUT>::value);              \
  }

// A factor: type, shape, numbers a thread holds of a and b, what they are loaded from, builtins.
#define AW_FACTOR(T, M, N, K, ELEMENT, A, B, LOAD_A, LOAD_B)                                       \
  AW_FRAGMENT(matrix_a, M, N, K, T, row_major, ELEMENT, ELEMENT, A, A)                             \
  AW_FRAGMENT(matrix_a, M, N, K, T, col_major, ELEMENT, ELEMENT, A, A)                             \
  AW_FRAGMENT(matrix_b, M, N, K, T, row_major, ELEMENT, ELEMENT, B, B)                             \
  AW_FRAGMENT(matrix_b, M, N, K, T, col_major, ELEMENT, ELEMENT, B, B)                             \
  AW_LOAD(matrix_a, M, N, K, T, row_major, ELEMENT, LOAD_A)                                        \
  AW_LOAD(matrix_a, M, N, K, T, col_major, ELEMENT, LOAD_A)                                        \
  AW_LOAD(matrix_b, M, N, K, T, row_major, ELEMENT, LOAD_B)                                        \
  AW_LOAD(matrix_b, M, N, K, T, col_major, ELEMENT, LOAD_B)
AW_FACTOR(__half, 16, 16, 16, __half, 16, 16, __hmma_m16n16k16_ld_a, __hmma_m16n16k16_ld_b)
AW_FACTOR(__half, 32, 8, 16, __half, 16, 16, __hmma_m32n8k16_ld_a, __hmma_m32n8k16_ld_b)
AW_FACTOR(__half, 8, 32, 16, __half, 16, 16, __hmma_m8n32k16_ld_a, __hmma_m8n32k16_ld_b)
AW_FACTOR(signed char, 16, 16, 16, signed char, 8, 8, __imma_m16n16k16_ld_a_s8,
          __imma_m16n16k16_ld_b_s8)
AW_FACTOR(signed char, 32, 8, 16, signed char, 16, 4, __imma_m32n8k16_ld_a_s8,
          __imma_m32n8k16_ld_b_s8)
AW_FACTOR(signed char, 8, 32, 16, signed char, 4, 16, __imma_m8n32k16_ld_a_s8,
          __imma_m8n32k16_ld_b_s8)
AW_FACTOR(unsigned char, 16, 16, 16, unsigned char, 8, 8, __imma_m16n16k16_ld_a_u8,
          __imma_m16n16k16_ld_b_u8)
AW_FACTOR(unsigned char, 32, 8, 16, unsigned char, 16, 4, __imma_m32n8k16_ld_a_u8,
          __imma_m32n8k16_ld_b_u8)
AW_FACTOR(unsigned char, 8, 32, 16, unsigned char, 4, 16, __imma_m8n32k16_ld_a_u8,
          __imma_m8n32k16_ld_b_u8)
AW_FACTOR(__nv_bfloat16, 16, 16, 16, __nv_bfloat16, 8, 8, __mma_bf16_m16n16k16_ld_a,
          __mma_bf16_m16n16k16_ld_b)
AW_FACTOR(__nv_bfloat16, 32, 8, 16, __nv_bfloat16, 16, 4, __mma_bf16_m32n8k16_ld_a,
          __mma_bf16_m32n8k16_ld_b)
AW_FACTOR(__nv_bfloat16, 8, 32, 16, __nv_bfloat16, 4, 16, __mma_bf16_m8n32k16_ld_a,
          __mma_bf16_m8n32k16_ld_b)
AW_FACTOR(precision::tf32, 16, 16, 8, float, 4, 4, __mma_tf32_m16n16k8_ld_a,
          __mma_tf32_m16n16k8_ld_b)
AW_FACTOR(double, 8, 8, 4, double, 1, 1, __dmma_m8n8k4_ld_a, __dmma_m8n8k4_ld_b)
#undef AW_FACTOR

// Numbers smaller than a byte are packed in words; a goes by rows and b by columns.
#define AW_PACKED(T, K, STORAGE, LOAD_A, LOAD_B)                                                   \
  AW_FRAGMENT(matrix_a, 8, 8, K, T, row_major, T, STORAGE, K / 4, 1)                               \
  AW_FRAGMENT(matrix_b, 8, 8, K, T, col_major, T, STORAGE, K / 4, 1)                               \
  AW_LOAD(matrix_a, 8, 8, K, T, row_major, void, LOAD_A)                                           \
  AW_LOAD(matrix_b, 8, 8, K, T, col_major, void, LOAD_B)
AW_PACKED(experimental::precision::s4, 32, int, __imma_m8n8k32_ld_a_s4, __imma_m8n8k32_ld_b_s4)
AW_PACKED(experimental::precision::u4, 32, unsigned, __imma_m8n8k32_ld_a_u4, __imma_m8n8k32_ld_b_u4)
AW_PACKED(experimental::precision::b1, 128, unsigned, __bmma_m8n8k128_ld_a_b1,
          __bmma_m8n8k128_ld_b_b1)
#undef AW_PACKED

// A sum: type, shape, numbers of a thread, builtins.
#define AW_SUM(T, M, N, K, ELEMENTS, LOAD, STORE)                                                  \
  AW_FRAGMENT(accumulator, M, N, K, T, void, T, T, ELEMENTS, ELEMENTS)                             \
  AW_DEVICE void load_matrix_sync(fragment<accumulator, M, N, K, T>& f, const T* p, unsigned ldm,  \
                                  layout_t layout) {                                               \
    if (layout == mem_row_major)                                                                   \
      LOAD(__aw_registers{f.x}, __aw_registers{p}, ldm, 0);                                        \
    else                                                                                           \
      LOAD(__aw_registers{f.x}, __aw_registers{p}, ldm, 1);                                        \
  }                                                                                                \
  AW_DEVICE void store_matrix_sync(T* p, const fragment<accumulator, M, N, K, T>& f, unsigned ldm, \
                                   layout_t layout) {                                              \
    if (layout == mem_row_major)                                                                   \
      STORE(__aw_registers{p}, __aw_registers{f.x}, ldm, 0);                                       \
    else                                                                                           \
      STORE(__aw_registers{p}, __aw_registers{f.x}, ldm, 1);                                       \
  }
AW_SUM(__half, 16, 16, 16, 8, __hmma_m16n16k16_ld_c_f16, __hmma_m16n16k16_st_c_f16)
AW_SUM(__half, 32, 8, 16, 8, __hmma_m32n8k16_ld_c_f16, __hmma_m32n8k16_st_c_f16)
AW_SUM(__half, 8, 32, 16, 8, __hmma_m8n32k16_ld_c_f16, __hmma_m8n32k16_st_c_f16)
AW_SUM(float, 16, 16, 16, 8, __hmma_m16n16k16_ld_c_f32, __hmma_m16n16k16_st_c_f32)
AW_SUM(float, 32, 8, 16, 8, __hmma_m32n8k16_ld_c_f32, __hmma_m32n8k16_st_c_f32)
AW_SUM(float, 8, 32, 16, 8, __hmma_m8n32k16_ld_c_f32, __hmma_m8n32k16_st_c_f32)
AW_SUM(float, 16, 16, 8, 8, __mma_tf32_m16n16k8_ld_c, __mma_m16n16k8_st_c_f32)
AW_SUM(int, 16, 16, 16, 8, __imma_m16n16k16_ld_c, __imma_m16n16k16_st_c_i32)
AW_SUM(int, 32, 8, 16, 8, __imma_m32n8k16_ld_c, __imma_m32n8k16_st_c_i32)
AW_SUM(int, 8, 32, 16, 8, __imma_m8n32k16_ld_c, __imma_m8n32k16_st_c_i32)
AW_SUM(int, 8, 8, 32, 2, __imma_m8n8k32_ld_c, __imma_m8n8k32_st_c_i32)
AW_SUM(int, 8, 8, 128, 2, __bmma_m8n8k128_ld_c, __bmma_m8n8k128_st_c_i32)
AW_SUM(double, 8, 8, 4, 2, __dmma_m8n8k4_ld_c, __dmma_m8n8k4_st_c_f64)
#undef AW_SUM

// The builtins number the four pairs of layouts: row-row, row-col, col-row, col-col.
#define AW_OPERANDS                                                                                \
  __aw_registers{d.x}, __aw_registers{a.x}, __aw_registers{b.x}, __aw_registers{c.x},              \
      2 * __aw_layout<LA>::value + __aw_layout<LB>::value
#define AW_PRODUCT_SIGNATURE(T, M, N, K, TD, TC)                                                   \
  AW_DEVICE void mma_sync(fragment<accumulator, M, N, K, TD>& d,                                   \
                          const fragment<matrix_a, M, N, K, T, LA>& a,                             \
                          const fragment<matrix_b, M, N, K, T, LB>& b,                             \
                          const fragment<accumulator, M, N, K, TC>& c, bool satf = false)
// Halves and integers saturate when asked.
#define AW_SATURATING(T, M, N, K, TD, TC, BUILTIN)                                                 \
  template <class LA, class LB> AW_PRODUCT_SIGNATURE(T, M, N, K, TD, TC) {                         \
    if (satf)                                                                                      \
      BUILTIN(AW_OPERANDS, 1);                                                                     \
    else                                                                                           \
      BUILTIN(AW_OPERANDS, 0);                                                                     \
  }
#define AW_PRODUCT(T, M, N, K, TD, BUILTIN)                                                        \
  template <class LA, class LB> AW_PRODUCT_SIGNATURE(T, M, N, K, TD, TD) {                         \
    (void)satf;                                                                                    \
    BUILTIN(AW_OPERANDS, 0);                                                                       \
  }
#define AW_PRODUCTS_OF_HALF(M, N, K)                                                               \
  AW_SATURATING(__half, M, N, K, __half, __half, __hmma_m##M##n##N##k##K##_mma_f16f16)             \
  AW_SATURATING(__half, M, N, K, float, __half, __hmma_m##M##n##N##k##K##_mma_f32f16)              \
  AW_SATURATING(__half, M, N, K, float, float, __hmma_m##M##n##N##k##K##_mma_f32f32)               \
  AW_SATURATING(__half, M, N, K, __half, float, __hmma_m##M##n##N##k##K##_mma_f16f32)              \
  AW_SATURATING(signed char, M, N, K, int, int, __imma_m##M##n##N##k##K##_mma_s8)                  \
  AW_SATURATING(unsigned char, M, N, K, int, int, __imma_m##M##n##N##k##K##_mma_u8)                \
  AW_PRODUCT(__nv_bfloat16, M, N, K, float, __mma_bf16_m##M##n##N##k##K##_mma_f32)
AW_PRODUCTS_OF_HALF(16, 16, 16)
AW_PRODUCTS_OF_HALF(32, 8, 16)
AW_PRODUCTS_OF_HALF(8, 32, 16)
AW_PRODUCT(precision::tf32, 16, 16, 8, float, __mma_tf32_m16n16k8_mma_f32)
AW_PRODUCT(double, 8, 8, 4, double, __dmma_m8n8k4_mma_f64)
AW_SATURATING(experimental::precision::s4, 8, 8, 32, int, int, __imma_m8n8k32_mma_s4)
AW_SATURATING(experimental::precision::u4, 8, 8, 32, int, int, __imma_m8n8k32_mma_u4)
#undef AW_PRODUCTS_OF_HALF
#undef AW_PRODUCT
#undef AW_SATURATING
#undef AW_PRODUCT_SIGNATURE
#undef AW_OPERANDS

#define AW_BITS(OP)                                                                                \
  __bmma_m8n8k128_mma_##OP##_popc_b1(__aw_registers{d.x}, __aw_registers{a.x},                     \
                                     __aw_registers{b.x}, __aw_registers{c.x}, 1)
AW_DEVICE void
bmma_sync(fragment<accumulator, 8, 8, 128, int>& d,
          const fragment<matrix_a, 8, 8, 128, experimental::precision::b1, row_major>& a,
          const fragment<matrix_b, 8, 8, 128, experimental::precision::b1, col_major>& b,
          const fragment<accumulator, 8, 8, 128, int>& c,
          experimental::bmmaBitOp op = experimental::bmmaBitOpXOR,
          experimental::bmmaAccumulateOp = experimental::bmmaAccumulateOpPOPC) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  if (op == experimental::bmmaBitOpAND) {
    AW_BITS(and);
    return;
  }
#endif
  (void)op;
  AW_BITS(xor);
}
#undef AW_BITS
#undef AW_LOAD
#undef AW_FRAGMENT
