// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Finds loops in which a thread waits for memory that another thread writes, and lets the other
// threads of the block run meanwhile. Works on one-thread IR (spmd/INTRINSICS.md) before spmd/.
#pragma once

namespace llvm {
class Module;
}

namespace anywarp::cpu {

// Adds a call of aw.rt.nanosleep to every such loop. True when some thread waits, in such a loop or
// by nanosleep: the gangs of a block must then be able to take turns between barriers.
bool markSpinWaits(llvm::Module& module);

} // namespace anywarp::cpu
