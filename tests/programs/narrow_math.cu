// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Mathematical functions of half and bfloat16 for all 65,536 operands, on device and host, against
// long double: the result has to be a correctly rounded value of something as near to the true one
// as a good float function comes.
#include "narrow_reference.h"

#include <cuda_bf16.h>
#include <cuda_fp16.h>

static __host__ __device__ u16 bitsOf(__half v) {
  return __half_as_ushort(v);
}
static __host__ __device__ u16 bitsOf(__nv_bfloat16 v) {
  return __bfloat16_as_ushort(v);
}
template <class T> struct Type;
template <> struct Type<__half> {
  typedef __half2 Pair;
  typedef HalfReference R;
  static constexpr const char* name = "half";
  // PTX ISA, tanh: largest absolute error, 2^-10.987.
  static constexpr real tanhError = 4.928e-4L;
  static __host__ __device__ __half of(u16 bits) { return __ushort_as_half(bits); }
};
template <> struct Type<__nv_bfloat16> {
  typedef __nv_bfloat162 Pair;
  typedef Bfloat16Reference R;
  static constexpr const char* name = "bfloat16";
  static constexpr real tanhError = 1 / 256.0L;
  static __host__ __device__ __nv_bfloat16 of(u16 bits) { return __ushort_as_bfloat16(bits); }
};

// Relative errors of the float functions behind: half an ULP of float is 2^-24; libdevice allows
// two ULP, the square root and the reciprocal none.
static const real kExact = 0, kUlps = 4 * 0x1p-24L;
#define FUNCTIONS(F)                                                                               \
  F(ceil, std::ceil(x), kExact)                                                                    \
  F(floor, std::floor(x), kExact)                                                                  \
  F(trunc, std::trunc(x), kExact)                                                                  \
  F(rint, std::rint(x), kExact)                                                                    \
  F(sqrt, std::sqrt(x), kExact)                                                                    \
  F(rcp, 1 / x, kExact)                                                                            \
  F(rsqrt, 1 / std::sqrt(x), kUlps)                                                                \
  F(exp, std::exp(x), kUlps)                                                                       \
  F(exp2, std::exp2(x), kUlps)                                                                     \
  F(exp10, std::pow((real)10, x), kUlps)                                                           \
  F(log, std::log(x), kUlps)                                                                       \
  F(log2, std::log2(x), kUlps)                                                                     \
  F(log10, std::log10(x), kUlps)                                                                   \
  F(sin, std::sin(x), kUlps)                                                                       \
  F(cos, std::cos(x), kUlps)                                                                       \
  F(tanh, std::tanh(x), 2 * kUlps)

#define KERNELS(NAME, ...)                                                                         \
  struct Do_##NAME {                                                                               \
    template <class T> static __host__ __device__ u32 run(u16 bits) {                              \
      T a = Type<T>::of(bits), b = Type<T>::of((u16)(bits ^ 0x8001));                              \
      typename Type<T>::Pair pair = h2##NAME(typename Type<T>::Pair(b, a));                        \
      T one = h##NAME(a);                                                                          \
      /* The pair's function does the same in both parts. */                                       \
      bool same = bitsOf(pair.y) == bitsOf(one) && bitsOf(pair.x) == bitsOf(h##NAME(b));           \
      return bitsOf(one) | (same ? 0u : 1u << 16);                                                 \
    }                                                                                              \
  };
FUNCTIONS(KERNELS)
KERNELS(tanh_approx, )

template <class Do, class T> __global__ void onDevice(u32* out) {
  u32 i = blockIdx.x * blockDim.x + threadIdx.x;
  out[i] = Do::template run<T>((u16)i);
}

template <class T, class F>
static void judge(const char* name, const char* side, u32 operand, u32 result, F accepts,
                  int& shown) {
  if (accepts(Type<T>::R::value(operand), result & 0xffff) && result >> 16 == 0)
    return;
  ++failures;
  if (++shown <= 3)
    std::printf("%s h%s(%04x) on the %s: %05x\n", Type<T>::name, name, operand, side, result);
}

template <class Do, class T, class F> static void test(const char* name, F accepts) {
  DeviceArray<u32> out(0x10000);
  onDevice<Do, T><<<0x10000 / 256, 256>>>(out.data);
  CHECK(cudaDeviceSynchronize());
  std::vector<u32> results = out.copy();
  int shown = 0;
  for (u32 i = 0; i < 0x10000; ++i) {
    judge<T>(name, "device", i, results[i], accepts, shown);
    judge<T>(name, "host", i, Do::template run<T>((u16)i), accepts, shown);
  }
}

// Between the roundings of the ends of the interval that the error leaves.
template <class R> static bool rounds(u32 result, real want, real error) {
  if (std::isnan(want))
    return R::isNan(result);
  u32 low = R::round(want - std::fabs(want) * error),
      high = R::round(want + std::fabs(want) * error);
  if (std::isinf(want))
    low = high = R::round(want);
  if (R::isNan(result))
    return false;
  if (want == 0) // the sign counts
    return result == R::round(want);
  return R::value(result) >= R::value(low) && R::value(result) <= R::value(high);
}

template <class T> static void testAll() {
  typedef typename Type<T>::R R;
#define TEST(NAME, WANT, ERROR)                                                                    \
  test<Do_##NAME, T>(#NAME, [](real x, u32 result) { return rounds<R>(result, WANT, ERROR); });
  FUNCTIONS(TEST)
  test<Do_tanh_approx, T>("tanh_approx", [](real x, u32 result) {
    if (std::isnan(x))
      return R::isNan(result);
    return std::fabs(R::value(result) - std::tanh(x)) <= Type<T>::tanhError;
  });
}

int main() {
  testAll<__half>();
  testAll<__nv_bfloat16>();
  std::printf(failures ? "%d failures\n" : "mathematics of half and bfloat16: passed\n", failures);
  return failures != 0;
}
