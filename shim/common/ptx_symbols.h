// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which functions a PTX text gives to others and asks of others, by a scan of its directives: what
// ptxas and the device linker complain about before anything is loaded. Pure.
#pragma once

#include <string_view>
#include <vector>

namespace anywarp::shim {

struct PtxSymbols {
  std::vector<std::string_view> defined; // .visible functions and kernels with a body
  std::vector<std::string_view> wanted;  // .extern functions that the system does not bring
};
// The names lie in the text.
PtxSymbols findPtxSymbols(std::string_view ptx);

} // namespace anywarp::shim
