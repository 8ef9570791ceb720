// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Products of matrices that stay in the layout of their registers (matrix.h),
// without memory between.
//
// Half a register is a vector of 16 lanes, 4 rows (columns of B) in quads. An
// element of C or D in lane 4 * g + t belongs to row g and column 2 * t (or 2 *
// t + 1, in the register behind). For one step of K, its factor of A is the
// same in all lanes of a quad, and that of B the same in all quads: a shuffle
// of one register of A, one of both halves of a register of B, and one
// multiply-add for 16 elements. Sums of floats start from C and take their
// steps in ascending order of K.
#pragma once

#include "matrix.h"

namespace devicelib {

template <unsigned I> struct Index {
  static constexpr unsigned value = I;
  constexpr operator unsigned() const { return I; }
};
// fn(Index<0>) ... fn(Index<N - 1>), without a loop.
template <unsigned N, unsigned From = 0, typename Fn> AW_INLINE void each(Fn fn) {
  if constexpr (From < N) {
    fn(Index<From>{});
    each<N, From + 1>(fn);
  }
}
#define AW_EACH(I) (auto I) __attribute__((always_inline))

using Words = Vec<uint32_t, 16>;
using Floats = Vec<float, 16>;

// Lane T of every quad in all of its lanes.
template <unsigned T, typename V> AW_INLINE V acrossQuad(V x) {
  return __builtin_shufflevector(x, x, T, T, T, T, 4 + T, 4 + T, 4 + T, 4 + T, 8 + T, 8 + T, 8 + T,
                                 8 + T, 12 + T, 12 + T, 12 + T, 12 + T);
}
// A register by its halves.
template <typename V> struct Halves {
  V low, high;
};
AW_INLINE Halves<Words> halvesOf(const uint32_t* words) {
  return {load<Words>(words), load<Words>(words + 16)};
}

// ---- floats

template <typename Type> struct FloatSteps {
  static constexpr unsigned kCount = 32 / Type::kBits;
  static constexpr bool kQuadsFirst = false;
  static AW_INLINE void get(Halves<Floats> (&out)[kCount], Halves<Words> x) {
    each<kCount>([&] AW_EACH(e) {
      out[e] = {Type::template get<16>(x.low, e), Type::template get<16>(x.high, e)};
    });
  }
};
// Conversions take neighbours, so the two of a word stay together at first.
template <> struct FloatSteps<F16> {
  static constexpr unsigned kCount = 2;
  static constexpr bool kQuadsFirst = true;
  template <unsigned First> static AW_INLINE Floats eightWords(Words x) {
    auto h = __builtin_bit_cast(Vec<_Float16, 32>, x);
    return __builtin_convertvector(
        __builtin_shufflevector(h, h, First, First + 1, First + 2, First + 3, First + 4, First + 5,
                                First + 6, First + 7, First + 8, First + 9, First + 10, First + 11,
                                First + 12, First + 13, First + 14, First + 15),
        Floats);
  }
  static AW_INLINE void half(Floats& first, Floats& second, Words x) {
    Floats upper = eightWords<0>(x), lower = eightWords<16>(x);
    first = __builtin_shufflevector(upper, lower, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25,
                                    26, 27);
    second = __builtin_shufflevector(upper, lower, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28,
                                     29, 30, 31);
  }
  static AW_INLINE void get(Halves<Floats> (&out)[2], Halves<Words> x) {
    half(out[0].low, out[1].low, x.low);
    half(out[0].high, out[1].high, x.high);
  }
};

AW_INLINE Words halfBits(Floats x) {
  auto h = __builtin_convertvector(x, Vec<_Float16, 16>);
  return __builtin_convertvector(__builtin_bit_cast(Vec<uint16_t, 16>, h), Words);
}

// Half `half` of the two registers of C or D from number r on, or of the one of
// f16 in pairs.
template <Acc S, typename T> AW_INLINE void loadSums(Floats (&sum)[2][2], const T* c, unsigned r) {
  each<2>([&] AW_EACH(half) {
    if constexpr (S == Acc::Half) {
      Words x = load<Words>(c + r / 2 * kLanes + 16 * half);
      sum[0][half] = F16::get<16>(x, 0), sum[1][half] = F16::get<16>(x, 1);
    } else {
      sum[0][half] = load<Floats>(c + r * kLanes + 16 * half);
      sum[1][half] = load<Floats>(c + (r + 1) * kLanes + 16 * half);
    }
  });
}
template <Acc S, typename T> AW_INLINE void storeSums(T* d, unsigned r, const Floats (&sum)[2][2]) {
  each<2>([&] AW_EACH(half) {
    if constexpr (S == Acc::Half) {
      store(d + r / 2 * kLanes + 16 * half, halfBits(sum[0][half]) | halfBits(sum[1][half]) << 16);
    } else {
      store(d + r * kLanes + 16 * half, sum[0][half]);
      store(d + (r + 1) * kLanes + 16 * half, sum[1][half]);
    }
  });
}

// Step S of K: in which vector and lane of a quad.
template <unsigned S, typename Steps> struct StepOf {
  static constexpr unsigned E = Steps::kCount;
  static constexpr unsigned lane = Steps::kQuadsFirst ? S % 4 : S / E,
                            vector = Steps::kQuadsFirst ? S / 4 : S % E;
};

// Lane T of four quads: even columns from 0, odd ones from 4.
template <unsigned First, typename V> AW_INLINE auto fourColumns(Halves<V> y) {
  return __builtin_shufflevector(y.low, y.high, First, First + 8, First + 16, First + 24);
}
template <typename V> AW_INLINE auto toAllQuads(V v) {
  return __builtin_shufflevector(v, v, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3);
}

template <Acc S, typename TypeA, typename TypeB, unsigned M, unsigned N, unsigned K, typename T>
AW_INLINE void multiplyFloats(T* d, const uint32_t* a, const uint32_t* b, const T* c) {
  using A = FloatSteps<TypeA>;
  using B = FloatSteps<TypeB>;
  static_assert(A::kCount == B::kCount && A::kQuadsFirst == B::kQuadsFirst);
  constexpr unsigned E = A::kCount, kChunks = K / (4 * E), kSteps = 4 * E;
  for (unsigned tile = 0; tile < N / 8; tile++) {
    Vec<float, 4> columns[kChunks * kSteps][2];
    each<kChunks>([&] AW_EACH(chunk) {
      Halves<Floats> y[E];
      B::get(y, halvesOf(b + (tile * kChunks + chunk) * kLanes));
      each<kSteps>([&] AW_EACH(step) {
        using At = StepOf<decltype(step)::value, B>;
        columns[chunk * kSteps + step][0] = fourColumns<At::lane>(y[At::vector]);
        columns[chunk * kSteps + step][1] = fourColumns<At::lane + 4>(y[At::vector]);
      });
    });
    // A loop: with 16 registers, eight rows are as much as fits.
#pragma clang loop unroll(disable)
    for (unsigned h = 0; h < M / 8; h++) {
      unsigned r = registerOfC<M>(h, tile);
      Floats sum[2][2];
      loadSums<S>(sum, c, r);
      each<kChunks>([&] AW_EACH(chunk) {
        Halves<Floats> x[E];
        A::get(x, halvesOf(a + registerOfA<M, kChunks>(h, chunk) * kLanes));
        each<kSteps>([&] AW_EACH(step) {
          using At = StepOf<decltype(step)::value, A>;
          Floats low = acrossQuad<At::lane>(x[At::vector].low),
                 high = acrossQuad<At::lane>(x[At::vector].high);
          each<2>([&] AW_EACH(odd) {
            Floats y = toAllQuads(columns[chunk * kSteps + step][odd]);
            sum[odd][0] = __builtin_elementwise_fma(low, y, sum[odd][0]);
            sum[odd][1] = __builtin_elementwise_fma(high, y, sum[odd][1]);
          });
        });
      });
      storeSums<S>(d, r, sum);
    }
  }
}

// ---- integers of 4 or 8 bits

} // namespace devicelib

