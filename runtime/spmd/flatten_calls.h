// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Turns calls that cannot be inlined into jumps within the kernel.
//
// A function that calls itself stays a function of its own, and its gang version returns when all
// lanes that called it are done. Where lanes inside wait for lanes outside (a spin lock, a barrier,
// an exchange between lanes, somewhere below the call), that is too late. Then the bodies of all
// functions that may wait become blocks of the kernel, once each: arguments and results are
// variables, what lives across a call lies in a stack of the thread's own, and a return jumps to
// where the thread came from. Lanes at different depths are then lanes at different blocks, and
// wait as those do (parking.h, meeting.h).
#pragma once

#include <llvm/IR/Function.h>

namespace anywarp::spmd {

// Bytes of a thread's stack for such calls. No power of two, so that the lanes' stacks do not all
// fall into the same sets of a cache.
inline constexpr unsigned kFlatStack = 60 * 1024 + 64;

// Works on functions in SSA form from which everything that can be inlined is gone. True if it
// changed something: the kernel then wants SROA, and a stack for every gang (BarrierMode::Fiber).
bool flattenWaitingCalls(llvm::Function& kernel);

// Whether that was done.
bool isFlattened(const llvm::Function& kernel);

} // namespace anywarp::spmd
