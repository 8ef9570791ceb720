// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads instruction tests. A file holds one or both of
//
//   // form: bfe.u32 d:u32, a:u32, b:u32, c:u32     (the instruction; outputs come first, as d or
//   d|p)
//   // run: 0x12345678 8 8 == 0x56                  (inputs in order == outputs in order)
//
// from which a kernel is made, or PTX text with entries whose last parameter is a pointer to the
// results and whose other parameters are the inputs:
//
//   // run: entry 1 2 == u32:3                       (results with their types, one after the
//   other)
//   // error: entry: text that the message contains
//
// Numbers: 12, -3, 0xff; 1.5, 0x1p-3, inf, nan for f32 and f64, or their bits as 0f3f800000 and
// 0d3ff0000000000000; f16 and bf16 by their bits. A result `nan` accepts every NaN; `trap` and
// `exit` alone name how the thread ends.
#pragma once

#include "ptx/ast.h"

#include <string>
#include <vector>

namespace anywarp::ptxtest {

struct Value {
  ptx::Type type = ptx::Type::None;
  uint64_t bits = 0;
  bool anyNan = false;
};

struct Run {
  int line = 0;
  std::string text, entry;
  std::vector<std::string> inputs; // typed by the entry's parameters
  std::vector<Value> outputs;
  std::string ending; // "trap", "exit" or empty
};

struct ExpectedError {
  int line = 0;
  std::string entry, text;
};

struct TestFile {
  std::string ptx; // the file's own text and the kernels made from forms
  std::vector<Run> runs;
  std::vector<ExpectedError> errors;
  std::string problem; // what is wrong with the file, empty if nothing
};

TestFile readTestFile(const std::string& path);
// Bits of a number of this type; sets `ok` to false if it is none.
uint64_t parseNumber(const std::string& text, ptx::Type type, bool& ok);

} // namespace anywarp::ptxtest
