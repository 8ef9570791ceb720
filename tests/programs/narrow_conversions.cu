// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Conversions of half and bfloat16 from and to float, double and integers in every rounding, and
// what moves the parts of pairs, on device and host. All 65,536 numbers are converted; the sources
// of conversions to them are the numbers, the middles between them, and what lies next to those.
#include "narrow_reference.h"

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <limits>

static __host__ __device__ u64 wordOf(__half v) {
  u16 bits = __half_as_ushort(v);
  return __hisnan(v) ? 0x7fff : bits;
}
static __host__ __device__ u64 wordOf(__nv_bfloat16 v) {
  u16 bits = __bfloat16_as_ushort(v);
  return __hisnan(v) ? 0x7fff : bits;
}
static __host__ __device__ u64 wordOf(__half2 v) {
  return wordOf(v.y) << 16 | wordOf(v.x);
}
static __host__ __device__ u64 wordOf(__nv_bfloat162 v) {
  return wordOf(v.y) << 16 | wordOf(v.x);
}
static __host__ __device__ u64 wordOf(float v) {
  u32 bits;
  memcpy(&bits, &v, 4);
  return v != v ? 0x7fffffff : bits;
}
static __host__ __device__ u64 wordOf(double v) {
  u64 bits;
  memcpy(&bits, &v, 8);
  return v != v ? ~0ull >> 1 : bits;
}
#define INTEGER_WORD(I)                                                                            \
  static __host__ __device__ u64 wordOf(I v) {                                                     \
    return (u64)v;                                                                                 \
  }
INTEGER_WORD(bool)
INTEGER_WORD(char)
INTEGER_WORD(signed char)
INTEGER_WORD(unsigned char)
INTEGER_WORD(short)
INTEGER_WORD(unsigned short)
INTEGER_WORD(int)
INTEGER_WORD(unsigned int)
INTEGER_WORD(long)
INTEGER_WORD(long long)
INTEGER_WORD(unsigned long long)

template <class F, class S> __global__ void onDevice(F f, const S* in, u64* out, size_t n) {
  size_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    out[i] = wordOf(f(in[i]));
}

// Applies f on both sides and compares with want(source value).
template <class S, class F, class W>
static void test(const char* name, const std::vector<S>& sources, F f, W want) {
  size_t n = sources.size();
  DeviceArray<S> in(sources);
  DeviceArray<u64> out(n);
  onDevice<<<(unsigned)(n + 255) / 256, 256>>>(f, in.data, out.data, n);
  CHECK(cudaDeviceSynchronize());
  std::vector<u64> results = out.copy();
  int shown = 0;
  for (size_t i = 0; i < n; ++i) {
    u64 expected = want(sources[i]);
    compare(name, "", "device", i, results[i], expected, shown);
    compare(name, "", "host", i, wordOf(f(sources[i])), expected, shown);
  }
}

// C's and PTX's rules: saturation; NaN is 0, or the top bit of 64.
template <class I> static u64 integerOf(real v, Mode mode) {
  if (std::isnan(v))
    return sizeof(I) == 8 ? 1ull << 63 : 0;
  v = mode == kNearest ? std::rint(v)
      : mode == kZero  ? std::trunc(v)
      : mode == kUp    ? std::ceil(v)
                       : std::floor(v);
  const real least = std::numeric_limits<I>::min(), most = std::numeric_limits<I>::max();
  return wordOf(v < least  ? std::numeric_limits<I>::min()
                : v > most ? std::numeric_limits<I>::max()
                           : (I)v);
}

template <class R, class S> static std::vector<S> floatingSources() {
  std::vector<S> result;
  S infinity = std::numeric_limits<S>::infinity();
  for (u32 code = 0; code <= R::largest; ++code) {
    real low = R::value(code);
    real high = code < R::largest ? R::value(code + 1) : 2 * low - R::value(code - 1);
    for (S v : {(S)low, (S)((low + high) / 2)})
      for (S near : {v, std::nextafter(v, infinity), std::nextafter(v, (S)0)})
        result.insert(result.end(), {near, -near});
  }
  for (S v : {infinity, std::numeric_limits<S>::max(), std::numeric_limits<S>::denorm_min(),
              std::numeric_limits<S>::quiet_NaN()})
    result.insert(result.end(), {v, -v});
  return result;
}
template <class I> static std::vector<I> integerSources() {
  std::vector<I> result = {0, std::numeric_limits<I>::min(), std::numeric_limits<I>::max()};
  for (unsigned bit = 0; bit < 8 * sizeof(I); ++bit)
    for (int i = -8; i < 40; ++i) {
      u64 v = (1ull << bit) + (i < 8 ? (u64)i : randomWord() >> (64 - bit) & ((1ull << bit) - 1));
      result.insert(result.end(), {(I)v, (I)(0 - v)});
      // With the last bits gone there are ties.
      for (unsigned keep : {8, 9, 11, 12})
        if (bit >= keep)
          result.push_back((I)(v >> (bit - keep) << (bit - keep)));
    }
  return result;
}

