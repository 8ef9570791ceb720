// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Matrices between memory and the registers of a warp: wmma.load, wmma.store, ldmatrix, stmatrix
// and movmatrix (PTX ISA 9.7.14). Functions ptx_gang_NAME take the mask of active lanes, then
// results, then operands: arrays with one element a lane, neighbours of one type as one array.
// Unlike the rest of the device library they are not inlined and may loop.
//
// wmma leaves the layout of its fragments open. Ours is that of mma tiles side by side (matrix.h);
// f16 fragments of fewer than eight registers are repeated, so that a program may change all
// elements of a fragment alike.
#include "matrix.h"

namespace {

using namespace devicelib;

constexpr bool kRow = true, kCol = false;

// A (Lines = M) or B (Lines = N): `line` is a row of A or a column of B. Contiguous: its K elements
// follow each other, the next line `stride` elements on; otherwise the lines of one k do.
template <unsigned Bits, unsigned Lines, unsigned K, bool IsA, bool Contiguous, typename Word>
AW_INLINE void loadOperand(Word* d, const char* p, uint64_t stride) {
  constexpr unsigned E = sizeof(Word) * 8 / Bits, kChunks = K / (4 * E);
  for (unsigned line = 0; line < Lines; line++)
    for (unsigned chunk = 0; chunk < kChunks; chunk++) {
      unsigned r = IsA ? registerOfA<Lines, kChunks>(line / 8, chunk) : line / 8 * kChunks + chunk;
      Word* to = d + r * kLanes + line % 8 * 4;
      if constexpr (Contiguous) {
        __builtin_memcpy(to, p + (line * stride + chunk * 4 * E) * Bits / 8, 4 * sizeof(Word));
      } else {
        constexpr unsigned kBytes = Bits / 8;
        const char* from = p + (chunk * 4 * E * stride + line) * kBytes;
#pragma unroll
        for (unsigned k = 0; k < 4 * E; k++)
          __builtin_memcpy(reinterpret_cast<char*>(to) + k * kBytes, from + k * stride * kBytes,
                           kBytes);
      }
    }
}

template <unsigned Lines, unsigned K, bool IsA, bool Contiguous>
AW_INLINE void loadHalves(uint32_t* d, const char* p, uint64_t stride) {
  loadOperand<16, Lines, K, IsA, Contiguous>(d, p, stride);
  constexpr unsigned kWords = Lines * K / 2;
  for (unsigned i = kWords; i < 8 * kLanes; i += 16)
    store(d + i, load<Vec<uint32_t, 16>>(d + i - kWords));
}

// Calls fn(bytes in the registers, bytes in memory) for every element of C or D that is stored
// by columns.
template <unsigned M, unsigned N, unsigned Bytes, typename Fn>
AW_INLINE void forColumns(uint64_t stride, Fn fn) {
  for (unsigned n = 0; n < N; n++)
    for (unsigned m = 0; m < M; m++) {
      unsigned first = registerOfC<M>(m / 8, n / 8), lane = m % 8 * 4 + n % 8 / 2;
      unsigned at = Bytes == 2 ? (first / 2 * kLanes + lane) * 4 + n % 2 * 2
                               : ((first + n % 2) * kLanes + lane) * Bytes;
      fn(at, (n * stride + m) * Bytes);
    }
}

template <unsigned M, unsigned N, bool ByRows, typename T>
AW_INLINE void loadC(T* d, const char* p, uint64_t stride) {
  if constexpr (ByRows) {
    alignas(64) T rows[M * N];
    for (unsigned m = 0; m < M; m++)
      __builtin_memcpy(rows + m * N, p + m * stride * sizeof(T), N * sizeof(T));
    registersOfC<M, N>(d, rows);
  } else {
    forColumns<M, N, sizeof(T)>(stride, [&](uint64_t at, uint64_t offset) {
      __builtin_memcpy(reinterpret_cast<char*>(d) + at, p + offset, sizeof(T));
    });
  }
}
template <unsigned M, unsigned N, bool ByRows, typename T>
AW_INLINE void storeD(char* p, const T* d, uint64_t stride) {
  if constexpr (ByRows) {
    alignas(64) T rows[M * N];
    rowsOfC<M, N>(rows, d);
    for (unsigned m = 0; m < M; m++)
      __builtin_memcpy(p + m * stride * sizeof(T), rows + m * N, N * sizeof(T));
  } else {
    forColumns<M, N, sizeof(T)>(stride, [&](uint64_t at, uint64_t offset) {
      __builtin_memcpy(p + offset, reinterpret_cast<const char*>(d) + at, sizeof(T));
    });
  }
}

// f16: a register has both columns of a pair.
template <unsigned M, unsigned N, bool ByRows, bool IsLoad, typename Registers, typename Memory>
AW_INLINE void moveHalves(Registers* d, Memory* p, uint64_t stride) {
  auto move = [](auto* registers, auto* memory, unsigned bytes) {
    if constexpr (IsLoad)
      __builtin_memcpy(registers, memory, bytes);
    else
      __builtin_memcpy(memory, registers, bytes);
  };
  if constexpr (ByRows) {
    for (unsigned m = 0; m < M; m++)
      for (unsigned tile = 0; tile < N / 8; tile++)
        move(d + ((tile * (M / 8) + m / 8) * kLanes + m % 8 * 4) * 4,
             p + (m * stride + 8 * tile) * 2, 16);
  } else {
    forColumns<M, N, 2>(stride, [&](uint64_t at, uint64_t offset) { move(d + at, p + offset, 2); });
  }
}

} // namespace

