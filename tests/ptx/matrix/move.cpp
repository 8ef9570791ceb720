// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ldmatrix, stmatrix and movmatrix (PTX ISA 9.7.14.5.15 ... 9.7.14.5.17): 8x8 matrices of 16-bit
// elements. Lane 4 * i + j holds the elements 2j and 2j + 1 of row i; with .trans those of column
// i.
#include "case.h"

#include <algorithm>
#include <cstring>

namespace anywarp::ptxmatrix {

namespace {

constexpr unsigned kRow = 16, kRows = 32; // bytes of a row; rows in shared memory
constexpr unsigned kAtRows = kRow * kRows, kAtValues = kAtRows + 4 * 32;
constexpr uint32_t kNowhere = 0xf0000000; // an address that must not be used

// The unit's input: the bytes of shared memory, each lane's offset there, and registers to store.
std::vector<uint8_t> randomInput(unsigned matrices, unsigned registers, Random& random) {
  std::vector<uint8_t> in(kAtValues + registers * 128);
  for (uint8_t& byte : in)
    byte = uint8_t(random());
  uint32_t rows[kRows];
  for (unsigned i = 0; i < kRows; ++i)
    rows[i] = i;
  std::shuffle(rows, rows + kRows, random);
  for (unsigned i = 0; i < kRows; ++i) {
    uint32_t offset = i < 8 * matrices ? rows[i] * kRow : kNowhere;
    memcpy(&in[kAtRows + 4 * i], &offset, 4);
  }
  return in;
}

uint32_t wordAt(const uint8_t* p) {
  uint32_t x;
  memcpy(&x, p, 4);
  return x;
}

// Of element (row, column): the lane and which half of its register.
std::pair<unsigned, unsigned> holder(unsigned row, unsigned column, bool transposed) {
  if (transposed)
    std::swap(row, column);
  return {row * 4 + column / 2, column % 2};
}

uint16_t halfAt(const uint8_t* registers, unsigned matrix, unsigned row, unsigned column,
                bool transposed) {
  auto [lane, half] = holder(row, column, transposed);
  return uint16_t(wordAt(registers + 128 * matrix + 4 * lane) >> 16 * half);
}

// Shared memory from the input, and each lane's address as %r: b32 of the window or b64 generic.
std::string begin(bool generic) {
  return copyText("IN$u", "%in", "%shared", kAtRows, 32) +
         "  bar.warp.sync -1;\n  .reg .b32 %offset;\n  ld.global.b32 %offset, [%i4+" +
         number(kAtRows) + "];\n" +
         (generic ? "  .reg .b64 %r;\n  cvt.u64.u32 %r, %offset;\n  add.u64 %r, %r, %shared;\n"
                  : "  .reg .b32 %r;\n  add.u32 %r, %offset, %base;\n");
}

Case moveCase(const Form& form) {
  bool isLoad = form.info->mnemonic == "ldmatrix", transposed = form.has("trans");
  unsigned n = unsigned(form.text("num")[1] - '0');
  Registers r{n};
  Case c;
  c.name = form.name();
  c.forms = {form};
  c.inBytes = kAtValues + (isLoad ? 0 : r.bytes());
  c.outBytes = isLoad ? r.bytes() : kAtRows;
  c.sharedBytes = kAtRows;
  c.text = begin(!form.has("space"));
  if (isLoad)
    c.text +=
        r.declare("m") + "  " + form.name() + " " + r.list("m") + ", [%r];\n" + r.store("m", 0);
  else
    c.text += r.load("m", kAtValues) + "  " + form.name() + " [%r], " + r.list("m") +
              ";\n  bar.warp.sync -1;\n" + copyText("OUT$u", "%shared", "%out", kAtRows, 32);
  c.unit = [=](Kind, Random& random) {
    Unit u;
    u.in = randomInput(n, isLoad ? 0 : n, random);
    u.check = [=, in = u.in](const uint8_t* out) {
      std::vector<uint8_t> want(in.begin(), in.begin() + kAtRows); // what is in shared memory
      const uint8_t* registers = isLoad ? out : &in[kAtValues];
      for (unsigned matrix = 0; matrix < n; ++matrix)
        for (unsigned row = 0; row < 8; ++row)
          for (unsigned column = 0; column < 8; ++column) {
            size_t at = wordAt(&in[kAtRows + 4 * (8 * matrix + row)]) + 2 * column;
            uint16_t held = halfAt(registers, matrix, row, column, transposed);
            if (!isLoad)
              memcpy(&want[at], &held, 2);
            else if (memcmp(&want[at], &held, 2) != 0)
              return "matrix " + number(matrix) + " row " + number(row) + " column " +
                     number(column) + " is wrong";
          }
      return std::string(
          isLoad || memcmp(out, want.data(), kAtRows) == 0 ? "" : "shared memory differs");
    };
    return u;
  };
  return c;
}

Case transposeCase(const Form& form) {
  Registers r{1};
  Case c;
  c.name = form.name();
  c.forms = {form};
  c.inBytes = c.outBytes = r.bytes();
  c.text = r.load("m", 0) + r.declare("d") + "  " + form.name() + " %d0, %m0;\n" + r.store("d", 0);
  c.unit = [](Kind, Random& random) {
    Unit u;
    for (unsigned i = 0; i < 128; ++i)
      u.in.push_back(uint8_t(random()));
    u.check = [in = u.in](const uint8_t* out) {
      for (unsigned row = 0; row < 8; ++row)
        for (unsigned column = 0; column < 8; ++column)
          if (halfAt(out, 0, row, column, false) != halfAt(in.data(), 0, column, row, false))
            return "row " + number(row) + " column " + number(column) + " is wrong";
      return std::string();
    };
    return u;
  };
  return c;
}

} // namespace

std::vector<Case> moveCases(const std::vector<Form>& forms) {
  std::vector<Case> all;
  for (const Form& form : forms)
    if (form.info->mnemonic == "movmatrix")
      all.push_back(transposeCase(form));
    else if (form.info->mnemonic == "ldmatrix" || form.info->mnemonic == "stmatrix")
      all.push_back(moveCase(form));
  return all;
}

} // namespace anywarp::ptxmatrix
