// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a source has before its first line in runtime compilation (NVRTC): the CUDA language without
// any #include, and of the standard library only what NVRTC's manual names. Compiled once and kept
// (runtime/frontend/prelude.h). Not for direct use.
#pragma once

// Clang's headers and ours put functions into std, which belongs to the program here.
#define std anywarp_std
#include "cuda_runtime.h"
#undef std

#undef CHAR_BIT
#undef INT_MAX
#undef INT_MIN
#undef UINT_MAX
#undef LONG_MAX
#undef ULONG_MAX
#undef HUGE_VAL
#undef HUGE_VALF
#undef INFINITY
#undef NAN
#undef FP_NAN
#undef FP_INFINITE
#undef FP_ZERO
#undef FP_SUBNORMAL
#undef FP_NORMAL

#define assert(condition)                                                                          \
  ((condition) ? static_cast<void>(0)                                                              \
               : __assertfail(#condition, __FILE__, __LINE__, __func__, sizeof(char)))

__device__ inline void* operator new(size_t, void* place) noexcept {
  return place;
}
__device__ inline void* operator new[](size_t, void* place) noexcept {
  return place;
}
__device__ inline void* operator new(size_t size) {
  return malloc(size);
}
__device__ inline void* operator new[](size_t size) {
  return malloc(size);
}
__device__ inline void operator delete(void* pointer) noexcept {
  free(pointer);
}
__device__ inline void operator delete[](void* pointer) noexcept {
  free(pointer);
}
__device__ inline void operator delete(void* pointer, size_t) noexcept {
  free(pointer);
}
__device__ inline void operator delete[](void* pointer, size_t) noexcept {
  free(pointer);
}

#if __cplusplus >= 201103L
namespace std {
typedef decltype(nullptr) nullptr_t;

// --builtin-initializer-list
template <class T> class initializer_list {
public:
  typedef T value_type;
  typedef const T& reference;
  typedef const T& const_reference;
  typedef size_t size_type;
  typedef const T* iterator;
  typedef const T* const_iterator;
  __device__ constexpr initializer_list() noexcept : begin_(nullptr), size_(0) {}
  __device__ constexpr size_t size() const noexcept { return size_; }
  __device__ constexpr const T* begin() const noexcept { return begin_; }
  __device__ constexpr const T* end() const noexcept { return begin_ + size_; }

private:
  __device__ constexpr initializer_list(const T* begin, size_t size) : begin_(begin), size_(size) {}
  const T* begin_;
  size_t size_;
};
template <class T> __device__ constexpr const T* begin(initializer_list<T> list) noexcept {
  return list.begin();
}
template <class T> __device__ constexpr const T* end(initializer_list<T> list) noexcept {
  return list.end();
}
} // namespace std
#endif

// The program is compiled for the device alone; it asks for NVRTC by __CUDACC_RTC__ and takes any
// of these for a host compiler with its libraries.
#undef __clang__
#undef __clang_major__
#undef __clang_minor__
#undef __clang_patchlevel__
#undef __clang_version__
#undef __llvm__
#undef __GNUC__
#undef __GNUC_MINOR__
#undef __GNUC_PATCHLEVEL__
#undef __GNUG__
#undef __GXX_ABI_VERSION
#undef __VERSION__
#undef __x86_64
#undef __x86_64__
#undef __amd64
#undef __amd64__
#undef __aarch64__
#undef __linux
#undef __linux__
#undef __gnu_linux__
#undef linux
#undef __unix
#undef __unix__
#undef unix
#undef __ELF__
#undef _GNU_SOURCE
