// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Integer, bit, byte-lane and rounding intrinsics against plain arithmetic on the host, over edge
// cases and random words.
#include <cfenv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#pragma STDC FENV_ACCESS ON

#define CHECK(call)                                                                                \
  do {                                                                                             \
    cudaError_t error_ = (call);                                                                   \
    if (error_ != cudaSuccess) {                                                                   \
      std::printf("%s:%d: %s\n", __FILE__, __LINE__, cudaGetErrorString(error_));                  \
      std::exit(1);                                                                                \
    }                                                                                              \
  } while (0)

typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;

// Lane by lane on bytes or halves, for the host.
template <int Bits, bool Signed, class F> static u32 lanes(u32 a, u32 b, F f) {
  u32 r = 0, mask = (1u << Bits) - 1;
  for (int i = 0; i < 32; i += Bits) {
    int x = int(a >> i & mask), y = int(b >> i & mask);
    if (Signed) {
      x = x >= 1 << (Bits - 1) ? x - (1 << Bits) : x;
      y = y >= 1 << (Bits - 1) ? y - (1 << Bits) : y;
    }
    r |= (u32(f(x, y)) & mask) << i;
  }
  return r;
}
static int clamp(int v, int low, int high) {
  return v < low ? low : v > high ? high : v;
}
static u32 bits(float f) {
  u32 r;
  std::memcpy(&r, &f, 4);
  return r;
}
static float number(u32 u) {
  float r;
  std::memcpy(&r, &u, 4);
  return r;
}
// NaNs compare equal: PTX does not say which one an operation gives.
static u32 canonical(float f) {
  return std::isnan(f) ? 0x7fffffffu : bits(f);
}
template <class F> static float rounded(int mode, F f) {
  std::fesetround(mode);
  volatile float result = f();
  std::fesetround(FE_TONEAREST);
  return result;
}