#define ROUNDINGS(F, ...)                                                                          \
  F(rn, kNearest, __VA_ARGS__)                                                                     \
  F(rz, kZero, __VA_ARGS__) F(rd, kDown, __VA_ARGS__) F(ru, kUp, __VA_ARGS__)
#define LAMBDA(S, EXPRESSION) [] __host__ __device__(S v) { return EXPRESSION; }
#define TEST(NAME, S, SOURCES, EXPRESSION, WANT)                                                   \
  test(#NAME, SOURCES, LAMBDA(S, EXPRESSION), [](S v) -> u64 { return WANT; })

#define FROM_FLOAT(ROUND, MODE, N, FLOATS)                                                         \
  TEST(N(__float2, _##ROUND), float, FLOATS, N(__float2, _##ROUND)(v), R::round(v, MODE));
#define INTEGER(ROUND, MODE, WORD, I, N, INTEGERS)                                                 \
  TEST(N(__##WORD##2, _##ROUND), I, INTEGERS, N(__##WORD##2, _##ROUND)(v), R::round(v, MODE));     \
  TEST(N(__, 2##WORD##_##ROUND), u16, all, N(__, 2##WORD##_##ROUND)(N(__ushort_as_, )(v)),         \
       integerOf<I>(R::value(v), MODE));
#define INTEGERS(WORD, I, N)                                                                       \
  {                                                                                                \
    std::vector<I> integers = integerSources<I>();                                                 \
    ROUNDINGS(INTEGER, WORD, I, N, integers)                                                       \
    TEST(constructor from I, I, integers, T(v), R::round(v));                                      \
    TEST(conversion to I, u16, all, (I)N(__ushort_as_, )(v), integerOf<I>(R::value(v), kZero));    \
  }
#define PAIR_OF_BITS(N, v) N(make_, 2)(N(__ushort_as_, )(v), N(__ushort_as_, )((u16)~v))
// Low and high part of (v, ~v).
#define PART(NAME, EXPRESSION, LOW, HIGH)                                                          \
  TEST(NAME, u16, all, EXPRESSION, R::round(R::value(LOW)) | R::round(R::value(HIGH)) << 16)

// All conversions of one type; N puts the type's word into a name.
#define TEST_TYPE(TYPE, REFERENCE, N)                                                              \
  static void testAll(TYPE) {                                                                      \
    typedef TYPE T;                                                                                \
    typedef REFERENCE R;                                                                           \
    std::vector<u16> all;                                                                          \
    for (u32 code = 0; code < 0x10000; ++code)                                                     \
      all.push_back((u16)code);                                                                    \
    std::vector<float> floats = floatingSources<R, float>();                                       \
    std::vector<double> doubles = floatingSources<R, double>();                                    \
    ROUNDINGS(FROM_FLOAT, N, floats)                                                               \
    TEST(N(__float2, ), float, floats, N(__float2, )(v), R::round(v));                             \
    TEST(N(__double2, ), double, doubles, N(__double2, )(v), R::round(v));                         \
    TEST(constructor from float, float, floats, T(v), R::round(v));                                \
    TEST(constructor from double, double, doubles, T(v), R::round(v));                             \
    TEST(N(__, 2float), u16, all, N(__, 2float)(N(__ushort_as_, )(v)),                             \
         wordOf((float)R::value(v)));                                                              \
    TEST(conversion to double, u16, all, (double)N(__ushort_as_, )(v),                             \
         wordOf((double)R::value(v)));                                                             \
    TEST(conversion to bool, u16, all, (bool)N(__ushort_as_, )(v), R::value(v) != 0);              \
    TEST(N(__, 2char_rz), u16, all, N(__, 2char_rz)(N(__ushort_as_, )(v)),                         \
         integerOf<signed char>(R::value(v), kZero));                                              \
    TEST(N(__, 2uchar_rz), u16, all, N(__, 2uchar_rz)(N(__ushort_as_, )(v)),                       \
         integerOf<unsigned char>(R::value(v), kZero));                                            \
    TEST(conversion to char, u16, all, (char)N(__ushort_as_, )(v),                                 \
         integerOf<char>(R::value(v), kZero));                                                     \
    TEST(conversion to long, u16, all, (long)N(__ushort_as_, )(v),                                 \
         integerOf<long>(R::value(v), kZero));                                                     \
    INTEGERS(short, short, N)                                                                      \
    INTEGERS(ushort, unsigned short, N)                                                            \
    INTEGERS(int, int, N)                                                                          \
    INTEGERS(uint, unsigned int, N)                                                                \
    INTEGERS(ll, long long, N)                                                                     \
    INTEGERS(ull, unsigned long long, N)                                                           \
    TEST(as_short, u16, all, (u16)N(__, _as_short)(N(__short_as_, )((short)v)), v);                \
    PART(N(__floats2, 2_rn),                                                                       \
         N(__floats2, 2_rn)((float)PAIR_OF_BITS(N, v).x, __high2float(PAIR_OF_BITS(N, v))), v,     \
         (u16)~v);                                                                                 \
    PART(N(__float22, 2_rn), N(__float22, 2_rn)(N(__, 22float2)(PAIR_OF_BITS(N, v))), v, (u16)~v); \
    PART(N(__float2, 2_rn), N(__float2, 2_rn)(__low2float(PAIR_OF_BITS(N, v))), v, v);             \
    PART(N(__halves2, 2),                                                                          \
         N(__halves2, 2)(N(__low2, )(PAIR_OF_BITS(N, v)), N(__high2, )(PAIR_OF_BITS(N, v))), v,    \
         (u16)~v);                                                                                 \
    PART(N(__low2, 2), N(__low2, 2)(PAIR_OF_BITS(N, v)), v, v);                                    \
    PART(N(__high2, 2), N(__high2, 2)(PAIR_OF_BITS(N, v)), (u16)~v, (u16)~v);                      \
    PART(N(__lows2, 2), N(__lows2, 2)(PAIR_OF_BITS(N, v), PAIR_OF_BITS(N, (u16)(v ^ 9))), v,       \
         v ^ 9);                                                                                   \
    PART(N(__highs2, 2), N(__highs2, 2)(PAIR_OF_BITS(N, v), PAIR_OF_BITS(N, (u16)(v ^ 9))),        \
         (u16)~v, (u16) ~(v ^ 9));                                                                 \
    PART(__lowhigh2highlow, __lowhigh2highlow(PAIR_OF_BITS(N, v)), (u16)~v, v);                    \
  }
#define HALF(BEFORE, AFTER) BEFORE##half##AFTER
#define BFLOAT16(BEFORE, AFTER) BEFORE##bfloat16##AFTER
TEST_TYPE(__half, HalfReference, HALF)
TEST_TYPE(__nv_bfloat16, Bfloat16Reference, BFLOAT16)

int main() {
  testAll(__half());
  testAll(__nv_bfloat16());
  std::vector<u16> all;
  for (u32 code = 0; code < 0x10000; ++code)
    all.push_back((u16)code);
  TEST(half of bfloat16, u16, all, __half(__ushort_as_bfloat16(v)),
       HalfReference::round(Bfloat16Reference::value(v)));
  TEST(bfloat16 of half, u16, all, __nv_bfloat16(__ushort_as_half(v)),
       Bfloat16Reference::round(HalfReference::value(v)));
  TEST(__half2half2, u16, all, __low2half(__half2half2(__ushort_as_half(v))),
       HalfReference::round(HalfReference::value(v)));
  TEST(__bfloat162bfloat162, u16, all,
       __high2bfloat16(__bfloat162bfloat162(__ushort_as_bfloat16(v))),
       Bfloat16Reference::round(Bfloat16Reference::value(v)));
  // The compiler's own type as a second opinion on the table.
  TEST(_Float16, u16, all, __half2float(__ushort_as_half(v)),
       wordOf((float)__builtin_bit_cast(_Float16, v)));
  std::printf(failures ? "%d differences\n" : "conversions of half and bfloat16: passed\n",
              failures);
  return failures != 0;
}
