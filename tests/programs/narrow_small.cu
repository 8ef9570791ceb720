// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// fp8, fp6, fp4 and the scale factors e8m0 on device and host, against tables of their numbers.
// Sources are all halves and bfloat16s, and the floats and doubles at, between and next to the
// format's numbers.
#include "narrow_reference.h"

#include <cuda_fp4.h>
#include <cuda_fp6.h>
#include <cuda_fp8.h>
#include <limits>

typedef Reference<5, 2, kIeee> E5m2;
typedef Reference<4, 3, kOneNan> E4m3;
typedef Reference<3, 2, kNumbers> E3m2;
typedef Reference<2, 3, kNumbers> E2m3;
typedef Reference<2, 1, kNumbers> E2m1;

template <class F, class S> __global__ void onDevice(F f, const S* in, u64* out, size_t n) {
  size_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    out[i] = f(in[i]);
}
template <class S, class F, class W>
static void test(const char* format, const char* name, const std::vector<S>& sources, F f, W want) {
  size_t n = sources.size();
  DeviceArray<S> in(sources);
  DeviceArray<u64> out(n);
  onDevice<<<(unsigned)(n + 255) / 256, 256>>>(f, in.data, out.data, n);
  CHECK(cudaDeviceSynchronize());
  std::vector<u64> results = out.copy();
  int shown = 0;
  for (size_t i = 0; i < n; ++i) {
    u64 expected = want(sources[i]);
    compare(format, name, "device", i, results[i], expected, shown);
    compare(format, name, "host", i, f(sources[i]), expected, shown);
  }
}

// Saturation turns what is beyond the largest number, infinities included, into that number. NaN
// and overflow without saturation are NaN where there is one.
template <class R> static u32 wanted(real v, Mode mode, bool saturate) {
  u32 bits = R::round(v, mode);
  if (std::isnan(v) || !saturate)
    return bits;
  bool beyond = (bits & (R::sign - 1)) > R::largest;
  return beyond ? (bits & R::sign) | R::largest : bits;
}
template <class R, class S> static std::vector<S> floatingSources() {
  std::vector<S> result;
  S infinity = std::numeric_limits<S>::infinity();
  for (u32 code = 0; code <= R::largest; ++code) {
    real low = R::value(code);
    real high = code < R::largest ? R::value(code + 1) : 2 * low - R::value(code - 1);
    for (S v : {(S)low, (S)((low + high) / 2), (S)high})
      for (S near : {v, std::nextafter(v, infinity), std::nextafter(v, (S)0)})
        result.insert(result.end(), {near, -near});
  }
  for (S v : {infinity, std::numeric_limits<S>::max(), std::numeric_limits<S>::denorm_min(),
              std::numeric_limits<S>::quiet_NaN()})
    result.insert(result.end(), {v, -v});
  for (int i = 0; i < 2000; ++i)
    result.push_back((S)std::ldexp((real)(int64_t)randomWord(), -73 + (int)(randomWord() % 20)));
  return result;
}
static std::vector<u16> allWords() {
  std::vector<u16> all;
  for (u32 code = 0; code < 0x10000; ++code)
    all.push_back((u16)code);
  return all;
}
static float2 pairOf(float x) {
  return make_float2(x, -0.5f * x);
}
static __host__ __device__ __half_raw halfRaw(u16 bits) {
  return __ushort_as_half(bits);
}
static __host__ __device__ __nv_bfloat16_raw bfloat16Raw(u16 bits) {
  return __ushort_as_bfloat16(bits);
}
// Both words of the results that are raw pairs.
static __host__ __device__ u64 wordOf(__half2_raw v) {
  return (u64)v.y << 16 | v.x;
}
static __host__ __device__ u64 wordOf(float v) {
  u32 bits;
  memcpy(&bits, &v, 4);
  return v != v ? 0x7fffffff : bits;
}

#define TEST(NAME, S, SOURCES, EXPRESSION, WANT)                                                   \
  test(                                                                                            \
      format, #NAME, SOURCES, [] __host__ __device__(S v) -> u64 { return EXPRESSION; },           \
      [](S v) -> u64 { return WANT; });
// A pair's bits, from the values of its elements.
#define BOTH(LOW, HIGH, BITS) (u64)((LOW) | (HIGH) << BITS)