// Name, device expression and host expression of a and b; all give 64 bits.
#define CASES(F)                                                                                   \
  F(popc, __popc(a), __builtin_popcount(a))                                                        \
  F(clz, __clz(int(a)), a ? __builtin_clz(a) : 32)                                                 \
  F(ffs, __ffs(int(a)), __builtin_ffs(int(a)))                                                     \
  F(brev, __brev(a), reversed(a, 32))                                                              \
  F(popcll, __popcll(u64(a) << 32 | b), __builtin_popcountll(u64(a) << 32 | b))                    \
  F(clzll, __clzll(s64(u64(a) << 16)), a ? __builtin_clzll(u64(a) << 16) : 64)                     \
  F(brevll, __brevll(u64(a) << 32 | b), reversed(u64(a) << 32 | b, 64))                            \
  F(mulhi, u32(__mulhi(int(a), int(b))), u32(u64(s64(int(a)) * int(b)) >> 32))                     \
  F(umulhi, __umulhi(a, b), u64(a) * b >> 32)                                                      \
  F(umul64hi, __umul64hi(u64(a) << 32 | b, u64(b) << 32 | a),                                      \
    u64((unsigned __int128)(u64(a) << 32 | b) * (u64(b) << 32 | a) >> 64))                         \
  F(byte_perm, __byte_perm(a, b, 0x5140), lanesOfPerm(a, b, 0x5140))                               \
  F(byte_perm_dynamic, __byte_perm(a, b, a ^ b), lanesOfPerm(a, b, a ^ b))                         \
  F(funnel_l, __funnelshift_l(a, b, 13), u32((u64(b) << 32 | a) << 13 >> 32))                      \
  F(funnel_r, __funnelshift_r(a, b, 13), u32((u64(b) << 32 | a) >> 13))                            \
  F(funnel_rc, __funnelshift_rc(a, b, 40), b)                                                      \
  F(sad, __sad(int(a), int(b), 7), u32(std::llabs(s64(int(a)) - int(b))) + 7)                      \
  F(hadd, u32(__hadd(int(a), int(b))), u32((s64(int(a)) + int(b)) >> 1))                           \
  F(urhadd, __urhadd(a, b), (u64(a) + b + 1) >> 1)                                                 \
  F(mul24, u32(__mul24(int(a), int(b))), u32(s64(int(a << 8) >> 8) * (int(b << 8) >> 8)))          \
  F(vadd4, __vadd4(a, b), (lanes<8, false>(a, b, [](int x, int y) { return x + y; })))             \
  F(vsubss2, __vsubss2(a, b),                                                                      \
    (lanes<16, true>(a, b, [](int x, int y) { return clamp(x - y, -32768, 32767); })))             \
  F(vaddus4, __vaddus4(a, b),                                                                      \
    (lanes<8, false>(a, b, [](int x, int y) { return clamp(x + y, 0, 255); })))                    \
  F(vabsdiffu4, __vabsdiffu4(a, b),                                                                \
    (lanes<8, false>(a, b, [](int x, int y) { return std::abs(x - y); })))                         \
  F(vmaxs2, __vmaxs2(a, b), (lanes<16, true>(a, b, [](int x, int y) { return x > y ? x : y; })))   \
  F(vminu4, __vminu4(a, b), (lanes<8, false>(a, b, [](int x, int y) { return x < y ? x : y; })))   \
  F(vcmpgts4, __vcmpgts4(a, b),                                                                    \
    (lanes<8, true>(a, b, [](int x, int y) { return x > y ? 255 : 0; })))                          \
  F(vavgu4, __vavgu4(a, b), (lanes<8, false>(a, b, [](int x, int y) { return (x + y + 1) / 2; }))) \
  F(dp4a, u32(__dp4a(int(a), int(b), 5)), dot(a, b, true))                                         \
  F(dp4a_u, __dp4a(a, b, 5u), dot(a, b, false))                                                    \
  F(min_mixed, u32(min(int(a), b)), a < b ? a : b)                                                 \
  F(add_rn, same(__fadd_rn(x, y)), canonical(rounded(FE_TONEAREST, [=] { return x + y; })))        \
  F(add_rz, same(__fadd_rz(x, y)), canonical(rounded(FE_TOWARDZERO, [=] { return x + y; })))       \
  F(add_ru, same(__fadd_ru(x, y)), canonical(rounded(FE_UPWARD, [=] { return x + y; })))           \
  F(mul_rd, same(__fmul_rd(x, y)), canonical(rounded(FE_DOWNWARD, [=] { return x * y; })))         \
  F(mul_ru, same(__fmul_ru(x, y)), canonical(rounded(FE_UPWARD, [=] { return x * y; })))           \
  F(div_rz, same(__fdiv_rz(x, y)), canonical(rounded(FE_TOWARDZERO, [=] { return x / y; })))       \
  F(sqrt_ru, same(__fsqrt_ru(x)), canonical(rounded(FE_UPWARD, [=] { return std::sqrt(x); })))     \
  F(fma_rn, same(fmaf(x, y, 1.0f)), canonical(std::fma(x, y, 1.0f)))                               \
  F(float_to_int, u32(__float2int_rz(x)), u32(saturate(std::trunc(x))))                            \
  F(float_to_int_ru, u32(__float2int_ru(x)), u32(saturate(std::ceil(x))))                          \
  F(float_to_int_rn, u32(__float2int_rn(x)), u32(saturate(std::nearbyint(x))))                     \
  F(int_to_float_rd, same(__int2float_rd(int(a))), canonical(rounded(FE_DOWNWARD, [=] {            \
      volatile int i = int(a);                                                                     \
      return float(i);                                                                             \
    })))                                                                                           \
  F(rint, same(rintf(x)), canonical(std::nearbyint(x)))                                            \
  F(round, same(roundf(x)), canonical(std::round(x)))                                              \
  F(fmin_nan, same(fminf(x, y)), canonical(smaller(x, y)))

static u32 lanesOfPerm(u32 a, u32 b, u32 selector) {
  u64 bytes = u64(b) << 32 | a;
  u32 r = 0;
  for (int i = 0; i < 4; ++i)
    r |= u32(bytes >> (8 * (selector >> (4 * i) & 7)) & 255) << (8 * i);
  return r;
}
static u64 reversed(u64 value, int bits) {
  u64 r = 0;
  for (int i = 0; i < bits; ++i)
    r |= (value >> i & 1) << (bits - 1 - i);
  return r;
}
static u32 dot(u32 a, u32 b, bool isSigned) {
  s64 sum = 5;
  for (int i = 0; i < 32; i += 8)
    sum += isSigned ? s64(int8_t(a >> i)) * int8_t(b >> i) : s64(uint8_t(a >> i)) * uint8_t(b >> i);
  return u32(sum);
}
// The other operand where one is NaN, quiet or signalling; -0 is below +0.
static float smaller(float x, float y) {
  if (std::isnan(x) || std::isnan(y))
    return std::isnan(x) ? y : x;
  return x < y || (x == y && std::signbit(x)) ? x : y;
}
// cvt to integers saturates, NaN gives 0.
static int saturate(double x) {
  return std::isnan(x)        ? 0
         : x >= 2147483647.0  ? 2147483647
         : x <= -2147483648.0 ? -2147483647 - 1
                              : int(x);
}
__device__ u64 same(float f) {
  return f != f ? 0x7fffffffu : __float_as_uint(f);
}

