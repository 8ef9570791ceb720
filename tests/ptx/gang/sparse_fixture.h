// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Structured sparse matrices (PTX ISA 9.7.14.6.1): of each 4 elements 2 are kept (tf32: of 2 one,
// 4-bit types: of 4 pairs two). Written from the manual's tables; shares nothing with devicelib.
#pragma once

#include "../matrix/fragment.h"
#include "matrix_fixture.h"

namespace anywarp::ptxtest {

struct SparseMatrix {
  MatrixOf dense, kept;       // kept: the elements in their order
  std::vector<unsigned> bits; // per row and chunk: its four bits of metadata
  unsigned chunks;
};

inline SparseMatrix randomSparse(unsigned rows, unsigned k, const std::string& type,
                                 std::mt19937& random) {
  unsigned size = type == "tf32" ? 2 : type == "s4" || type == "u4" ? 8 : 4; // of a chunk
  MatrixOf numbers = randomMatrix(rows, k, type, random);
  SparseMatrix s{MatrixOf(rows, k), MatrixOf(rows, k / 2), {}, k / size};
  for (unsigned row = 0; row < rows; row++)
    for (unsigned chunk = 0; chunk < s.chunks; chunk++) {
      unsigned kept = chunk * size / 2;
      auto keep = [&](unsigned position) {
        double x = numbers.at(row, chunk * size + position);
        s.dense.at(row, chunk * size + position) = x;
        s.kept.at(row, kept++) = x;
      };
      if (size == 2) { // 0b0100 keeps the first, 0b1110 the second
        unsigned position = random() % 2;
        keep(position);
        s.bits.push_back(position ? 0b1110 : 0b0100);
        continue;
      }
      unsigned first = random() % 3, second = first + 1 + random() % (3 - first);
      for (unsigned index : {first, second})
        for (unsigned i = 0; i < size / 4; i++)
          keep(index * (size / 4) + i);
      s.bits.push_back(first | second << 2);
    }
  return s;
}

// Puts rows top ... top + 15 into the registers of A and of the metadata of 32 lanes from
// `firstLane`. Metadata words that nobody should read hold noise.
inline void placeSparse(const SparseMatrix& s, unsigned top, const std::string& type, unsigned k,
                        unsigned selector, Registers& a, Registers& metadata, unsigned firstLane,
                        std::mt19937& random) {
  unsigned bits = bitsOfElement(type), per = 32 / bits, elements = 16 * k / 2 / 32;
  unsigned threads = 4 / selectorsOf(type, k), size = k / s.chunks;
  for (unsigned lane = 0; lane < 32; lane++) {
    unsigned group = lane >> 2, t = lane % 4;
    for (unsigned i = 0; i < elements; i++) {
      // Registers in turn: rows g and g + 8, then the second half of the columns.
      unsigned r = i / per, row = r % 2 ? group + 8 : group;
      unsigned firstColumn = t * per * 2 + (r >= 2 ? k / 2 : 0); // of the dense row
      a.put(firstLane + lane, i, bits,
            encode(type, s.kept.at(top + row, firstColumn / 2 + i % per)));
    }
    uint32_t word = uint32_t(random());
    if (t / threads == selector) {
      word = 0;
      unsigned number = t % threads;
      auto chunkBits = [&](unsigned row, unsigned firstColumn, unsigned count, unsigned shift) {
        for (unsigned c = 0; c < count; c++)
          word |= s.bits[(top + row) * s.chunks + firstColumn / size + c] << (4 * c + shift);
      };
      if (bits >= 16) { // 16 bits each of rows g and g + 8
        chunkBits(group, number * 4 * size, 4, 0);
        chunkBits(group + 8, number * 4 * size, 4, 16);
      } else { // even threads row g, odd ones row g + 8
        chunkBits(number % 2 ? group + 8 : group, number / 2 * 8 * size, 8, 0);
      }
    }
    metadata.words[firstLane + lane] = word;
  }
}

} // namespace anywarp::ptxtest
