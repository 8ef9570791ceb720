// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arithmetic, comparisons, minimum and maximum of half and bfloat16, on device and host, against
// exact arithmetic and a table of all numbers.
#include "narrow_reference.h"

#include <cuda_bf16.h>
#include <cuda_fp16.h>

static __host__ __device__ u16 bitsOf(__half v) {
  return __half_as_ushort(v);
}
static __host__ __device__ u16 bitsOf(__nv_bfloat16 v) {
  return __bfloat16_as_ushort(v);
}
template <class T> __host__ __device__ T numberOf(u16 bits);
template <> __host__ __device__ __half numberOf<__half>(u16 bits) {
  return __ushort_as_half(bits);
}
template <> __host__ __device__ __nv_bfloat16 numberOf<__nv_bfloat16>(u16 bits) {
  return __ushort_as_bfloat16(bits);
}

template <class T> struct Type;
template <> struct Type<__half> {
  typedef __half2 Pair;
  typedef HalfReference R;
  static constexpr const char* name = "half";
};
template <> struct Type<__nv_bfloat16> {
  typedef __nv_bfloat162 Pair;
  typedef Bfloat16Reference R;
  static constexpr const char* name = "bfloat16";
};

// Results as words; NaNs are equal, PTX leaves open which one it is.
template <class T> __host__ __device__ u64 wordOf(T v) {
  u16 bits = bitsOf(v);
  return __hisnan(v) ? 0x7fff : bits;
}
static __host__ __device__ u64 wordOf(__half2 v) {
  return wordOf(v.y) << 16 | wordOf(v.x);
}
static __host__ __device__ u64 wordOf(__nv_bfloat162 v) {
  return wordOf(v.y) << 16 | wordOf(v.x);
}
static __host__ __device__ u64 wordOf(bool v) {
  return v;
}
static __host__ __device__ u64 wordOf(int v) {
  return (u32)v;
}
static __host__ __device__ u64 wordOf(unsigned int v) {
  return v;
}
static u64 pair(u64 low, u64 high) {
  return high << 16 | low;
}

// References. fma: the rounding error of the sum decides ties.
template <class R> static u64 fma(real x, real y, real z) {
  real product = x * y, sum = product + z;
  if (!std::isfinite(sum))
    return R::round(sum);
  real fromZ = sum - product, error = (product - (sum - fromZ)) + (z - fromZ);
  return R::round(sum, kNearest, error == 0 ? 0 : (error > 0) == (sum > 0) ? 1 : -1);
}
template <class R> static u64 sat(u64 bits) {
  real v = R::value((u32)bits);
  return !(v > 0) ? 0 : v > 1 ? R::round(1) : bits;
}
template <class R> static u64 relu(u64 bits) {
  return R::isNan((u32)bits) ? R::nan : bits & R::sign ? 0 : bits;
}
template <class R> static u64 cmadd(const real a[2], const real b[2], const real c[2]) {
  u64 re = fma<R>(a[0], b[0], c[0]), im = fma<R>(a[0], b[1], c[1]);
  return pair(fma<R>(-a[1], b[1], R::value((u32)re)), fma<R>(a[1], b[0], R::value((u32)im)));
}
template <class R> static u64 extreme(real x, real y, bool largest, bool nanWins) {
  if (std::isnan(x) || std::isnan(y))
    return nanWins || (std::isnan(x) && std::isnan(y)) ? R::nan : R::round(std::isnan(x) ? y : x);
  bool less = x < y || (x == y && std::signbit(x) && !std::signbit(y));
  return R::round(less != largest ? x : y);
}
static bool unordered(real x, real y) {
  return std::isnan(x) || std::isnan(y);
}
template <class R> static u64 ones(bool low, bool high) {
  return pair(low ? R::round(1) : 0, high ? R::round(1) : 0);
}

