// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Structures are results of calls only: where branches join, and where one of two is selected,
// their fields do so one by one. (LLVM's simplifications join structures, when both sides of a
// branch read the same field of the results of two calls.)
#pragma once

namespace llvm {
class Function;
}

namespace anywarp::spmd {

void splitStructs(llvm::Function& function);

} // namespace anywarp::spmd
