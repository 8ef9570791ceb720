// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// std::move and std::forward of runtime compilation (--builtin-move-forward=true). Not for direct
// use.
#pragma once

#if __cplusplus >= 201103L
namespace anywarp_std_detail {
template <class T> struct Bare {
  typedef T type;
};
template <class T> struct Bare<T&> {
  typedef T type;
};
template <class T> struct Bare<T&&> {
  typedef T type;
};
} // namespace anywarp_std_detail

namespace std {
template <class T>
__host__ __device__ constexpr typename anywarp_std_detail::Bare<T>::type&&
move(T&& value) noexcept {
  return static_cast<typename anywarp_std_detail::Bare<T>::type&&>(value);
}
template <class T>
__host__ __device__ constexpr T&&
forward(typename anywarp_std_detail::Bare<T>::type& value) noexcept {
  return static_cast<T&&>(value);
}
template <class T>
__host__ __device__ constexpr T&&
forward(typename anywarp_std_detail::Bare<T>::type&& value) noexcept {
  return static_cast<T&&>(value);
}
} // namespace std
#endif
