// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "api/cudart/impl.h"

namespace anywarp::cudart {

cudaChannelFormatDesc createChannelDesc(int x, int y, int z, int w, cudaChannelFormatKind f) {
  return {x, y, z, w, f};
}

} // namespace anywarp::cudart
