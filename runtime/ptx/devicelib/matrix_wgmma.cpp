// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// wgmma.mma_async (PTX ISA 9.7.15): the 16 rows of D that a warp of the warpgroup holds, in blocks
// of 16 columns. Operands in shared memory are copied, 16 bytes at a time, into the layout of
// registers (matrix.h); every other step is that of mma.
#include "matrix.h"

namespace {

using namespace devicelib;

// PTX ISA 9.7.15.5.1.2. Units are the 16 bytes that stay together under every swizzle; a line is a
// row of A or a column of B.
struct Operand {
  const char* shared;
  uint64_t start, leading, stride, base;
  unsigned swizzle; // log2 of 16-byte units that change places: 0 none, 1 32B, 2 64B, 3 128B

  AW_INLINE Operand(const char* window, uint64_t descriptor)
      : shared(window), start((descriptor & 0x3fff) << 4),
        leading((descriptor >> 16 & 0x3fff) << 4), stride((descriptor >> 32 & 0x3fff) << 4),
        base(descriptor >> 49 & 7), swizzle(unsigned(-(descriptor >> 62)) & 3) {}

  AW_INLINE const char* at(uint64_t linear) const {
    uint64_t offset = start + linear;
    uint64_t phase = ((offset >> 7) - base) & ((1u << swizzle) - 1);
    return shared + (offset ^ phase << 4);
  }
  // Unit `unit` of K of a line whose K elements follow each other.
  AW_INLINE const char* alongK(unsigned line, unsigned unit) const {
    unsigned units = 1u << swizzle; // side by side
    return at((line / 8) * stride + line % 8 * (16 << swizzle) + unit % units * 16 +
              unit / units * leading);
  }
  // Unit `unit` of lines (8 elements of 16 bits) at one k.
  AW_INLINE const char* acrossK(unsigned unit, unsigned k) const {
    unsigned units = 1u << swizzle;
    uint64_t outer =
        swizzle ? unit / units * leading + k / 8 * stride : unit * stride + k / 8 * leading;
    return at(outer + unit % units * 16 + k % 8 * (16 << swizzle));
  }
};
// The field's values are 1 for 128B, 2 for 64B, 3 for 32B: its negative modulo 4 is the logarithm.

struct Flags {
  uint32_t word;
  unsigned n() const { return word & 0xffff; }
  bool negative() const { return word >> 16 & 1; }
  bool acrossA() const { return word >> 17 & 1; }
  bool acrossB() const { return word >> 18 & 1; }
  bool accumulates() const { return word >> 19 & 1; }
};

// The 16 rows of A from `first` on as four registers.
template <bool Is16Bits>
AW_INLINE void fetchA(uint32_t* words, Operand a, unsigned first, Flags flags) {
  for (unsigned row = 0; row < 16; row++)
    for (unsigned unit = 0; unit < 2; unit++)
      if (!Is16Bits || !flags.acrossA())
        __builtin_memcpy(words + registerOfA<16, 2>(row / 8, unit) * kLanes + row % 8 * 4,
                         a.alongK(first + row, unit), 16);
  if (Is16Bits && flags.acrossA())
    for (unsigned k = 0; k < 16; k++)
      for (unsigned h = 0; h < 2; h++) {
        uint16_t column[8];
        __builtin_memcpy(column, a.acrossK(first / 8 + h, k), 16);
        auto* to = reinterpret_cast<char*>(words + registerOfA<16, 2>(h, k / 8) * kLanes);
        for (unsigned g = 0; g < 8; g++)
          __builtin_memcpy(to + g * 16 + k % 8 * 2, column + g, 2);
      }
}

// Columns first ... first + W - 1 of B as registers of 8 columns and 16 bytes of K each.
template <unsigned W, unsigned Units>
AW_INLINE void fetchB(uint32_t* words, Operand b, unsigned first) {
  for (unsigned line = 0; line < W; line++)
    for (unsigned unit = 0; unit < Units; unit++)
      __builtin_memcpy(words + (line / 8 * Units + unit) * kLanes + line % 8 * 4,
                       b.alongK(first + line, unit), 16);
}

template <typename Type, unsigned W, unsigned K>
AW_INLINE void rowsOfB(float* rows, Operand b, unsigned first, Flags flags) {
  constexpr unsigned kUnits = K * Type::kBits / 128;
  if (Type::kBits == 16 && flags.acrossB()) {
    for (unsigned k = 0; k < K; k++)
      for (unsigned tile = 0; tile < W / 8; tile++) {
        auto halves = load<Vec<uint16_t, 8>>(b.acrossK(first / 8 + tile, k));
        auto words = __builtin_convertvector(halves, Vec<uint32_t, 8>);
        store(rows + k * W + 8 * tile, Type::template get<8>(words, 0));
      }
    return;
  }
  alignas(64) uint32_t words[W / 8 * kUnits * kLanes];
  fetchB<W, kUnits>(words, b, first);
  unpackB<Type, W, K>(rows, words);
}

// Columns first ... of D = A * B + C; zero stands for C where it does not count.
template <Acc S, typename TypeB, unsigned W, unsigned K, typename T, typename A>
AW_INLINE void block(T* d, A a, Operand b, unsigned first, Flags flags, const T* c) {
  alignas(64) static constexpr uint32_t kZero[16 * W] = {};
  alignas(64) float acc[16 * W], rows[K * W];
  unsigned from = first / 8 * (S == Acc::Half ? 2 : 4) * kLanes;
  c = flags.accumulates() ? c + from : reinterpret_cast<const T*>(kZero);
  rowsOfB<TypeB, W, K>(rows, b, first, flags);
  begin<S, 16, W>(acc, c);
  product<16, W, K>(acc, a, rows);
  end<S, 16, W>(d + from, acc, c);
}

template <Acc S, typename TypeB, unsigned K, typename T, typename A>
AW_INLINE void blocks(T* d, A a, Operand b, Flags flags, const T* c) {
  unsigned n = 0;
  for (; n + 16 <= flags.n(); n += 16)
    block<S, TypeB, 16, K>(d, a, b, n, flags, c);
  if (n < flags.n())
    block<S, TypeB, 8, K>(d, a, b, n, flags, c);
}

// `words`: the registers of A; `more`: for sparse A metadata and selector.
template <Acc S, typename TypeA, typename TypeB, bool Sparse, typename T>
AW_INLINE void wgmma(T* d, const uint32_t* words, Operand b, Flags flags, const uint32_t* more,
                     const T* c) {
  constexpr unsigned E = 32 / TypeA::kBits, kKept = 8 * E;
  alignas(64) float a[16 * kKept];
  unpack<TypeA>(a, words, 4);
  if (flags.negative())
    for (unsigned i = 0; i < 16 * kKept; i += 16)
      store(a + i, -load<Vec<float, 16>>(a + i));
  if constexpr (Sparse) {
    alignas(64) float rows[16 * 2 * kKept];
    expand<TypeA, 2 * kKept>(rows, a, more, more[kLanes]);
    blocks<S, TypeB, 2 * kKept>(d, Rows<float, 2 * kKept>{rows}, b, flags, c);
  } else {
    blocks<S, TypeB, kKept>(d, Fragment<float, 16, kKept, E>{a}, b, flags, c);
  }
}

template <Acc S, typename TypeA, typename TypeB, bool Sparse, typename T>
AW_INLINE void wgmmaShared(uint32_t active, T* d, const uint64_t* a, const uint64_t* b,
                           const char* const* shared, const uint32_t* more, const uint32_t* flags,
                           const uint32_t* warp, const T* c) {
  unsigned lane = firstLane(active);
  alignas(64) uint32_t words[4 * kLanes];
  fetchA<TypeA::kBits == 16>(words, Operand(shared[lane], a[lane]), warp[lane] % 4 * 16,
                             Flags{flags[lane]});
  wgmma<S, TypeA, TypeB, Sparse>(d, words, Operand(shared[lane], b[lane]), Flags{flags[lane]}, more,
                                 c);
}
template <Acc S, typename TypeA, typename TypeB, bool Sparse, typename T>
AW_INLINE void wgmmaRegisters(uint32_t active, T* d, const uint32_t* a, const uint64_t* b,
                              const char* const* shared, const uint32_t* more,
                              const uint32_t* flags, const T* c) {
  unsigned lane = firstLane(active);
  wgmma<S, TypeA, TypeB, Sparse>(d, a, Operand(shared[lane], b[lane]), Flags{flags[lane]}, more, c);
}

AW_INLINE void wgmmaBits(uint32_t* d, const uint32_t* words, Operand b, Flags flags,
                         const uint32_t* c) {
  alignas(64) static constexpr uint32_t kZero[4 * kLanes] = {};
  for (unsigned n = 0; n < flags.n(); n += 8) {
    alignas(64) uint32_t columns[2 * kLanes];
    unsigned from = n / 8 * 4 * kLanes;
    fetchB<8, 2>(columns, b, n);
    bitCounts<false, 16, 256>(d + from, words, columns, flags.accumulates() ? c + from : kZero);
  }
}

} // namespace