// Conversions by the functions of a family; ARGUMENTS are what follows the value.
#define FUNCTIONS(FAMILY, R, BITS, MODE, SATURATE, ...)                                            \
  TEST(__nv_cvt_float_to_##FAMILY, float, floats, __nv_cvt_float_to_##FAMILY(v, __VA_ARGS__),      \
       wanted<R>(v, MODE, SATURATE))                                                               \
  TEST(__nv_cvt_double_to_##FAMILY, double, doubles, __nv_cvt_double_to_##FAMILY(v, __VA_ARGS__),  \
       wanted<R>(v, MODE, SATURATE))                                                               \
  TEST(__nv_cvt_halfraw_to_##FAMILY, u16, all,                                                     \
       __nv_cvt_halfraw_to_##FAMILY(halfRaw(v), __VA_ARGS__),                                      \
       wanted<R>(HalfReference::value(v), MODE, SATURATE))                                         \
  TEST(__nv_cvt_bfloat16raw_to_##FAMILY, u16, all,                                                 \
       __nv_cvt_bfloat16raw_to_##FAMILY(bfloat16Raw(v), __VA_ARGS__),                              \
       wanted<R>(Bfloat16Reference::value(v), MODE, SATURATE))                                     \
  TEST(__nv_cvt_float2_to_##FAMILY##x2, float2, pairs,                                             \
       __nv_cvt_float2_to_##FAMILY##x2(v, __VA_ARGS__),                                            \
       BOTH(wanted<R>(v.x, MODE, SATURATE), wanted<R>(v.y, MODE, SATURATE), BITS))                 \
  TEST(__nv_cvt_double2_to_##FAMILY##x2, float2, pairs,                                            \
       __nv_cvt_double2_to_##FAMILY##x2(make_double2(v.x, v.y), __VA_ARGS__),                      \
       BOTH(wanted<R>(v.x, MODE, SATURATE), wanted<R>(v.y, MODE, SATURATE), BITS))                 \
  TEST(__nv_cvt_halfraw2_to_##FAMILY##x2, u16, all,                                                \
       __nv_cvt_halfraw2_to_##FAMILY##x2(                                                          \
           __half2_raw(__half2(__ushort_as_half(v), __ushort_as_half((u16)~v))), __VA_ARGS__),     \
       BOTH(wanted<R>(HalfReference::value(v), MODE, SATURATE),                                    \
            wanted<R>(HalfReference::value((u16)~v), MODE, SATURATE), BITS))                       \
  TEST(__nv_cvt_bfloat16raw2_to_##FAMILY##x2, u16, all,                                            \
       __nv_cvt_bfloat16raw2_to_##FAMILY##x2(                                                      \
           __nv_bfloat162_raw(                                                                     \
               __nv_bfloat162(__ushort_as_bfloat16(v), __ushort_as_bfloat16((u16)~v))),            \
           __VA_ARGS__),                                                                           \
       BOTH(wanted<R>(Bfloat16Reference::value(v), MODE, SATURATE),                                \
            wanted<R>(Bfloat16Reference::value((u16)~v), MODE, SATURATE), BITS))