#define ARGS_LOAD(T) uint32_t active, T *d, const char *const *p, const uint32_t *stride
#define ARGS_STORE(T) uint32_t active, const T *d, char *const *p, const uint32_t *stride
#define AT unsigned lane = firstLane(active)

// wmma.load.a and .b. XY: m16k16 and such.
#define LOAD_AB(X, LETTER, K, LAYOUT, SIZE, CALL, T)                                               \
  PTX void ptx_gang_wmma_load_##X##_##LAYOUT##_##LETTER##k##K##_##SIZE(ARGS_LOAD(T)) {             \
    AT;                                                                                            \
    CALL(d, p[lane], stride[lane]);                                                                \
  }
#define OPERAND(M, N, K, SIZE, FN_A_ROW, FN_A_COL, FN_B_ROW, FN_B_COL)                             \
  LOAD_AB(a, m##M, K, row, SIZE, FN_A_ROW, uint32_t)                                               \
  LOAD_AB(a, m##M, K, col, SIZE, FN_A_COL, uint32_t)                                               \
  LOAD_AB(b, n##N, K, row, SIZE, FN_B_ROW, uint32_t)                                               \
  LOAD_AB(b, n##N, K, col, SIZE, FN_B_COL, uint32_t)

#define OPERAND_F16(M, N, K)                                                                       \
  OPERAND(M, N, K, f16, (loadHalves<M, K, true, true>), (loadHalves<M, K, true, false>),           \
          (loadHalves<N, K, false, false>), (loadHalves<N, K, false, true>))
#define OPERAND_BITS(M, N, K, BITS)                                                                \
  OPERAND(M, N, K, b##BITS, (loadOperand<BITS, M, K, true, true>),                                 \
          (loadOperand<BITS, M, K, true, false>), (loadOperand<BITS, N, K, false, false>),         \
          (loadOperand<BITS, N, K, false, true>))

OPERAND_F16(16, 16, 16)
OPERAND_F16(8, 32, 16)
OPERAND_F16(32, 8, 16)
OPERAND_BITS(16, 16, 16, 16)
OPERAND_BITS(8, 32, 16, 16)
OPERAND_BITS(32, 8, 16, 16)
OPERAND_BITS(16, 16, 16, 8)
OPERAND_BITS(8, 32, 16, 8)
OPERAND_BITS(32, 8, 16, 8)
OPERAND_BITS(16, 16, 8, 32)
LOAD_AB(a, m8, 4, row, b64, (loadOperand<64, 8, 4, true, true>), double)
LOAD_AB(a, m8, 4, col, b64, (loadOperand<64, 8, 4, true, false>), double)
LOAD_AB(b, n8, 4, row, b64, (loadOperand<64, 8, 4, false, false>), double)
LOAD_AB(b, n8, 4, col, b64, (loadOperand<64, 8, 4, false, true>), double)
LOAD_AB(a, m8, 32, row, b4, (loadOperand<4, 8, 32, true, true>), uint32_t)
LOAD_AB(b, n8, 32, col, b4, (loadOperand<4, 8, 32, false, true>), uint32_t)
LOAD_AB(a, m8, 128, row, b1, (loadOperand<1, 8, 128, true, true>), uint32_t)
LOAD_AB(b, n8, 128, col, b1, (loadOperand<1, 8, 128, false, true>), uint32_t)

// wmma.load.c and wmma.store.d.
#define MOVE_CD(M, N, LAYOUT, BY_ROWS, SIZE, T)                                                    \
  PTX void ptx_gang_wmma_load_c_##LAYOUT##_m##M##n##N##_##SIZE(ARGS_LOAD(T)) {                     \
    AT;                                                                                            \
    loadC<M, N, BY_ROWS>(d, p[lane], stride[lane]);                                                \
  }                                                                                                \
  PTX void ptx_gang_wmma_store_##LAYOUT##_m##M##n##N##_##SIZE(ARGS_STORE(T)) {                     \
    AT;                                                                                            \
    storeD<M, N, BY_ROWS>(p[lane], d, stride[lane]);                                               \
  }
#define MOVE_CD_F16(M, N, LAYOUT, BY_ROWS)                                                         \
  PTX void ptx_gang_wmma_load_c_##LAYOUT##_m##M##n##N##_b16(ARGS_LOAD(uint32_t)) {                 \
    AT;                                                                                            \
    moveHalves<M, N, BY_ROWS, true>(reinterpret_cast<char*>(d), p[lane], stride[lane]);            \
  }                                                                                                \
  PTX void ptx_gang_wmma_store_##LAYOUT##_m##M##n##N##_b16(ARGS_STORE(uint32_t)) {                 \
    AT;                                                                                            \
    moveHalves<M, N, BY_ROWS, false>(reinterpret_cast<const char*>(d), p[lane], stride[lane]);     \
  }
