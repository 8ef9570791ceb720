// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The vector registers of a processor, for passes that count how many values live at once.
#pragma once

namespace llvm {
class TargetMachine;
}

namespace anywarp::spmd {

struct VectorRegisters {
  unsigned count = 0, bits = 0; // of one register
};

// Of the widest kind that computes with integers, too; none where that is not known.
VectorRegisters vectorRegisters(const llvm::TargetMachine* target);

} // namespace anywarp::spmd
