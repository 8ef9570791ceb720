// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where this command's own libraries are: next to it, so that a build tree and an installed tree
// can both be moved.
#pragma once

#include <string>

namespace anywarp::cli {

// The folder with libcuda.so.1: ../lib (or ../lib64, ../lib/<triplet>) of the folder of this
// executable. Where none has it, ../lib.
std::string libraryFolder();

// The folder in the shape of a CUDA toolkit: cuda next to lib in a build tree, lib/anywarp/cuda
// when installed. Empty: none.
std::string toolkitFolder();

// Prints "anywarp: " and the message to stderr; returns `status`, for `return fail(...)`.
int fail(const std::string& message, int status = 1);

} // namespace anywarp::cli
