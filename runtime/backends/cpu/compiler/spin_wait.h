// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Finds loops in which a thread may wait for what another thread writes, and lets all others (lanes
// of its warp, warps of its block, blocks of the grid) run meanwhile. Works on one-thread IR
// (spmd/INTRINSICS.md) before spmd/.
//
// A loop may wait if the decision to leave it depends on a read inside the loop that may see what
// others write: a volatile or atomic load, a lock taken by exchange or compare-and-swap with a
// constant, or nanosleep. An atomic update that fails only because another one succeeded is no
// wait: some thread gets on in every round (compare-and-swap with the value just read, atomicAdd).
#pragma once

namespace llvm {
class Module;
}

namespace anywarp::cpu {

// Adds aw.yield to the back edges of all such loops. True when some thread may wait, in such a loop
// or by nanosleep: every gang then needs a stack of its own, so that it can be left anywhere.
bool markSpinWaits(llvm::Module& module);

} // namespace anywarp::cpu
