// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For the native variants: vectors as wide as the CPU's, in clang's own notation, so that one
// source is SSE, AVX2 and AVX-512 code. Every native.cpp is compiled once for each instruction set;
// run.py starts the program that fits.
#pragma once

#include "bench.h"

#include <omp.h>

namespace bench {

#if defined(__AVX512F__)
constexpr int kLanes = 16;
#elif defined(__AVX__)
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif

template <class T, int N> using Vector = T __attribute__((ext_vector_type(N)));
typedef float Floats __attribute__((ext_vector_type(kLanes)));
typedef int32_t Ints __attribute__((ext_vector_type(kLanes)));
typedef uint32_t Words __attribute__((ext_vector_type(kLanes)));

// Unaligned loads and stores.
template <class V, class T> inline V load(const T* p) {
  V v;
  std::memcpy(&v, p, sizeof v);
  return v;
}
template <class V, class T> inline void store(T* p, V v) {
  std::memcpy(p, &v, sizeof v);
}

inline Floats sqrt(Floats v) {
  return __builtin_elementwise_sqrt(v);
}

// Past the caches: for results that are larger than they are. `p` is aligned to the vector.
template <class V, class T> inline void stream(T* p, V v) {
  __builtin_nontemporal_store(v, reinterpret_cast<V*>(p));
}

// Memory aligned for whole vectors; not initialised.
template <class T> struct Aligned {
  T* data;
  explicit Aligned(size_t n)
      : data(static_cast<T*>(std::aligned_alloc(64, (n * sizeof(T) + 63) / 64 * 64))) {}
  Aligned(const Aligned&) = delete;
  ~Aligned() { std::free(data); }
  operator T*() const { return data; }
};

} // namespace bench
