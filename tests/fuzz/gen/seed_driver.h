// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command line of programs that try numbered seeds:
//
//   [--first N] [--count N] [--seconds N] [--slow MS] [--strict] [--stop]
//   --print SEED | --minimise SEED | --file PATH | --minimise-file PATH
//
// Each case runs in a child process, many in one; a crash or a hang (--slow: of processor time)
// ends the child and is told with its seed. --strict also reports texts that only lowering refuses
// and texts without a broken rule that are refused. --minimise drops lines while the outcome stays
// the same. Returns what main() returns: 0 if something compiled and nothing was found.
#pragma once

#include "cases.h"

namespace anywarp::fuzz {

struct Subject {
  Case (*make)(std::span<const uint8_t> bytes);
  Outcome (*judge)(const Case& c);
};

int seedMain(int argc, char** argv, const Subject& subject);

} // namespace anywarp::fuzz
