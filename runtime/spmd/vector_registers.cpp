// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spmd/vector_registers.h"

#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/Target/TargetMachine.h>

namespace anywarp::spmd {

VectorRegisters vectorRegisters(const llvm::TargetMachine* target) {
  if (!target || !target->getTargetTriple().isX86())
    return {};
  const llvm::MCSubtargetInfo& features = *target->getMCSubtargetInfo();
  if (features.checkFeatures("+avx512vl"))
    return {32, 512};
  return {16, features.checkFeatures("+avx2") ? 256u : 128u};
}

} // namespace anywarp::spmd
