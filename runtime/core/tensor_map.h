// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tensor maps: what cuTensorMapEncode* check and write (spmd/tensor_map.h is the layout). Plain
// functions of their arguments; safe from any thread.
#pragma once

#include "core/api.h"
#include "support/result.h"

#include <cstdint>

struct AwTensorMap;

namespace anywarp::core {

// The parameters that tiled and im2col maps share, as the driver API has them. Arrays have `rank`
// elements, strides one less.
struct TensorShape {
  int type = 0; // CUtensorMapDataType
  uint32_t rank = 0;
  void* address = nullptr;
  const uint64_t* sizes = nullptr;
  const uint64_t* strides = nullptr;
  const uint32_t* elementStrides = nullptr;
  int interleave = 0, swizzle = 0, l2Promotion = 0, fill = 0; // CUtensorMap*
};

// CUDA driver API manual, cuTensorMapEncodeTiled: InvalidValue where a rule is broken. `map` has
// 128 bytes and is written on success only.
AW_API Result<void> encodeTiled(void* map, const TensorShape& shape, const uint32_t* box);
// The corners have rank - 2 elements: W, H, D.
AW_API Result<void> encodeIm2col(void* map, const TensorShape& shape, const int* lower,
                                 const int* upper, uint32_t channels, uint32_t pixels);
AW_API Result<void> replaceTensorAddress(void* map, void* address);

} // namespace anywarp::core
