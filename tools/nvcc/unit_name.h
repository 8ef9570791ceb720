// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The name of a unit of relocatable device code in a host object. clang derives it from the
// source's name as given on the command line, so that a/kernel.o and b/kernel.o, each made in its
// folder, could not be linked.
#pragma once

#include "support/result.h"

#include <string>

namespace anywarp::nvcc {

// Gives the unit in the object the name `id` (hexadecimal digits), in the symbols and in the
// section that tells it.
Result<void> renameUnit(const std::string& object, const std::string& id);

} // namespace anywarp::nvcc
