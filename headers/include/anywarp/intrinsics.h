// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Device intrinsics that clang's headers leave out: cache-hinted loads and stores, byte dot
// products, sleeping. Not for direct use: cuda_runtime.h includes it.
#pragma once

#define AW_DEVICE static __device__ __inline__ __attribute__((always_inline))

// Cache operators are hints: without them the same value is read and written.
template <class T> AW_DEVICE T __ldca(const T* p) {
  return *p;
}
template <class T> AW_DEVICE T __ldcg(const T* p) {
  return *p;
}
template <class T> AW_DEVICE T __ldcs(const T* p) {
  return *p;
}
template <class T> AW_DEVICE T __ldlu(const T* p) {
  return *p;
}
// .cv fetches again at each call, .wt writes at each: volatile words, as classes have no volatile
// copies.
template <unsigned Alignment> struct __aw_word_of {
  typedef unsigned long long type;
};
template <> struct __aw_word_of<4> {
  typedef unsigned int type;
};
template <> struct __aw_word_of<2> {
  typedef unsigned short type;
};
template <> struct __aw_word_of<1> {
  typedef unsigned char type;
};
template <class T> AW_DEVICE T __ldcv(const T* p) {
  typedef typename __aw_word_of<alignof(T)>::type Word;
  Word words[sizeof(T) / sizeof(Word)];
  for (unsigned i = 0; i < sizeof(T) / sizeof(Word); ++i)
    words[i] = ((const volatile Word*)p)[i];
  T value;
  __builtin_memcpy(&value, words, sizeof value);
  return value;
}
template <class T> AW_DEVICE void __stwb(T* p, T value) {
  *p = value;
}
template <class T> AW_DEVICE void __stcg(T* p, T value) {
  *p = value;
}
template <class T> AW_DEVICE void __stcs(T* p, T value) {
  *p = value;
}
template <class T> AW_DEVICE void __stwt(T* p, T value) {
  typedef typename __aw_word_of<alignof(T)>::type Word;
  Word words[sizeof(T) / sizeof(Word)];
  __builtin_memcpy(words, &value, sizeof value);
  for (unsigned i = 0; i < sizeof(T) / sizeof(Word); ++i)
    ((volatile Word*)p)[i] = words[i];
}

AW_DEVICE int __dp4a(int a, int b, int c) {
  int d;
  asm("dp4a.s32.s32 %0, %1, %2, %3;" : "=r"(d) : "r"(a), "r"(b), "r"(c));
  return d;
}
AW_DEVICE unsigned int __dp4a(unsigned int a, unsigned int b, unsigned int c) {
  unsigned int d;
  asm("dp4a.u32.u32 %0, %1, %2, %3;" : "=r"(d) : "r"(a), "r"(b), "r"(c));
  return d;
}
AW_DEVICE int __dp2a_lo(int a, int b, int c) {
  int d;
  asm("dp2a.lo.s32.s32 %0, %1, %2, %3;" : "=r"(d) : "r"(a), "r"(b), "r"(c));
  return d;
}
AW_DEVICE int __dp2a_hi(int a, int b, int c) {
  int d;
  asm("dp2a.hi.s32.s32 %0, %1, %2, %3;" : "=r"(d) : "r"(a), "r"(b), "r"(c));
  return d;
}
AW_DEVICE unsigned int __dp2a_lo(unsigned int a, unsigned int b, unsigned int c) {
  unsigned int d;
  asm("dp2a.lo.u32.u32 %0, %1, %2, %3;" : "=r"(d) : "r"(a), "r"(b), "r"(c));
  return d;
}
AW_DEVICE unsigned int __dp2a_hi(unsigned int a, unsigned int b, unsigned int c) {
  unsigned int d;
  asm("dp2a.hi.u32.u32 %0, %1, %2, %3;" : "=r"(d) : "r"(a), "r"(b), "r"(c));
  return d;
}

// The warp's own reductions (sm_80): every thread of the mask gets the result.
#if __CUDA_ARCH__ >= 800
#define AW_REDUCE(NAME, T, OPERATION)                                                              \
  AW_DEVICE T __reduce_##NAME##_sync(unsigned int mask, T value) {                                 \
    T result;                                                                                      \
    asm volatile("redux.sync." OPERATION " %0, %1, %2;"                                            \
                 : "=r"(result)                                                                    \
                 : "r"(value), "r"(mask)                                                           \
                 : "memory");                                                                      \
    return result;                                                                                 \
  }
AW_REDUCE(add, unsigned int, "add.u32")
AW_REDUCE(add, int, "add.s32")
AW_REDUCE(min, unsigned int, "min.u32")
AW_REDUCE(min, int, "min.s32")
AW_REDUCE(max, unsigned int, "max.u32")
AW_REDUCE(max, int, "max.s32")
AW_REDUCE(and, unsigned int, "and.b32")
AW_REDUCE(or, unsigned int, "or.b32")
AW_REDUCE(xor, unsigned int, "xor.b32")
#undef AW_REDUCE
#endif

#undef AW_DEVICE
