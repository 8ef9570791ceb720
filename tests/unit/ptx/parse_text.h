// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shorthands of the PTX unit tests: text in, tree or error message out.
#pragma once

#include "ptx/parser.h"
#include "support/ptx_unit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>

namespace anywarp::ptx::test {

inline PtxUnit unit(std::string_view body) {
  return std::make_shared<const PtxText>(
      std::string(".version 9.0\n.target sm_90\n.address_size 64\n") + std::string(body));
}

// The module, or an empty one and a test failure.
inline Module parseModule(std::string_view body) {
  auto result = parse(unit(body));
  if (!result) {
    ADD_FAILURE() << result.error().message;
    return {};
  }
  return std::move(*result);
}

inline std::string parseError(std::string_view body) {
  auto result = parse(unit(body));
  if (result)
    return "no error";
  EXPECT_EQ(result.status(), Status::InvalidPtx);
  return result.error().message;
}

// The statements of a kernel with this body. The module must outlive the use of names.
inline const std::vector<Statement>& bodyOf(const Module& module) {
  static const std::vector<Statement> kNone;
  return module.functions.empty() ? kNone : module.functions.front().body.statements;
}

inline Module parseBody(std::string_view body) {
  return parseModule(".visible .entry k()\n{\n" + std::string(body) + "\n}\n");
}

// The only instruction of a body.
inline Instruction parseInstruction(const Module& module) {
  const auto& statements = bodyOf(module);
  if (statements.empty() || statements.back().kind != Statement::Kind::Instruction) {
    ADD_FAILURE() << "no instruction";
    return {};
  }
  return statements.back().instruction;
}

} // namespace anywarp::ptx::test