#define MOVE_CD_SHAPE(M, N)                                                                        \
  MOVE_CD(M, N, row, kRow, b32, uint32_t)                                                          \
  MOVE_CD(M, N, col, kCol, b32, uint32_t)
#define MOVE_CD_BOTH(M, N)                                                                         \
  MOVE_CD_SHAPE(M, N)                                                                              \
  MOVE_CD_F16(M, N, row, kRow)                                                                     \
  MOVE_CD_F16(M, N, col, kCol)
MOVE_CD_BOTH(16, 16)
MOVE_CD_BOTH(8, 32)
MOVE_CD_BOTH(32, 8)
MOVE_CD_SHAPE(8, 8)
MOVE_CD(8, 8, row, kRow, b64, double)
MOVE_CD(8, 8, col, kCol, b64, double)

namespace {

using Register = Vec<uint32_t, kLanes>;
using Row = Vec<uint32_t, 4>;

AW_INLINE Vec<uint16_t, 64> zip(Vec<uint16_t, 64> x) {
  return __builtin_shufflevector(x, x, 0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 8,
                                 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47, 16, 48,
                                 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22, 54, 23, 55, 24, 56, 25,
                                 57, 26, 58, 27, 59, 28, 60, 29, 61, 30, 62, 31, 63);
}
// Lane l of a matrix of 16-bit elements holds (l / 4, 2 * (l % 4)) and the next of its row. To zip
// the halves moves each bit of an element's number up by one and the top one down: three times, and
// row and column have changed places.
AW_INLINE Register transposeHalves(Register x) {
  return __builtin_bit_cast(Register, zip(zip(zip(__builtin_bit_cast(Vec<uint16_t, 64>, x)))));
}

AW_INLINE Register joinRows(const Row (&r)[8]) {
  auto pair = [](Row a, Row b) __attribute__((always_inline)) {
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7);
  };
  auto four = [&](unsigned i) __attribute__((always_inline)) {
    return __builtin_shufflevector(pair(r[i], r[i + 1]), pair(r[i + 2], r[i + 3]), 0, 1, 2, 3, 4, 5,
                                   6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  };
  return __builtin_shufflevector(four(0), four(4), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
                                 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
                                 31);
}

// Lane 8 * i + r has the address of row r of matrix i; a row without one is zero.
template <unsigned Count, bool Transposed>
AW_INLINE void loadMatrices(uint32_t active, uint32_t* d, const char* const* p) {
  alignas(16) static constexpr Row kZero = {};
#pragma unroll
  for (unsigned i = 0; i < Count; i++) {
    Row rows[8];
#pragma unroll
    for (unsigned r = 0; r < 8; r++) {
      unsigned lane = 8 * i + r;
      const char* from = p[lane]; // anything, in idle lanes
      from = active >> lane & 1 ? from : reinterpret_cast<const char*>(&kZero);
      rows[r] = load<Row>(from);
    }
    Register x = joinRows(rows);
    store(d + i * kLanes, Transposed ? transposeHalves(x) : x);
  }
}
template <unsigned Count, bool Transposed>
AW_INLINE void storeMatrices(uint32_t active, const uint32_t* d, char* const* p) {
  for (unsigned i = 0; i < Count; i++) {
    alignas(64) uint32_t rows[kLanes];
    auto x = load<Register>(d + i * kLanes);
    store(rows, Transposed ? transposeHalves(x) : x);
    for (unsigned r = 0; r < 8; r++)
      if (active >> (8 * i + r) & 1)
        __builtin_memcpy(p[8 * i + r], rows + 4 * r, 16);
  }
}

} // namespace

#define MATRICES(COUNT, SUFFIX, TRANSPOSED)                                                        \
  PTX void ptx_gang_ldmatrix_x##COUNT##SUFFIX(uint32_t active, uint32_t* d,                        \
                                              const char* const* p) {                              \
    loadMatrices<COUNT, TRANSPOSED>(active, d, p);                                                 \
  }                                                                                                \
  PTX void ptx_gang_stmatrix_x##COUNT##SUFFIX(uint32_t active, const uint32_t* d,                  \
                                              char* const* p) {                                    \
    storeMatrices<COUNT, TRANSPOSED>(active, d, p);                                                \
  }
MATRICES(1, , false)
MATRICES(2, , false)
MATRICES(4, , false)
MATRICES(1, _trans, true)
MATRICES(2, _trans, true)
MATRICES(4, _trans, true)

PTX void ptx_gang_movmatrix(uint32_t, uint32_t* d, const uint32_t* a) {
  store(d, transposeHalves(load<Register>(a)));
}
