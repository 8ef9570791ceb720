// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Warp matrix functions, nvcuda::wmma, for the element types and shapes that the CUDA C++
// Programming Guide lists. Device code of clang only; each function is one wmma instruction of PTX.
#pragma once
#define __CUDA_MMA_H__ // programs test for it

#include "cuda_bf16.h"
#include "cuda_fp16.h"
#include "cuda_runtime.h"

#if defined(__CUDA__) && defined(__clang__) && defined(__cplusplus)
namespace nvcuda {
namespace wmma {

struct row_major;
struct col_major;
struct matrix_a;
struct matrix_b;
struct accumulator;
enum layout_t {
  mem_row_major,
  mem_col_major,
};

namespace precision {
struct tf32;
}
namespace experimental {
namespace precision {
struct u4;
struct s4;
struct b1;
} // namespace precision
enum bmmaBitOp {
  bmmaBitOpXOR = 1,
  bmmaBitOpAND = 2,
};
enum bmmaAccumulateOp {
  bmmaAccumulateOpPOPC = 1,
};
} // namespace experimental

// The part of a matrix that one thread holds: Storage words for Elements numbers.
template <class Element, class Storage, int Elements, int Words> struct __aw_fragment {
  typedef Element element_type;
  typedef Storage storage_element_type;
  enum {
    num_elements = Elements,
    num_storage_elements = Words,
  };
  __attribute__((aligned(8))) Storage x[Words];
};
template <class Use, int m, int n, int k, class T, class Layout = void> class fragment;

// What the builtins take: the fragment's registers.
struct __aw_registers {
  const void* data;
  template <class Word> __device__ operator Word*() const { return (Word*)data; }
};
template <class Layout> struct __aw_layout;
template <> struct __aw_layout<row_major> {
  enum { value = 0 };
};
template <> struct __aw_layout<col_major> {
  enum { value = 1 };
};

#define AW_DEVICE __device__ static inline __attribute__((always_inline))
#include "anywarp/wmma.h"
#undef AW_DEVICE

template <class Use, int m, int n, int k, class T, class Layout>
__device__ static inline __attribute__((always_inline)) void
fill_fragment(fragment<Use, m, n, k, T, Layout>& f,
              const typename fragment<Use, m, n, k, T, Layout>::storage_element_type& value) {
  for (int i = 0; i < fragment<Use, m, n, k, T, Layout>::num_storage_elements; ++i)
    f.x[i] = value;
}

// Rounds to the ten bits of tf32, ties away from zero.
__device__ static inline __attribute__((always_inline)) float __float_to_tf32(float value) {
  unsigned int bits;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(value));
  return __builtin_bit_cast(float, bits);
}

} // namespace wmma
} // namespace nvcuda
#endif
