// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Brings the computation of gathered and scattered addresses to where they are used. Instruction
// selection looks at one block at a time: only there does it see that lanes differ by an index of
// 32 bits, which takes half as many gathers and no arithmetic on whole addresses. Runs last.
#pragma once

namespace llvm {
class Module;
}

namespace anywarp::cpu {

void sinkGatherAddresses(llvm::Module& module);

} // namespace anywarp::cpu