// sum + the products of four unsigned bytes of u and four signed ones of s,
// modulo 2^32. The backend puts the machine's own instruction in place of the
// body (host_instructions.h).
PTX void ptx_host_dot_us(devicelib::Words* sum, const devicelib::Words* u,
                         const devicelib::Words* s);

namespace devicelib {

AW_INLINE Words dot(Words sum, Words u, Words s) {
  ptx_host_dot_us(&sum, &u, &s);
  return sum;
}

AW_INLINE Words saturatingSum(Words x, Words y) {
  using Signed = Vec<int32_t, 16>;
  return __builtin_bit_cast(Words, __builtin_elementwise_add_sat(__builtin_bit_cast(Signed, x),
                                                                 __builtin_bit_cast(Signed, y)));
}

// Elements as bytes, four steps at once: a word of 8-bit elements itself, or
// its lower and upper nibbles. Flip: the sign bit is inverted, which makes
// signed elements unsigned by adding half of their range, and the other way
// round.
template <typename Type, bool Flip, bool Extend> AW_INLINE Words bytes(Words x, unsigned e) {
  if constexpr (Type::kBits == 8)
    return Flip ? x ^ 0x80808080u : x;
  x = x >> (4 * e) & 0x0f0f0f0fu;
  if constexpr (Flip || Extend)
    x ^= 0x08080808u;
  if constexpr (Extend) // to signed bytes
    x = __builtin_bit_cast(Words, __builtin_bit_cast(Vec<uint8_t, 64>, x) - Vec<uint8_t, 64>(8));
  return x;
}

// One factor must be unsigned and the other signed. Two signed ones: A is moved
// up by half of its range and the excess, that times the sums of B, taken off.
// Two unsigned bytes: A is moved down. Nibbles are signed bytes, too.
template <typename TypeA, typename TypeB> struct ByteSteps {
  static constexpr unsigned kBits = TypeA::kBits, kCount = 8 / kBits;
  static constexpr bool kUnsignedB =
      TypeA::kSigned ? !TypeB::kSigned : kBits == 8 && !TypeB::kSigned;
  static constexpr bool kMoved = TypeA::kSigned == TypeB::kSigned && (TypeA::kSigned || kBits == 8);
  static AW_INLINE Words a(Words x, unsigned e) {
    return bytes < TypeA, kMoved, TypeA::kSigned && !kMoved && kBits == 4 > (x, e);
  }
  static AW_INLINE Words b(Words x, unsigned e) {
    return bytes < TypeB, false, TypeB::kSigned && kBits == 4 > (x, e);
  }
  static AW_INLINE Words multiply(Words sum, Words x, Words y) {
    return kUnsignedB ? dot(sum, y, x) : dot(sum, x, y);
  }
  static constexpr uint32_t kExcess = kBits == 8 ? 0x80808080u : 0x08080808u;
};

template <Acc S, typename TypeA, typename TypeB, unsigned M, unsigned N, unsigned K>
AW_INLINE void multiplyIntegers(uint32_t* d, const uint32_t* a, const uint32_t* b,
                                const uint32_t* c) {
  using Steps = ByteSteps<TypeA, TypeB>;
  constexpr unsigned E = Steps::kCount, kChunks = K / (16 * E), kSteps = 4 * E;
  for (unsigned tile = 0; tile < N / 8; tile++) {
    Vec<uint32_t, 4> columns[kChunks * kSteps][2];
    Words excess[2] = {Words(0u), Words(0u)}; // the same for all rows
    each<kChunks>([&] AW_EACH(chunk) {
      Halves<Words> x = halvesOf(b + (tile * kChunks + chunk) * kLanes);
      each<kSteps>([&] AW_EACH(step) {
        constexpr unsigned t = decltype(step)::value % 4, e = decltype(step)::value / 4;
        Halves<Words> y = {Steps::b(x.low, e), Steps::b(x.high, e)};
        auto& column = columns[chunk * kSteps + step];
        column[0] = fourColumns<t>(y), column[1] = fourColumns<t + 4>(y);
        if constexpr (Steps::kMoved)
          each<2>([&] AW_EACH(odd) {
            excess[odd] =
                Steps::multiply(excess[odd], Words(Steps::kExcess), toAllQuads(column[odd]));
          });
      });
    });
#pragma clang loop unroll(disable)
    for (unsigned h = 0; h < M / 8; h++) {
      unsigned r = registerOfC<M>(h, tile);
      Words sum[2][2];
      each<4>([&] AW_EACH(i) {
        const uint32_t* start = c + (r + i / 2) * kLanes + i % 2 * 16;
        sum[i / 2][i % 2] = (S == Acc::Saturate ? Words(0u) : load<Words>(start)) - excess[i / 2];
      });
      each<kChunks>([&] AW_EACH(chunk) {
        Halves<Words> words = halvesOf(a + registerOfA<M, kChunks>(h, chunk) * kLanes);
        each<kSteps>([&] AW_EACH(step) {
          constexpr unsigned t = decltype(step)::value % 4, e = decltype(step)::value / 4;
          Words low = acrossQuad<t>(Steps::a(words.low, e)),
                high = acrossQuad<t>(Steps::a(words.high, e));
          each<2>([&] AW_EACH(odd) {
            Words y = toAllQuads(columns[chunk * kSteps + step][odd]);
            sum[odd][0] = Steps::multiply(sum[odd][0], low, y);
            sum[odd][1] = Steps::multiply(sum[odd][1], high, y);
          });
        });
      });
      each<4>([&] AW_EACH(i) {
        unsigned at = (r + i / 2) * kLanes + i % 2 * 16;
        Words x = sum[i / 2][i % 2];
        if constexpr (S == Acc::Saturate)
          x = saturatingSum(load<Words>(c + at), x);
        store(d + at, x);
      });
    }
  }
}

} // namespace devicelib
