// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What all cooperative groups share: where a thread stands, and how a value of any type travels
// through 32-bit shuffles. Not for direct use: cooperative_groups.h includes it.
#pragma once

#define AW_GROUP __device__ __inline__ __attribute__((always_inline))

namespace cooperative_groups {
namespace detail {

AW_GROUP unsigned int laneId() {
  return __nvvm_read_ptx_sreg_laneid();
}
AW_GROUP unsigned int lanesBelow() {
  return __nvvm_read_ptx_sreg_lanemask_lt();
}
AW_GROUP unsigned int threadInBlock() {
  return (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
}
AW_GROUP unsigned int threadsOfBlock() {
  return blockDim.x * blockDim.y * blockDim.z;
}
AW_GROUP unsigned long long blockInGrid() {
  return ((unsigned long long)blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
}
AW_GROUP unsigned long long blocksOfGrid() {
  return (unsigned long long)gridDim.z * gridDim.y * gridDim.x;
}
// The bits of `lanes` that are set in `mask`, packed: bit r belongs to the r-th lane of the mask.
AW_GROUP unsigned int packed(unsigned int lanes, unsigned int mask) {
  unsigned int result = 0, rank = 0;
  for (unsigned int left = mask; left; left &= left - 1, ++rank)
    result |= (lanes & left & (0u - left)) ? 1u << rank : 0;
  return result;
}

// A value as words of 32 bits.
template <class T> struct Words {
  static constexpr unsigned int kCount = (sizeof(T) + 3) / 4;
  unsigned int word[kCount];

  explicit AW_GROUP Words(const T& value) : word{} { memcpy(word, &value, sizeof(T)); }
  AW_GROUP T value() const {
    T result;
    memcpy(&result, word, sizeof(T));
    return result;
  }
};

// Any trivially copyable value goes through a 32-bit shuffle word by word.
template <class T, class Shuffle> AW_GROUP T byWords(const T& value, Shuffle shuffle) {
  Words<T> words(value);
  for (unsigned int i = 0; i < Words<T>::kCount; ++i)
    words.word[i] = shuffle(words.word[i]);
  return words.value();
}

template <class T> struct Plain {
  typedef T Type;
};
template <class T> struct Plain<T&> {
  typedef typename Plain<T>::Type Type;
};
template <class T> struct Plain<T&&> {
  typedef typename Plain<T>::Type Type;
};
template <class T> struct Plain<const T> {
  typedef typename Plain<T>::Type Type;
};
template <class T> struct Plain<volatile T> {
  typedef typename Plain<T>::Type Type;
};
template <class T> T&& declared() noexcept;

} // namespace detail
} // namespace cooperative_groups