#define WGMMA(SP, SPARSE, NAME, SUFFIX, SUM, T, A, B)                                              \
  PTX void ptx_gang_wgmma_##SP##s_##NAME##SUFFIX(                                                  \
      uint32_t active, T* d, const uint64_t* a, const uint64_t* b, const char* const* shared,      \
      SPARSE_PARAMETER(SP) const uint32_t* flags, const uint32_t* warp, const T* c) {              \
    wgmmaShared<Acc::SUM, A, B, SPARSE>(active, d, a, b, shared, SPARSE_ARGUMENT(SP), flags, warp, \
                                        c);                                                        \
  }                                                                                                \
  PTX void ptx_gang_wgmma_##SP##r_##NAME##SUFFIX(                                                  \
      uint32_t active, T* d, const uint32_t* a, const uint64_t* b, const char* const* shared,      \
      SPARSE_PARAMETER(SP) const uint32_t* flags, const T* c) {                                    \
    wgmmaRegisters<Acc::SUM, A, B, SPARSE>(active, d, a, b, shared, SPARSE_ARGUMENT(SP), flags,    \
                                           c);                                                     \
  }
#define WGMMA_DENSE_AND_SPARSE(NAME, SUFFIX, SUM, T, A, B)                                         \
  WGMMA(, false, NAME, SUFFIX, SUM, T, A, B)                                                       \
  WGMMA(sp_, true, NAME, SUFFIX, SUM, T, A, B)
