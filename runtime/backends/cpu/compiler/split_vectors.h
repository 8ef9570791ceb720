// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Straight code on vectors of a whole gang that keeps more values alive than the machine has
// registers, as matrix products that hold their sums in registers do, becomes the same code once
// for each part of a gang that one register holds: a part needs a fraction of the registers, and
// what it reads is read again for the next part instead of being spilled. Only where a part alone
// has enough independent work for the machine, and only over code that writes no memory. Runs
// behind optimize().
#pragma once

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace anywarp::cpu {

// Returns how many pieces of code were split.
unsigned splitVectors(llvm::Module& module, const llvm::TargetMachine& target);

} // namespace anywarp::cpu
