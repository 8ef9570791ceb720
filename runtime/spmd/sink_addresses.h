// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constant offsets of addresses go back to the blocks that use them. Hoisted out of a loop, which
// is LICM's way, each of a tile's elements would have a pointer of its own that lives across the
// barriers in the loop; where it is used, the offset is part of the load. After barriers have
// blocks of their own, before LCSSA.
#pragma once

namespace llvm {
class Function;
}

namespace anywarp::spmd {

void sinkAddresses(llvm::Function& function);

} // namespace anywarp::spmd
