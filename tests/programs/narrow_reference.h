// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the narrow_*.cu tests share: a reference for narrow floating formats that looks numbers up
// in a sorted table instead of rounding bits, a list of interesting operands, and the comparison of
// device and host results with it.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#define CHECK(call)                                                                                \
  do {                                                                                             \
    cudaError_t error_ = (call);                                                                   \
    if (error_ != cudaSuccess) {                                                                   \
      std::printf("%s:%d: %s\n", __FILE__, __LINE__, cudaGetErrorString(error_));                  \
      std::exit(1);                                                                                \
    }                                                                                              \
  } while (0)

typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef long double real; // holds every product of two narrow numbers and every 64-bit integer

enum Mode { kNearest, kZero, kUp, kDown };

inline u64 randomState = 0x9e3779b97f4a7c15ull;
inline u64 randomWord() {
  randomState ^= randomState << 13;
  randomState ^= randomState >> 7;
  return randomState ^= randomState << 17;
}

// A format of sign, ExponentBits and MantissaBits. Infinities: with IEEE's, without (the code after
// the largest number is NaN), or numbers only.
enum Kind { kIeee, kOneNan, kNumbers };
template <int ExponentBits, int MantissaBits, Kind K> struct Reference {
  static constexpr u32 sign = 1u << (ExponentBits + MantissaBits);
  static constexpr u32 infinity = K == kIeee ? ((1u << ExponentBits) - 1) << MantissaBits : ~0u;
  static constexpr u32 largest = K == kIeee ? infinity - 1 : K == kOneNan ? sign - 2 : sign - 1;
  static constexpr u32 nan = sign - 1;

  static bool isNan(u32 bits) {
    return K == kIeee ? (bits & (sign - 1)) > infinity
                      : K == kOneNan && (bits | sign) == 2 * sign - 1;
  }
  static constexpr int bias = (1 << (ExponentBits - 1)) - 1;
  static real decode(u32 bits) {
    u32 magnitude = bits & (sign - 1);
    int exponent = magnitude >> MantissaBits;
    real fraction = magnitude & ((1u << MantissaBits) - 1);
    real v = exponent ? std::ldexp(fraction + (1u << MantissaBits), exponent - bias - MantissaBits)
                      : std::ldexp(fraction, 1 - bias - MantissaBits);
    v = isNan(bits) ? NAN : magnitude == infinity ? INFINITY : v;
    return bits & sign ? -v : v;
  }
  static real value(u32 bits) {
    static const std::vector<real> table = [] {
      std::vector<real> all(2 * sign);
      for (u32 code = 0; code < all.size(); ++code)
        all[code] = decode(code);
      return all;
    }();
    return table[bits];
  }
  // The codes of positive numbers are in the order of their values: find v between two of them.
  // `more` tells that the true value is a little farther from (+1) or nearer to (-1) zero than v.
  static u32 round(real v, Mode mode = kNearest, int more = 0) {
    if (std::isnan(v))
      return nan;
    u32 s = std::signbit(v) ? sign : 0;
    v = std::fabs(v);
    if (std::isinf(v))
      return s | (K == kIeee ? infinity : K == kOneNan ? nan : largest);
    u32 low = 0, high = largest + 1; // of the codes below or at v the last
    while (high - low > 1) {
      u32 middle = (low + high) / 2;
      (value(middle) < v || (value(middle) == v && more >= 0) ? low : high) = middle;
    }
    bool exact = value(low) == v && more == 0;
    // The step above the largest number is as wide as the one below it.
    real next = low < largest ? value(low + 1) : 2 * value(low) - value(low - 1);
    real middle = (value(low) + next) / 2;
    bool above = v > middle || (v == middle && more > 0), tie = v == middle && more == 0;
    bool up = mode == kNearest ? above || (tie && (low & 1))
              : mode == kUp    ? !s && !exact
              : mode == kDown  ? s && !exact
                               : false;
    if (low == largest && up)
      return s | (K == kIeee ? infinity : K == kOneNan ? nan : largest);
    return s | (low + up);
  }
};
typedef Reference<5, 10, kIeee> HalfReference;
typedef Reference<8, 7, kIeee> Bfloat16Reference;

// Bits worth trying: around zero, one, the ends of the subnormal and normal numbers, specials.
template <class R> static std::vector<u16> edges() {
  u32 one = R::round(1), normal = R::round(std::ldexp((real)1, 1 - R::bias));
  std::vector<u16> result;
  for (u32 code : {0u,
                   1u,
                   2u,
                   3u,
                   normal - 1,
                   normal,
                   normal + 1,
                   one / 2,
                   one - 1,
                   one,
                   one + 1,
                   one + 2,
                   (u32)R::round(2),
                   (u32)R::round(3),
                   (u32)R::round(10),
                   (u32)R::round(1.0L / 3),
                   (u32)R::round(255),
                   R::largest - 1,
                   R::largest,
                   R::infinity,
                   R::infinity + 1,
                   R::nan})
    for (u32 s : {0u, R::sign})
      result.push_back((u16)(code | s));
  return result;
}

inline int failures = 0;
// Prints the first few differences of a case.
inline void compare(const char* type, const char* name, const char* side, size_t i, u64 got,
                    u64 want, int& shown) {
  if (got == want)
    return;
  ++failures;
  if (++shown <= 3)
    std::printf("%s %s on the %s, operands %zu: %llx, expected %llx\n", type, name, side, i,
                (unsigned long long)got, (unsigned long long)want);
}

template <class T> struct DeviceArray {
  T* data;
  size_t size;
  explicit DeviceArray(size_t n) : size(n) { CHECK(cudaMalloc(&data, n * sizeof(T))); }
  explicit DeviceArray(const std::vector<T>& from) : DeviceArray(from.size()) {
    CHECK(cudaMemcpy(data, from.data(), size * sizeof(T), cudaMemcpyHostToDevice));
  }
  DeviceArray(const DeviceArray&) = delete;
  ~DeviceArray() { CHECK(cudaFree(data)); }
  std::vector<T> copy() const {
    std::vector<T> result(size);
    CHECK(cudaMemcpy(result.data(), data, size * sizeof(T), cudaMemcpyDeviceToHost));
    return result;
  }
};
