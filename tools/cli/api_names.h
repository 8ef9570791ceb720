// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What Anywarp knows about a CUDA function by its name. From the API tables (headers/api); for
// libraries without a table, from the libraries that are there.
#pragma once

#include <string>
#include <string_view>

namespace anywarp::cli {

enum class Coverage {
  Full,
  Partial,
  Stub,     // exported, returns NOT_SUPPORTED
  Missing,  // the library is there, the function is not
  NoLibrary // Anywarp has no such library
};
std::string_view coverageName(Coverage coverage);

// "libcudart" for cudaMalloc, "libcublas" for cublasSgemm_v2; empty: no function of CUDA.
std::string_view cudaLibrary(std::string_view function);

// `soname` as the file asks for it ("libcudart.so.12"); empty: unknown.
Coverage coverageOf(std::string_view function, std::string_view library, std::string_view soname);

} // namespace anywarp::cli
