// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Matrix fragments and their product, for devicelib/matrix*.cpp. Gang functions get every register
// as an array of 32 lanes.
//
// A fragment is made of 32-bit registers of E elements each (f64: 64-bit, E = 1). Lane 4 * g + t of
// a register of A holds row g (of 8) and the columns t * E ... t * E + E - 1 of a chunk of 4 * E
// columns; B is the same with columns of B for rows of A. Lane 4 * g + t of a pair of registers of
// C or D holds row g and columns 2 * t, 2 * t + 1. All shapes of mma and, by our choice, wmma are
// such 8-row pieces: the manual's tables (PTX ISA 9.7.14.5) say the same with more words.
//
// Numbers: elements become floats, in which products of all types but tf32 and f64 and the sums of
// all integer types are exact; one fma for each k, in ascending order, starting from C. The manual
// leaves order and rounding of the sum open ("at least single precision").
#pragma once

#include "devicelib.h"

#pragma clang diagnostic ignored "-Wpsabi" // wide vectors never cross a call

#define AW_INLINE inline __attribute__((always_inline))

namespace devicelib {

constexpr unsigned kLanes = 32;

template <typename T, unsigned W> using Vec __attribute__((ext_vector_type(W))) = T;

template <typename V, typename T> AW_INLINE V load(const T* p) {
  V v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
template <typename V, typename T> AW_INLINE void store(T* p, V v) {
  __builtin_memcpy(p, &v, sizeof v);
}

// ---- element types: bits of one and element i of every word of a vector as a float

template <unsigned W> AW_INLINE Vec<float, W> halves(Vec<uint32_t, W> bits16) {
  auto narrow = __builtin_convertvector(bits16, Vec<uint16_t, W>);
  return __builtin_convertvector(__builtin_bit_cast(Vec<_Float16, W>, narrow), Vec<float, W>);
}

struct F16 {
  static constexpr unsigned kBits = 16;
  template <unsigned W> static AW_INLINE Vec<float, W> get(Vec<uint32_t, W> x, unsigned i) {
    return halves<W>(x >> (16 * i));
  }
};
struct Bf16 {
  static constexpr unsigned kBits = 16;
  template <unsigned W> static AW_INLINE Vec<float, W> get(Vec<uint32_t, W> x, unsigned i) {
    return __builtin_bit_cast(Vec<float, W>, x >> (16 * i) << 16);
  }
};
struct Tf32 { // the low 13 bits do not take part
  static constexpr unsigned kBits = 32;
  template <unsigned W> static AW_INLINE Vec<float, W> get(Vec<uint32_t, W> x, unsigned) {
    return __builtin_bit_cast(Vec<float, W>, x & 0xffffe000u);
  }
};
struct E5m2 { // the upper byte of an f16
  static constexpr unsigned kBits = 8;
  template <unsigned W> static AW_INLINE Vec<float, W> get(Vec<uint32_t, W> x, unsigned i) {
    return halves<W>((x >> (8 * i) & 0xff) << 8);
  }
};
struct E4m3 { // shifted into place, an f16 with an exponent that is 8 too small; no infinities
  static constexpr unsigned kBits = 8;
  template <unsigned W> static AW_INLINE Vec<float, W> get(Vec<uint32_t, W> x, unsigned i) {
    Vec<uint32_t, W> b = x >> (8 * i);
    auto v = halves<W>((b & 0x7f) << 7 | (b & 0x80) << 8) * 256.0f;
    auto isNan = (b & 0x7f) == 0x7f;
    auto bits = __builtin_bit_cast(Vec<uint32_t, W>, v);
    auto nan = Vec<uint32_t, W>(0x7fc00000u);
    return __builtin_bit_cast(Vec<float, W>, isNan ? nan : bits);
  }
};
template <unsigned Bits, bool Signed> struct Integer {
  static constexpr unsigned kBits = Bits;
  static constexpr bool kSigned = Signed;
  template <unsigned W> static AW_INLINE Vec<float, W> get(Vec<uint32_t, W> x, unsigned i) {
    auto top = x << (32 - Bits - Bits * i);
    if constexpr (Signed)
      return __builtin_convertvector(__builtin_bit_cast(Vec<int32_t, W>, top) >> int(32 - Bits),
                                     Vec<float, W>);
    else // below 2^31, where the conversion of signed numbers is cheaper
      return __builtin_convertvector(__builtin_bit_cast(Vec<int32_t, W>, top >> (32 - Bits)),
                                     Vec<float, W>);
  }
};
using S8 = Integer<8, true>;
using U8 = Integer<8, false>;
using S4 = Integer<4, true>;
using U4 = Integer<4, false>;

// ---- the product of rows of A and a block of columns of B

// acc[m][n] += a(m, k) * b[k][n] for Rows rows (a multiple of 8), N columns and K steps. a.at(h, k)
// points to the element of row 8 * h and step k, the next rows follow A::kStride elements apart.
template <unsigned Rows, unsigned N, unsigned K, typename T, typename A>
AW_INLINE void product(T* acc, const A& a, const T* b) {
  constexpr unsigned kWidth = N % 16 == 0 && sizeof(T) == 4 ? 16 : 8;
  using V = Vec<T, kWidth>;
  for (unsigned h = 0; h < Rows / 8; h++)
    for (unsigned n = 0; n < N; n += kWidth) {
      V sum[8];
      T* corner = acc + 8 * h * N + n;
#pragma unroll
      for (unsigned r = 0; r < 8; r++)
        sum[r] = load<V>(corner + r * N);
      for (unsigned k = 0; k < K; k++) {
        const T* p = a.at(h, k);
        V row = load<V>(b + k * N + n);
#pragma unroll
        for (unsigned r = 0; r < 8; r++)
          sum[r] = __builtin_elementwise_fma(V(p[r * A::kStride]), row, sum[r]);
      }
#pragma unroll
      for (unsigned r = 0; r < 8; r++)
        store(corner + r * N, sum[r]);
    }
}

// ---- fragments

// Number of a register: A has its 8-row pieces in pairs (16 rows), chunks of columns outside of
// them.
template <unsigned M, unsigned Chunks> constexpr unsigned registerOfA(unsigned h, unsigned chunk) {
  constexpr unsigned pair = M == 8 ? 1 : 2;
  return h / pair * (pair * Chunks) + h % pair + pair * chunk;
}

// Elements of A as they lie in the registers: [register][element of a word][lane].
template <typename T, unsigned M, unsigned K, unsigned E> struct Fragment {
  static constexpr unsigned kStride = 4, kChunks = K / (4 * E);
  const T* values;
  AW_INLINE const T* at(unsigned h, unsigned k) const {
    unsigned r = registerOfA<M, kChunks>(h, k / (4 * E));
    return values + (r * E + k % E) * kLanes + k / E % 4;
  }
};

// Elements of A row by row.
template <typename T, unsigned K> struct Rows {
  static constexpr unsigned kStride = K;
  const T* values;
  AW_INLINE const T* at(unsigned h, unsigned k) const { return values + 8 * h * K + k; }
};

// All elements of `count` registers, [register][element][lane].
template <typename Type> AW_INLINE void unpack(float* out, const uint32_t* words, unsigned count) {
  constexpr unsigned E = 32 / Type::kBits;
  for (unsigned r = 0; r < count; r++)
    for (unsigned half = 0; half < kLanes; half += 16) {
      auto x = load<Vec<uint32_t, 16>>(words + r * kLanes + half);
#pragma unroll
      for (unsigned i = 0; i < E; i++)
        store(out + (r * E + i) * kLanes + half, Type::template get<16>(x, i));
    }
}

// 32 lanes of [8][4] as [4][8].
template <typename V> AW_INLINE V transpose8x4(V x) {
  return __builtin_shufflevector(x, x, 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29, 2,
                                 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31);
}

// The registers of B as rows of B: [k][n].
template <typename Type, unsigned N, unsigned K>
AW_INLINE void unpackB(float* out, const uint32_t* words) {
  constexpr unsigned E = 32 / Type::kBits, kChunks = K / (4 * E);
  for (unsigned tile = 0; tile < N / 8; tile++)
    for (unsigned chunk = 0; chunk < kChunks; chunk++) {
      auto x = transpose8x4(load<Vec<uint32_t, 32>>(words + (tile * kChunks + chunk) * kLanes));
      uint32_t lines[32];
      store(lines, x);
#pragma unroll
      for (unsigned t = 0; t < 4; t++)
#pragma unroll
        for (unsigned i = 0; i < E; i++)
          store(out + (chunk * 4 * E + t * E + i) * N + 8 * tile,
                Type::template get<8>(load<Vec<uint32_t, 8>>(lines + 8 * t), i));
    }
}

// Number of the first register of the pair for 8 rows h and 8 columns `tile` of C and D.
template <unsigned M> constexpr unsigned registerOfC(unsigned h, unsigned tile) {
  return tile * (M / 8 * 2) + 2 * h;
}

// C or D between registers and rows. T: 32- or 64-bit.
template <unsigned M, unsigned N, typename T> AW_INLINE void rowsOfC(T* rows, const T* registers) {
  for (unsigned h = 0; h < M / 8; h++)
    for (unsigned tile = 0; tile < N / 8; tile++) {
      const T* even = registers + registerOfC<M>(h, tile) * kLanes;
#pragma unroll
      for (unsigned g = 0; g < 8; g++) {
        auto e = load<Vec<T, 4>>(even + 4 * g), o = load<Vec<T, 4>>(even + kLanes + 4 * g);
        store(rows + (8 * h + g) * N + 8 * tile,
              __builtin_shufflevector(e, o, 0, 4, 1, 5, 2, 6, 3, 7));
      }
    }
}
template <unsigned M, unsigned N, typename T>
AW_INLINE void registersOfC(T* registers, const T* rows) {
  for (unsigned h = 0; h < M / 8; h++)
    for (unsigned tile = 0; tile < N / 8; tile++) {
      T* even = registers + registerOfC<M>(h, tile) * kLanes;
#pragma unroll
      for (unsigned g = 0; g < 8; g++) {
        auto row = load<Vec<T, 8>>(rows + (8 * h + g) * N + 8 * tile);
        store(even + 4 * g, __builtin_shufflevector(row, row, 0, 2, 4, 6));
        store(even + kLanes + 4 * g, __builtin_shufflevector(row, row, 1, 3, 5, 7));
      }
    }
}

// What C and D are. Integer products are summed from 0 (exact floats below 2^24) and added to C.
enum class Acc { Float, Half, Wrap, Saturate };

// Rows of C to start from.
template <Acc S, unsigned M, unsigned N, typename T> AW_INLINE void begin(float* rows, const T* c) {
  if constexpr (S == Acc::Float) {
    rowsOfC<M, N>(rows, c);
  } else if constexpr (S == Acc::Half) {
    alignas(64) float wide[M * N];
    unpack<F16>(wide, c, M * N / 2 / kLanes);
    rowsOfC<M, N>(rows, wide);
  } else {
    for (unsigned i = 0; i < M * N; i += 16)
      store(rows + i, Vec<float, 16>(0.0f));
  }
}

template <Acc S, unsigned M, unsigned N, typename T>
AW_INLINE void end(T* d, const float* rows, const T* c) {
  if constexpr (S == Acc::Float) {
    registersOfC<M, N>(d, rows);
    return;
  } else {
    alignas(64) float sums[M * N];
    registersOfC<M, N>(sums, rows);
    constexpr unsigned kStep = 16;
    if constexpr (S == Acc::Half) {
      auto half = [&](unsigned i) {
        auto h = __builtin_convertvector(load<Vec<float, kStep>>(sums + i), Vec<_Float16, kStep>);
        return __builtin_convertvector(__builtin_bit_cast(Vec<uint16_t, kStep>, h),
                                       Vec<uint32_t, kStep>);
      };
      for (unsigned r = 0; r < M * N / 2 / kLanes; r++)
        for (unsigned lane = 0; lane < kLanes; lane += kStep)
          store(d + r * kLanes + lane,
                half(2 * r * kLanes + lane) | half((2 * r + 1) * kLanes + lane) << 16);
    } else {
      for (unsigned i = 0; i < M * N; i += kStep) {
        using V = Vec<int32_t, kStep>;
        V x = load<V>(c + i), y = __builtin_convertvector(load<Vec<float, kStep>>(sums + i), V);
        if constexpr (S == Acc::Saturate)
          store(d + i, __builtin_elementwise_add_sat(x, y));
        else
          store(d + i, __builtin_bit_cast(Vec<uint32_t, kStep>, x) +
                           __builtin_bit_cast(Vec<uint32_t, kStep>, y));
      }
    }
  }
}

// One-bit elements: C and the counts of ones in A xor B or A and B, for eight columns.
template <bool Xor, unsigned M, unsigned K>
AW_INLINE void bitCounts(uint32_t* d, const uint32_t* a, const uint32_t* b, const uint32_t* c) {
  constexpr unsigned kChunks = K / 128;
  for (unsigned h = 0; h < M / 8; h++)
    for (unsigned g = 0; g < 8; g++)
      for (unsigned n = 0; n < 8; n++) {
        unsigned at = (registerOfC<M>(h, 0) + n % 2) * kLanes + 4 * g + n / 2;
        uint32_t count = c[at];
        for (unsigned chunk = 0; chunk < kChunks; chunk++) {
          const uint32_t* x = a + registerOfA<M, kChunks>(h, chunk) * kLanes + 4 * g;
          const uint32_t* y = b + chunk * kLanes + 4 * n;
#pragma unroll
          for (unsigned t = 0; t < 4; t += 2) {
            uint64_t u, v;
            __builtin_memcpy(&u, x + t, 8);
            __builtin_memcpy(&v, y + t, 8);
            count += unsigned(__builtin_popcountll(Xor ? u ^ v : u & v));
          }
        }
        d[at] = count;
      }
}

// Sparse matrices (PTX ISA 9.7.14.6): rows of A as they were before their zeros were left out.
// `a` is the fragment of the 16 x K/2 elements that are kept; `indices` the metadata register.
// Each nibble places the elements of a chunk of A: two 2-bit positions among four elements (for
// 4-bit types among four pairs), for tf32 one position among two. In a quad, `selector` tells which
// threads hold the nibbles: 16-bit and tf32 types put row g in the lower half of a word and row
// g + 8 in the upper one; others have row g in even and row g + 8 in odd threads.
template <typename Type, unsigned K>
AW_INLINE void expand(float* rows, const float* a, const uint32_t* indices, unsigned selector) {
  constexpr unsigned E = 32 / Type::kBits;
  constexpr unsigned kKept = E == 1 ? 1 : E == 8 ? 4 : 2; // of a chunk, half of its elements
  constexpr bool kHalfWords = E <= 2;
  constexpr unsigned kNibbles = K / 2 / kKept, kThreads = kNibbles / 4;
  Fragment<float, 16, K / 2, E> kept{a};
  for (unsigned i = 0; i < 16 * K; i += 16)
    store(rows + i, Vec<float, 16>(0.0f));
  for (unsigned row = 0; row < 16; row++)
    for (unsigned chunk = 0; chunk < kNibbles; chunk++) {
      unsigned word = kHalfWords ? chunk / 4 : chunk / 8 * 2 + row / 8;
      unsigned shift = kHalfWords ? chunk % 4 * 4 + row / 8 * 16 : chunk % 8 * 4;
      unsigned thread = selector * kThreads + word;
      uint32_t nibble = indices[row % 8 * 4 + (thread & 3)] >> shift;
      float* to = rows + row * K + chunk * kKept * 2;
#pragma unroll
      for (unsigned i = 0; i < kKept; i++) {
        unsigned position = E == 1   ? nibble >> 1 & 1
                            : E == 8 ? (nibble >> i / 2 * 2 & 3) * 2 + i % 2
                                     : nibble >> 2 * i & 3;
        to[position] = kept.at(row / 8, chunk * kKept + i)[row % 8 * 4];
      }
    }
}

AW_INLINE unsigned firstLane(uint32_t active) {
  return active ? unsigned(__builtin_ctz(active)) : 0;
}

} // namespace devicelib