// Name, expression of a, b, c and of the pairs p = (a, b), q = (b, c), r = (c, a), expected bits
// for their values x, y, z.
#define ARITHMETIC(F)                                                                              \
  F(add, __hadd(a, b), R::round(x + y))                                                            \
  F(sub, __hsub(a, b), R::round(x - y))                                                            \
  F(mul, __hmul(a, b), R::round(x* y))                                                             \
  F(div, __hdiv(a, b), R::round(x / y))                                                            \
  F(add_rn, __hadd_rn(a, b), R::round(x + y))                                                      \
  F(sub_rn, __hsub_rn(a, b), R::round(x - y))                                                      \
  F(mul_rn, __hmul_rn(a, b), R::round(x* y))                                                       \
  F(add_sat, __hadd_sat(a, b), sat<R>(R::round(x + y)))                                            \
  F(sub_sat, __hsub_sat(a, b), sat<R>(R::round(x - y)))                                            \
  F(mul_sat, __hmul_sat(a, b), sat<R>(R::round(x * y)))                                            \
  F(fma, __hfma(a, b, c), fma<R>(x, y, z))                                                         \
  F(fma_sat, __hfma_sat(a, b, c), sat<R>(fma<R>(x, y, z)))                                         \
  F(fma_relu, __hfma_relu(a, b, c), relu<R>(fma<R>(x, y, z)))                                      \
  F(neg, __hneg(a), R::round(-x))                                                                  \
  F(abs, __habs(a), R::round(std::fabs(x)))                                                        \
  F(add2, __hadd2(p, q), pair(R::round(x + y), R::round(y + z)))                                   \
  F(sub2, __hsub2(p, q), pair(R::round(x - y), R::round(y - z)))                                   \
  F(mul2, __hmul2(p, q), pair(R::round(x* y), R::round(y* z)))                                     \
  F(div2, __h2div(p, q), pair(R::round(x / y), R::round(y / z)))                                   \
  F(add2_rn, __hadd2_rn(p, q), pair(R::round(x + y), R::round(y + z)))                             \
  F(sub2_rn, __hsub2_rn(p, q), pair(R::round(x - y), R::round(y - z)))                             \
  F(mul2_rn, __hmul2_rn(p, q), pair(R::round(x* y), R::round(y* z)))                               \
  F(add2_sat, __hadd2_sat(p, q), pair(sat<R>(R::round(x + y)), sat<R>(R::round(y + z))))           \
  F(sub2_sat, __hsub2_sat(p, q), pair(sat<R>(R::round(x - y)), sat<R>(R::round(y - z))))           \
  F(mul2_sat, __hmul2_sat(p, q), pair(sat<R>(R::round(x * y)), sat<R>(R::round(y * z))))           \
  F(fma2, __hfma2(p, q, r), pair(fma<R>(x, y, z), fma<R>(y, z, x)))                                \
  F(fma2_sat, __hfma2_sat(p, q, r), pair(sat<R>(fma<R>(x, y, z)), sat<R>(fma<R>(y, z, x))))        \
  F(fma2_relu, __hfma2_relu(p, q, r), pair(relu<R>(fma<R>(x, y, z)), relu<R>(fma<R>(y, z, x))))    \
  F(neg2, __hneg2(p), pair(R::round(-x), R::round(-y)))                                            \
  F(abs2, __habs2(p), pair(R::round(std::fabs(x)), R::round(std::fabs(y))))                        \
  F(cmadd, __hcmadd(p, q, r), cmadd<R>(pairOf(x, y).v, pairOf(y, z).v, pairOf(z, x).v))            \
  F(operators, a + b - c, R::round(R::value(R::round(x + y)) - z))                                 \
  F(compound, (a *= b, a /= c), R::round(R::value(R::round(x* y)) / z))                            \
  F(increment, (++a, a--, a), R::round(R::value(R::round(x + 1)) - 1))                             \
  F(operators2, -p / q, pair(R::round(-x / y), R::round(-y / z)))                                  \
  F(increment2, (p++, p), pair(R::round(x + 1), R::round(y + 1)))
#define EXTREMES(F)                                                                                \
  F(max, __hmax(a, b), extreme<R>(x, y, true, false))                                              \
  F(min, __hmin(a, b), extreme<R>(x, y, false, false))                                             \
  F(max_nan, __hmax_nan(a, b), extreme<R>(x, y, true, true))                                       \
  F(min_nan, __hmin_nan(a, b), extreme<R>(x, y, false, true))                                      \
  F(max2, __hmax2(p, q), pair(extreme<R>(x, y, true, false), extreme<R>(y, z, true, false)))       \
  F(min2, __hmin2(p, q), pair(extreme<R>(x, y, false, false), extreme<R>(y, z, false, false)))     \
  F(max2_nan, __hmax2_nan(p, q), pair(extreme<R>(x, y, true, true), extreme<R>(y, z, true, true))) \
  F(min2_nan, __hmin2_nan(p, q),                                                                   \
    pair(extreme<R>(x, y, false, true), extreme<R>(y, z, false, true)))                            \
  F(isnan, __hisnan(a), std::isnan(x))                                                             \
  F(isinf, __hisinf(a), (u32)(std::isinf(x) ? (x < 0 ? -1 : 1) : 0))                               \
  F(isnan2, __hisnan2(p), ones<R>(std::isnan(x), std::isnan(y)))
