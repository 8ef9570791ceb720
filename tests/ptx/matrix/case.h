// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Matrix instructions (PTX ISA 9.7.14, 9.7.15) compute something only as a warp or warpgroup. A
// case is a piece of PTX around one instruction, or one wmma program of loads, product and store,
// with random operands and a check of what it leaves behind (problem.h). cases() makes one at least
// for every legal form of every record. Constant once made.
//
// In the text of a case stand
//   %in, %out  b64: the case's own memory of this unit (a warp or warpgroup), global addresses
//   %i4, %i8, %o4, %o8  b64: %in and %out plus 4 or 8 bytes for each lane
//   %lane      b32: of the unit
//   %base      b32: address of the unit's shared memory, aligned to 1024
//   %shared    b64: its generic address
//   $u         a number of its own for names
#pragma once

#include "forms.h"
#include "problem.h"

#include <set>

namespace anywarp::ptxmatrix {

using ptxsweep::Form;

// What one unit gets, and whether what it wrote is right: empty, or what is wrong.
struct Unit {
  std::vector<uint8_t> in;
  std::function<std::string(const uint8_t* out)> check;
};

struct Case {
  std::string name;
  std::vector<Form> forms; // that it tests
  unsigned lanes = 32;     // of a unit: 32, or 128 for wgmma
  std::string text;
  size_t inBytes = 0, outBytes = 0, sharedBytes = 0;
  std::function<Unit(Kind kind, Random& random)> unit;
};

bool isMatrix(const ptx::InstrInfo& info);
const std::vector<Case>& cases();
// "record form" of everything in cases().
const std::set<std::string>& testedForms();

// One file for each family of instructions; `forms`: the legal forms of all records.
std::vector<Case> mmaCases(const std::vector<Form>& forms);
std::vector<Case> wmmaCases(const std::vector<Form>& forms);
std::vector<Case> moveCases(const std::vector<Form>& forms);
std::vector<Case> wgmmaCases(const std::vector<Form>& forms);

// --- helpers
// Registers of a unit in memory: [register][lane], 32 or 64 bits each.
struct Registers {
  unsigned count = 0, bits = 32, lanes = 32;
  size_t bytes() const { return size_t(count) * lanes * bits / 8; }
  // Element i of a lane, counted through its registers.
  void put(uint8_t* base, unsigned lane, unsigned i, unsigned elementBits, uint64_t code) const;
  uint64_t get(const uint8_t* base, unsigned lane, unsigned i, unsigned elementBits) const;
  // ".reg" line and moves between registers NAME0, NAME1, ... and the unit's memory.
  std::string declare(const std::string& name) const;
  std::string load(const std::string& name, size_t offset) const;
  std::string store(const std::string& name, size_t offset) const;
  std::string list(const std::string& name) const; // {%a0, %a1}
};
Spec specOf(const Form& form);
// Metadata of a sparse product, 16 rows for each warp of `e`, for the threads that `selector`
// names; the others have anything.
void putMetadata(uint8_t* base, const Registers& e, const Problem& p, unsigned selector,
                 Random& random);
std::string number(uint64_t x);
// Bytes from one generic address to another by all lanes of a unit, four at a time.
std::string copyText(const std::string& label, const std::string& from, const std::string& to,
                     size_t bytes, unsigned lanes);

} // namespace anywarp::ptxmatrix
