// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How the programs of sweep/, effects/ and accuracy/ use all processors: threads that take the next
// number until there is none. Their stacks are deep, as the compiler wants them. Returns when all
// are done; ends the program where there are no threads.
#pragma once

#include <cstddef>
#include <functional>

namespace anywarp::ptxsweep {

unsigned processors();
// Calls fn(0) ... fn(count - 1).
void inParallel(size_t count, const std::function<void(size_t)>& fn);

} // namespace anywarp::ptxsweep
