// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX text to the tree of ast.h: the whole grammar of PTX ISA 9.0, without meaning. Mnemonics and
// modifiers are taken as they come (in any order), so an instruction that nobody knows yet still
// parses. Any bytes are safe input: an error is Status::InvalidPtx with "line:col: error: text".
// The results view into `source`. Functions only; safe from any thread.
#pragma once

#include "ptx/ast.h"
#include "support/result.h"

#include <cstdint>
#include <memory>
#include <string>

namespace anywarp::ptx {

// A whole module. A .version newer than the known ones is accepted.
Result<Module> parse(std::shared_ptr<const std::string> source);

// One function definition or declaration that fills source[begin, end), as the index found it.
// `start` is where `begin` stands in the text; if not given, lines are counted. The caller keeps
// `source` alive.
Result<Function> parseFunction(const std::string& source, uint32_t begin, uint32_t end,
                               SourceLoc start = {});

} // namespace anywarp::ptx
