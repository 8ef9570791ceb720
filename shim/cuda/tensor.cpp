// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tensor maps: functions of their arguments alone, so no context is needed.
#include "core/tensor_map.h"
#include "cuda/support.h"

namespace anywarp::cuda {

Result<void> tensorMapEncodeTiled(CUtensorMap* map, CUtensorMapDataType type, cuuint32_t rank,
                                  void* address, const cuuint64_t* sizes, const cuuint64_t* strides,
                                  const cuuint32_t* box, const cuuint32_t* elementStrides,
                                  CUtensorMapInterleave interleave, CUtensorMapSwizzle swizzle,
                                  CUtensorMapL2promotion l2Promotion,
                                  CUtensorMapFloatOOBfill fill) {
  return core::encodeTiled(map,
                           {int(type), rank, address, sizes, strides, elementStrides,
                            int(interleave), int(swizzle), int(l2Promotion), int(fill)},
                           box);
}

Result<void> tensorMapEncodeIm2col(CUtensorMap* map, CUtensorMapDataType type, cuuint32_t rank,
                                   void* address, const cuuint64_t* sizes,
                                   const cuuint64_t* strides, const int* lower, const int* upper,
                                   cuuint32_t channels, cuuint32_t pixels,
                                   const cuuint32_t* elementStrides,
                                   CUtensorMapInterleave interleave, CUtensorMapSwizzle swizzle,
                                   CUtensorMapL2promotion l2Promotion,
                                   CUtensorMapFloatOOBfill fill) {
  return core::encodeIm2col(map,
                            {int(type), rank, address, sizes, strides, elementStrides,
                             int(interleave), int(swizzle), int(l2Promotion), int(fill)},
                            lower, upper, channels, pixels);
}

Result<void> tensorMapReplaceAddress(CUtensorMap* map, void* address) {
  return core::replaceTensorAddress(map, address);
}

} // namespace anywarp::cuda