#define COMPARISON_FORMS(F, NAME, L, H)                                                            \
  F(NAME, __h##NAME(a, b), L)                                                                      \
  F(NAME##2, __h##NAME##2(p, q), ones<R>(L, H))                                                    \
  F(NAME##2_mask, __h##NAME##2_mask(p, q), ((L) ? 0xffff : 0) | ((H) ? 0xffff0000 : 0))            \
  F(b##NAME##2, __hb##NAME##2(p, q), (L) && (H))
#define COMPARISON(F, NAME, OPERATOR)                                                              \
  COMPARISON_FORMS(F, NAME, !unordered(x, y) && x OPERATOR y, !unordered(y, z) && y OPERATOR z)    \
  COMPARISON_FORMS(F, NAME##u, unordered(x, y) || x OPERATOR y, unordered(y, z) || y OPERATOR z)
#define COMPARISONS(F)                                                                             \
  COMPARISON(F, eq, ==)                                                                            \
  COMPARISON(F, ne, !=)                                                                            \
  COMPARISON(F, lt, <)                                                                             \
  COMPARISON(F, le, <=)                                                                            \
  COMPARISON(F, gt, >)                                                                             \
  COMPARISON(F, ge, >=)                                                                            \
  F(op_eq, a == b, x == y)                                                                         \
  F(op_ne, a != b, x != y)                                                                         \
  F(op_lt, a < b, x < y)                                                                           \
  F(op_ge, a >= b, x >= y)                                                                         \
  F(op_eq2, p == q, x == y && y == z)                                                              \
  F(op_le2, p <= q, x <= y && y <= z)

struct RealPair {
  real v[2];
};
static RealPair pairOf(real x, real y) {
  return {{x, y}};
}

#define OPERATION(NAME, EXPRESSION, WANT)                                                          \
  struct Do_##NAME {                                                                               \
    static constexpr const char* name = #NAME;                                                     \
    template <class T> static __host__ __device__ u64 run(T a, T b, T c) {                         \
      typename Type<T>::Pair p(a, b), q(b, c), r(c, a);                                            \
      (void)r;                                                                                     \
      return wordOf(EXPRESSION);                                                                   \
    }                                                                                              \
    template <class R> static u64 want(real x, real y, real z) {                                   \
      (void)z;                                                                                     \
      return (u64)(WANT);                                                                          \
    }                                                                                              \
  };
ARITHMETIC(OPERATION)
EXTREMES(OPERATION)
COMPARISONS(OPERATION)

template <class Do, class T> __global__ void onDevice(const u16* operands, u64* out, size_t n) {
  size_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    out[i] = Do::run(numberOf<T>(operands[3 * i]), numberOf<T>(operands[3 * i + 1]),
                     numberOf<T>(operands[3 * i + 2]));
}

template <class Do, class T>
static void test(const std::vector<u16>& operands, const DeviceArray<u16>& onDeviceOperands) {
  typedef typename Type<T>::R R;
  size_t n = operands.size() / 3;
  DeviceArray<u64> out(n);
  onDevice<Do, T><<<(unsigned)(n + 255) / 256, 256>>>(onDeviceOperands.data, out.data, n);
  CHECK(cudaDeviceSynchronize());
  std::vector<u64> results = out.copy();
  int shown = 0;
  for (size_t i = 0; i < n; ++i) {
    const u16* o = &operands[3 * i];
    u64 want = Do::template want<R>(R::value(o[0]), R::value(o[1]), R::value(o[2]));
    u64 host = Do::run(numberOf<T>(o[0]), numberOf<T>(o[1]), numberOf<T>(o[2]));
    compare(Type<T>::name, Do::name, "device", i, results[i], want, shown);
    compare(Type<T>::name, Do::name, "host", i, host, want, shown);
  }
}

// Every pair of edges with a third one, random numbers, and numbers of like exponents, where sums
// cancel.
template <class R> static std::vector<u16> triples() {
  std::vector<u16> list = edges<R>(), result;
  for (u16 a : list)
    for (u16 b : list)
      for (u16 c : {a, b, list[randomWord() % list.size()]})
        result.insert(result.end(), {a, b, c});
  for (int i = 0; i < 8000; ++i) {
    u64 w = randomWord();
    result.insert(result.end(), {(u16)w, (u16)(w >> 16), (u16)(w >> 32)});
    u32 one = R::round(1), spread = (R::infinity - one) / 6;
    u16 near[3];
    for (u16& v : near)
      v = (u16)(one - spread + randomWord() % (2 * spread) + (randomWord() & 1) * R::sign);
    result.insert(result.end(), near, near + 3);
    // The third cancels the product of the others.
    u32 product = R::round(-R::value(near[0]) * R::value(near[1]));
    result.insert(result.end(), {near[0], near[1], (u16)product});
  }
  return result;
}

template <class T> static void testAll() {
  std::vector<u16> operands = triples<typename Type<T>::R>();
  DeviceArray<u16> onDevice(operands);
#define TEST(NAME, EXPRESSION, WANT) test<Do_##NAME, T>(operands, onDevice);
  ARITHMETIC(TEST)
  EXTREMES(TEST)
  COMPARISONS(TEST)
}

int main() {
  testAll<__half>();
  testAll<__nv_bfloat16>();
  std::printf(failures ? "%d differences\n" : "arithmetic of half and bfloat16: passed\n",
              failures);
  return failures != 0;
}
