// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What -Xptxas -v and -res-usage print. Registers are those of processors, so only memory is told.
#pragma once

#include <string>

namespace anywarp::nvcc {

void reportUsage(const std::string& ptx, const std::string& source, const std::string& arch);

} // namespace anywarp::nvcc
