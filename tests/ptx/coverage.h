// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which forms of each record some test runs: those that the sweep has a reference for, those that a
// scene of tests/ptx/effects or a case of tests/ptx/matrix runs, those that the tests in gang/ run
// (gang/tested_forms.txt), and those that the files use. Written to tests/ptx/tested_forms.csv,
// from which the coverage page is made. Built once, then constant.
#pragma once

#include "ptx/ast.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace anywarp::ptxtest {

struct RecordCoverage {
  std::string record, mnemonic;
  bool swept = false;   // every form has a reference, a scene or a case
  bool refused = false; // nobody will emulate it
  size_t tested = 0, total = 0, filesForms = 0;
  bool mentioned = false; // a test makes its PTX in C++ and names the mnemonic
  std::vector<std::string> missing;
};

class FormCoverage {
public:
  void note(const ptx::Module& module);
  void noteSource(const std::string& text); // of a C++ test
  void noteGangForm(const std::string& form) { gang_.insert(form); }
  std::vector<RecordCoverage> records() const;
  std::string csv() const;

private:
  void note(const ptx::Block& block);
  struct Used {
    std::set<std::string> forms, words;
  };
  std::map<std::string, Used> used_;             // by record
  std::set<std::string, std::less<>> mentioned_; // mnemonics
  std::set<std::string> gang_;                   // "record form"
};

} // namespace anywarp::ptxtest
