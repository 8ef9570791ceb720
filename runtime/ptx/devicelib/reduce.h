// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reductions that copies apply to each element in memory (cp.reduce.async.bulk): relaxed atomics of
// every type and operation that PTX has for them. Of devicelib/bulk.cpp and tensor.cpp.
#pragma once

#include "../../spmd/tensor_map.h"
#include "devicelib.h"

namespace devicelib {

inline unsigned tensorElementBytes(uint32_t type) {
  switch (type) {
  case AW_TENSOR_U8:
    return 1;
  case AW_TENSOR_U16:
  case AW_TENSOR_F16:
  case AW_TENSOR_BF16:
    return 2;
  case AW_TENSOR_U64:
  case AW_TENSOR_S64:
  case AW_TENSOR_F64:
    return 8;
  default:
    return 4;
  }
}

template <typename Word, typename Next> inline void updateWord(void* at, Next next) {
  auto* word = static_cast<Word*>(at);
  Word old = __atomic_load_n(word, __ATOMIC_RELAXED);
  while (!__atomic_compare_exchange_n(word, &old, next(old), true, __ATOMIC_RELAXED,
                                      __ATOMIC_RELAXED)) {
  }
}

template <typename Word> inline Word loadWord(const void* from) {
  Word w;
  __builtin_memcpy(&w, from, sizeof w);
  return w;
}

// Integers: T gives the sign. False: there is no such operation.
template <typename T> inline bool reduceInteger(uint32_t op, void* to, T x) {
  switch (op) {
  case AW_REDUCE_ADD:
    updateWord<T>(to, [x](T a) { return T(uint64_t(a) + uint64_t(x)); });
    return true;
  case AW_REDUCE_MIN:
    updateWord<T>(to, [x](T a) { return a < x ? a : x; });
    return true;
  case AW_REDUCE_MAX:
    updateWord<T>(to, [x](T a) { return a < x ? x : a; });
    return true;
  case AW_REDUCE_INC:
    updateWord<T>(to, [x](T a) { return a >= x ? T(0) : T(a + 1); });
    return true;
  case AW_REDUCE_DEC:
    updateWord<T>(to, [x](T a) { return a == 0 || a > x ? x : T(a - 1); });
    return true;
  case AW_REDUCE_AND:
    updateWord<T>(to, [x](T a) { return T(a & x); });
    return true;
  case AW_REDUCE_OR:
    updateWord<T>(to, [x](T a) { return T(a | x); });
    return true;
  case AW_REDUCE_XOR:
    updateWord<T>(to, [x](T a) { return T(a ^ x); });
    return true;
  }
  return false;
}

// PTX ISA, min and max: NaN only if both are, -0 below +0.
template <typename F> inline F smaller(F a, F b, bool negativeA) {
  if (a != a)
    return b;
  if (b != b)
    return a;
  return a < b || (a == b && negativeA) ? a : b;
}
template <typename F> inline F larger(F a, F b, bool negativeA) {
  if (a != a)
    return b;
  if (b != b)
    return a;
  return a > b || (a == b && !negativeA) ? a : b;
}

template <typename Word, typename F, typename Decode, typename Encode>
inline bool reduceFloat(uint32_t op, void* to, F x, Decode decode, Encode encode) {
  auto negative = [](Word w) { return (w >> (8 * sizeof w - 1)) != 0; };
  switch (op) {
  case AW_REDUCE_ADD:
    updateWord<Word>(to, [&](Word a) { return encode(decode(a) + x); });
    return true;
  case AW_REDUCE_MIN:
    updateWord<Word>(to, [&](Word a) { return encode(smaller<F>(decode(a), x, negative(a))); });
    return true;
  case AW_REDUCE_MAX:
    updateWord<Word>(to, [&](Word a) { return encode(larger<F>(decode(a), x, negative(a))); });
    return true;
  }
  return false;
}

inline float flushed(float x) {
  return (f2u(x) & 0x7f800000) ? x : u2f(f2u(x) & 0x80000000);
}

// One element. False: PTX has no such operation for the type.
inline bool reduceElement(uint32_t op, uint32_t type, void* to, const void* from) {
  auto f32 = [](uint32_t w) { return u2f(w); };
  auto f32Bits = [](float x) { return f2u(x); };
  switch (type) {
  case AW_TENSOR_U32:
    return reduceInteger<uint32_t>(op, to, loadWord<uint32_t>(from));
  case AW_TENSOR_S32:
    return reduceInteger<int32_t>(op, to, loadWord<int32_t>(from));
  case AW_TENSOR_U64:
    return reduceInteger<uint64_t>(op, to, loadWord<uint64_t>(from));
  case AW_TENSOR_S64:
    return reduceInteger<int64_t>(op, to, loadWord<int64_t>(from));
  case AW_TENSOR_F32:
    return reduceFloat<uint32_t, float>(op, to, loadWord<float>(from), f32, f32Bits);
  case AW_TENSOR_F32_FTZ:
  case AW_TENSOR_TF32:
  case AW_TENSOR_TF32_FTZ:
    return reduceFloat<uint32_t, float>(
        op, to, flushed(loadWord<float>(from)), [](uint32_t w) { return flushed(u2f(w)); },
        [](float x) { return f2u(flushed(x)); });
  case AW_TENSOR_F64:
    return reduceFloat<uint64_t, double>(
        op, to, loadWord<double>(from), [](uint64_t w) { return u2d(w); },
        [](double x) { return d2u(x); });
  case AW_TENSOR_F16:
    return reduceFloat<uint16_t, float>(op, to, f16Value(loadWord<uint16_t>(from)), f16Value,
                                        f16Bits);
  case AW_TENSOR_BF16:
    return reduceFloat<uint16_t, float>(
        op, to, u2f(uint32_t(loadWord<uint16_t>(from)) << 16),
        [](uint16_t w) { return u2f(uint32_t(w) << 16); }, bf16Bits);
  }
  return false;
}

// The place of a shared address in the window of another block of the cluster.
constexpr uint64_t kClusterStride = 1 << 24; // AW_CLUSTER_STRIDE of kernel_abi.h
inline char* inBlock(char* zero, const void* address, unsigned rank) {
  uint64_t offset = uint64_t(static_cast<const char*>(address) - zero) & (kClusterStride - 1);
  return zero + kClusterStride * rank + offset;
}

} // namespace devicelib