// The classes, to nearest and saturating, and everything back.
#define CLASSES(FAMILY, KIND, R, BITS, INTERPRETATION)                                             \
  TEST(of float, float, floats, __nv_##FAMILY##_##KIND(v).__x, wanted<R>(v, kNearest, true))       \
  TEST(of double, double, doubles, __nv_##FAMILY##_##KIND(v).__x, wanted<R>(v, kNearest, true))    \
  TEST(of half, u16, all, __nv_##FAMILY##_##KIND(__ushort_as_half(v)).__x,                         \
       wanted<R>(HalfReference::value(v), kNearest, true))                                         \
  TEST(of bfloat16, u16, all, __nv_##FAMILY##_##KIND(__ushort_as_bfloat16(v)).__x,                 \
       wanted<R>(Bfloat16Reference::value(v), kNearest, true))                                     \
  TEST(of short, u16, all, __nv_##FAMILY##_##KIND((short)v).__x,                                   \
       wanted<R>((short)v, kNearest, true))                                                        \
  TEST(of unsigned, u16, all, __nv_##FAMILY##_##KIND((unsigned)v).__x,                             \
       wanted<R>(v, kNearest, true))                                                               \
  TEST(of long long, u16, all, __nv_##FAMILY##_##KIND((long long)(short)v << 40).__x,              \
       wanted<R>((real)(short)v * 0x1p40L, kNearest, true))                                        \
  TEST(pair of float2, float2, pairs, __nv_##FAMILY##x2_##KIND(v).__x,                             \
       BOTH(wanted<R>(v.x, kNearest, true), wanted<R>(v.y, kNearest, true), BITS))                 \
  TEST(quad of float4, float2, pairs,                                                              \
       __nv_##FAMILY##x4_##KIND(make_float4(v.x, v.y, v.y, v.x)).__x,                              \
       BOTH(BOTH(wanted<R>(v.x, kNearest, true), wanted<R>(v.y, kNearest, true), BITS),            \
            BOTH(wanted<R>(v.y, kNearest, true), wanted<R>(v.x, kNearest, true), BITS), 2 * BITS)) \
  TEST(quad of pairs, float2, pairs,                                                               \
       __nv_##FAMILY##x4_##KIND(__float22half2_rn(v), __float22half2_rn(v)).__x,                   \
       BOTH(BOTH(halved<R>(v.x), halved<R>(v.y), BITS),                                            \
            BOTH(halved<R>(v.x), halved<R>(v.y), BITS), 2 * BITS))                                 \
  TEST(to float, u16, codes, wordOf((float)made<__nv_##FAMILY##_##KIND>(v)),                       \
       wordOf((float)R::value(v)))                                                                 \
  TEST(to int, u16, codes, (u32)(int)made<__nv_##FAMILY##_##KIND>(v), integerOf(R::value(v)))      \
  TEST(to bool, u16, codes, (bool)made<__nv_##FAMILY##_##KIND>(v), R::value(v) != 0)               \
  TEST(to half, u16, codes, __nv_cvt_##FAMILY##_to_halfraw((unsigned char)v, INTERPRETATION).x,    \
       HalfReference::round(R::value(v)))                                                          \
  TEST(to half2, u16, codes,                                                                       \
       wordOf(__nv_cvt_##FAMILY##x2_to_halfraw2((__nv_##FAMILY##x2_storage_t)(1 | v << BITS),      \
                                                INTERPRETATION)),                                  \
       (u64)HalfReference::round(R::value(1)) | (u64)HalfReference::round(R::value(v)) << 16)      \
  TEST(to float4, u16, codes,                                                                      \
       wordOf(((float4)quad<__nv_##FAMILY##x4_##KIND>((u32)v << (2 * BITS) | 1)).z),               \
       wordOf((float)R::value(v)))

template <class R> static u32 halved(float v) {
  return wanted<R>(HalfReference::value(HalfReference::round(v)), kNearest, true);
}
static u64 integerOf(real v) {
  if (std::isnan(v))
    return 0;
  return (u32)(int)std::trunc(std::fmin(std::fmax(v, -2147483648.0L), 2147483647.0L));
}
template <class C> static __host__ __device__ C made(u16 bits) {
  C value;
  value.__x = (decltype(value.__x))bits;
  return value;
}
template <class C> static __host__ __device__ C quad(u32 bits) {
  C value;
  value.__x = (decltype(value.__x))bits;
  return value;
}

struct Sources {
  std::vector<float> floats;
  std::vector<double> doubles;
  std::vector<float2> pairs;
  std::vector<u16> codes, all = allWords();
};
template <class R> static Sources sourcesFor() {
  Sources s;
  s.floats = floatingSources<R, float>();
  s.doubles = floatingSources<R, double>();
  for (float x : s.floats)
    s.pairs.push_back(pairOf(x));
  for (u32 code = 0; code < 2 * R::sign; ++code)
    s.codes.push_back((u16)code);
  return s;
}
#define WITH_SOURCES(R, NAME)                                                                      \
  const char* format = NAME;                                                                       \
  Sources s = sourcesFor<R>();                                                                     \
  const auto& floats = s.floats;                                                                   \
  const auto& doubles = s.doubles;                                                                 \
  const auto& pairs = s.pairs;                                                                     \
  const auto &codes = s.codes, &all = s.all;

static void testE4m3() {
  WITH_SOURCES(E4m3, "e4m3")
  FUNCTIONS(fp8, E4m3, 8, kNearest, true, __NV_SATFINITE, __NV_E4M3)
  FUNCTIONS(fp8, E4m3, 8, kNearest, false, __NV_NOSAT, __NV_E4M3)
  CLASSES(fp8, e4m3, E4m3, 8, __NV_E4M3)
}
static void testE5m2() {
  WITH_SOURCES(E5m2, "e5m2")
  FUNCTIONS(fp8, E5m2, 8, kNearest, true, __NV_SATFINITE, __NV_E5M2)
  FUNCTIONS(fp8, E5m2, 8, kNearest, false, __NV_NOSAT, __NV_E5M2)
  CLASSES(fp8, e5m2, E5m2, 8, __NV_E5M2)
}
static void testE3m2() {
  WITH_SOURCES(E3m2, "e3m2")
  FUNCTIONS(fp6, E3m2, 8, kNearest, true, __NV_E3M2, cudaRoundNearest)
  FUNCTIONS(fp6, E3m2, 8, kZero, true, __NV_E3M2, cudaRoundZero)
  CLASSES(fp6, e3m2, E3m2, 8, __NV_E3M2)
}
static void testE2m3() {
  WITH_SOURCES(E2m3, "e2m3")
  FUNCTIONS(fp6, E2m3, 8, kNearest, true, __NV_E2M3, cudaRoundNearest)
  FUNCTIONS(fp6, E2m3, 8, kUp, true, __NV_E2M3, cudaRoundPosInf)
  CLASSES(fp6, e2m3, E2m3, 8, __NV_E2M3)
}
static void testE2m1() {
  WITH_SOURCES(E2m1, "e2m1")
  FUNCTIONS(fp4, E2m1, 4, kNearest, true, __NV_E2M1, cudaRoundNearest)
  FUNCTIONS(fp4, E2m1, 4, kDown, true, __NV_E2M1, cudaRoundMinInf)
  CLASSES(fp4, e2m1, E2m1, 4, __NV_E2M1)
}

// Powers of two: what the number lies between, by the C library.
static u32 scaleOf(real v, bool up, bool saturate) {
  if (std::isnan(v))
    return 255;
  v = std::fabs(v);
  if (std::isinf(v))
    return saturate ? 254 : 255;
  if (v == 0)
    return 0;
  int exponent;
  real fraction = std::frexp(v, &exponent); // 0.5 is a power of two
  int code = exponent - 1 + (up && fraction != 0.5L) + 127;
  return code < 0 ? 0 : code <= 254 ? code : saturate ? 254 : 255;
}
static void testE8m0() {
  const char* format = "e8m0";
  std::vector<float> floats = {0,         INFINITY,        NAN,
                               0x1p-127f, 0x1.8p-127f,     0x1p-128f,
                               0x1p-149f, 0x1.fffffep127f, 0x1.000002p127f,
                               0x1p127f};
  for (int i = 0; i < 20000; ++i) {
    u32 bits = (u32)randomWord();
    float v;
    memcpy(&v, &bits, 4);
    floats.push_back(v);
    bits &= 0xff800000;
    memcpy(&v, &bits, 4);
    floats.push_back(v);
  }
  std::vector<double> doubles(floats.begin(), floats.end());
  for (int i = 0; i < 20000; ++i)
    doubles.push_back(std::ldexp((double)(int64_t)randomWord(), (int)(randomWord() % 2200) - 1100));
  std::vector<u16> all = allWords(), codes(all.begin(), all.begin() + 256);
  std::vector<unsigned long long> longs;
  for (int bit = 0; bit < 64; ++bit)
    for (int offset : {-1, 0, 1})
      longs.push_back((1ull << bit) + (u64)(int64_t)offset);
  TEST(up, float, floats, __nv_cvt_float_to_e8m0(v, __NV_NOSAT, cudaRoundPosInf),
       scaleOf(v, true, false))
  TEST(zero, float, floats, __nv_cvt_float_to_e8m0(v, __NV_SATFINITE, cudaRoundZero),
       scaleOf(v, false, true))
  TEST(of double, double, doubles, __nv_cvt_double_to_e8m0(v, __NV_SATFINITE, cudaRoundPosInf),
       scaleOf(v, true, true))
  TEST(of bfloat16, u16, all,
       __nv_cvt_bfloat16raw_to_e8m0(bfloat16Raw(v), __NV_SATFINITE, cudaRoundZero),
       scaleOf(Bfloat16Reference::value(v), false, true))
  TEST(class of half, u16, all, __nv_fp8_e8m0(__ushort_as_half(v)).__x,
       scaleOf(HalfReference::value(v), true, true))
  TEST(class of integers, unsigned long long, longs, __nv_fp8_e8m0(v).__x, scaleOf(v, true, true))
  TEST(to bfloat16, u16, codes, __nv_cvt_e8m0_to_bf16raw((unsigned char)v).x,
       v == 255 ? 0x7fff : Bfloat16Reference::round(std::ldexp((real)1, v - 127)))
  TEST(to float, u16, codes, wordOf((float)made<__nv_fp8_e8m0>(v)),
       v == 255 ? 0x7fffffff : wordOf((float)std::ldexp((real)1, v - 127)))
}

int main() {
  testE4m3();
  testE5m2();
  testE3m2();
  testE2m3();
  testE2m1();
  testE8m0();
  std::printf(failures ? "%d differences\n" : "fp8, fp6 and fp4: passed\n", failures);
  return failures != 0;
}