#define KERNEL(NAME, DEVICE, HOST)                                                                 \
  __global__ void NAME##Kernel(const u32* as, const u32* bs, u64* out, int n) {                    \
    int i = blockIdx.x * blockDim.x + threadIdx.x;                                                 \
    if (i >= n)                                                                                    \
      return;                                                                                      \
    u32 a = as[i], b = bs[i];                                                                      \
    float x = __uint_as_float(a), y = __uint_as_float(b);                                          \
    (void)b, (void)x, (void)y;                                                                     \
    out[i] = u64(DEVICE);                                                                          \
  }
CASES(KERNEL)

int main() {
  std::vector<u32> a, b;
  const u32 edges[] = {0,
                       1,
                       2,
                       0x7fffffffu,
                       0x80000000u,
                       0xffffffffu,
                       0x00ff00ffu,
                       0x80808080u,
                       0x7f7f7f7fu,
                       bits(1.0f),
                       bits(-1.5f),
                       bits(2.5f),
                       bits(INFINITY),
                       bits(NAN),
                       bits(3e9f),
                       bits(1e-40f),
                       bits(0.1f)};
  for (u32 x : edges)
    for (u32 y : edges)
      a.push_back(x), b.push_back(y);
  u32 state = 3;
  auto next = [&] {
    state = state * 1664525u + 1013904223u;
    return state >> 16;
  };
  for (int i = 0; i < 4000; ++i) {
    a.push_back(next() << 16 | next());
    b.push_back(next() << 16 | next());
  }
  // Floats of moderate size: random bits are mostly huge or tiny.
  for (int i = 0; i < 4000; ++i) {
    a.push_back(bits((float(next()) - 32768.0f) / 37.0f));
    b.push_back(bits((float(next()) - 32768.0f) / 113.0f));
  }
  const int n = int(a.size());
  u32 *deviceA, *deviceB;
  u64* deviceOut;
  std::vector<u64> out(n);
  CHECK(cudaMalloc(&deviceA, n * sizeof(u32)));
  CHECK(cudaMalloc(&deviceB, n * sizeof(u32)));
  CHECK(cudaMalloc(&deviceOut, n * sizeof(u64)));
  CHECK(cudaMemcpy(deviceA, a.data(), n * sizeof(u32), cudaMemcpyHostToDevice));
  CHECK(cudaMemcpy(deviceB, b.data(), n * sizeof(u32), cudaMemcpyHostToDevice));

  int functions = 0, failures = 0;
  auto compare = [&](const char* name, auto kernel, auto host) {
    kernel<<<(n + 255) / 256, 256>>>(deviceA, deviceB, deviceOut, n);
    CHECK(cudaMemcpy(out.data(), deviceOut, n * sizeof(u64), cudaMemcpyDeviceToHost));
    int wrong = 0, first = -1;
    for (int i = 0; i < n; ++i)
      if (out[i] != u64(host(a[i], b[i]))) {
        first = wrong++ ? first : i;
      }
    if (wrong)
      std::printf("FAIL: %s: %d of %d wrong, first f(%#x, %#x) = %#llx, expected %#llx\n", name,
                  wrong, n, a[first], b[first], (unsigned long long)out[first],
                  (unsigned long long)u64(host(a[first], b[first])));
    failures += wrong > 0;
    ++functions;
  };
#define COMPARE(NAME, DEVICE, HOST)                                                                \
  compare(#NAME, NAME##Kernel, [](u32 a, u32 b) -> u64 {                                           \
    float x = number(a), y = number(b);                                                            \
    (void)b, (void)x, (void)y;                                                                     \
    return u64(HOST);                                                                              \
  });
  CASES(COMPARE)
  std::printf("intrinsics: %d functions on %d pairs\n", functions, n);
  if (!failures)
    std::printf("PASS\n");
  return failures != 0;
}