#define SPARSE_PARAMETER(SP) SPARSE_PARAMETER_##SP
#define SPARSE_PARAMETER_
#define SPARSE_PARAMETER_sp_ const uint32_t *more,
#define SPARSE_ARGUMENT(SP) SPARSE_ARGUMENT_##SP
#define SPARSE_ARGUMENT_ nullptr
#define SPARSE_ARGUMENT_sp_ more

#define WGMMA_FLOAT(NAME, A, B) WGMMA_DENSE_AND_SPARSE(NAME, , Float, float, A, B)
#define WGMMA_BOTH(NAME, A, B)                                                                     \
  WGMMA_FLOAT(NAME, A, B)                                                                          \
  WGMMA_DENSE_AND_SPARSE(NAME, _h, Half, uint32_t, A, B)
#define WGMMA_INTEGER(NAME, A, B)                                                                  \
  WGMMA_DENSE_AND_SPARSE(NAME, , Wrap, uint32_t, A, B)                                             \
  WGMMA_DENSE_AND_SPARSE(NAME, _sat, Saturate, uint32_t, A, B)

WGMMA_BOTH(f16_f16, F16, F16)
WGMMA_FLOAT(bf16_bf16, Bf16, Bf16)
WGMMA_FLOAT(tf32_tf32, Tf32, Tf32)
WGMMA_BOTH(e4m3_e4m3, E4m3, E4m3)
WGMMA_BOTH(e4m3_e5m2, E4m3, E5m2)
WGMMA_BOTH(e5m2_e4m3, E5m2, E4m3)
WGMMA_BOTH(e5m2_e5m2, E5m2, E5m2)
WGMMA_INTEGER(s8_s8, S8, S8)
WGMMA_INTEGER(s8_u8, S8, U8)
WGMMA_INTEGER(u8_s8, U8, S8)
WGMMA_INTEGER(u8_u8, U8, U8)

PTX void ptx_gang_wgmma_s_b1(uint32_t active, uint32_t* d, const uint64_t* a, const uint64_t* b,
                             const char* const* shared, const uint32_t* flags, const uint32_t* warp,
                             const uint32_t* c) {
  unsigned lane = firstLane(active);
  alignas(64) uint32_t words[4 * kLanes];
  fetchA<false>(words, Operand(shared[lane], a[lane]), warp[lane] % 4 * 16, Flags{});
  wgmmaBits(d, words, Operand(shared[lane], b[lane]), Flags{flags[lane]}, c);
}
PTX void ptx_gang_wgmma_r_b1(uint32_t active, uint32_t* d, const uint32_t* a, const uint64_t* b,
                             const char* const* shared, const uint32_t* flags, const uint32_t* c) {
  unsigned lane = firstLane(active);
  wgmmaBits(d, a, Operand(shared[lane], b[lane]), Flags{flags[lane]}, c);
}
