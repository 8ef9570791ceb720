// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Name expressions and the names they were lowered to.
#include "nvrtc/support.h"

#include <algorithm>

namespace anywarp::nvrtc {

Result<void> addNameExpression(nvrtcProgram prog, const char* expression) {
  AW_LET(program, find(prog));
  AW_ARG(expression, "the name expression is null");
  std::lock_guard lock(program->mutex);
  if (program->compiled)
    return fail(NVRTC_ERROR_NO_NAME_EXPRESSIONS_AFTER_COMPILATION);
  auto& all = program->expressions;
  if (std::find(all.begin(), all.end(), expression) == all.end())
    all.push_back(expression);
  return {};
}

Result<void> getLoweredName(nvrtcProgram prog, const char* expression, const char** loweredName) {
  AW_LET(program, find(prog));
  AW_ARG(expression, "the name expression is null");
  AW_ARG(loweredName, "the place for the name is null");
  std::lock_guard lock(program->mutex);
  if (!program->succeeded)
    return fail(NVRTC_ERROR_NO_LOWERED_NAMES_BEFORE_COMPILATION);
  for (size_t i = 0; i < program->expressions.size() && i < program->lowered.size(); i++)
    if (program->expressions[i] == expression) {
      *loweredName = program->lowered[i].c_str();
      return {};
    }
  return fail(NVRTC_ERROR_NAME_EXPRESSION_NOT_VALID,
              "the expression was not added before the compilation");
}

} // namespace anywarp::nvrtc
