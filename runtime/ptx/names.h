// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The spelling of PTX types and state spaces: one table for parser, printer and lowering.
// Spellings are without the dot. Stateless; safe from any thread.
#pragma once

#include "ptx/ast.h"

#include <optional>
#include <string_view>

namespace anywarp::ptx {

std::optional<Type> typeFromName(std::string_view name);   // "s32", "f16x2", "texref"
std::optional<Space> spaceFromName(std::string_view name); // "global", "shared"; not "shared::cta"
std::string_view nameOf(Type type);
std::string_view nameOf(Space space);

} // namespace anywarp::ptx
