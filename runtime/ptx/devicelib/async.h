// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Asynchronous copies that are too large to be part of each kernel: compiled into the backend,
// which offers them as services (runtime_functions.def), and into the tests' machine. Stateless;
// each call copies for one thread and gives AW_ASYNC_*.
#pragma once

#include "../../spmd/tensor_map.h"

#include <stdint.h>

extern "C" {

// Adds to an mbarrier object's counts (devicelib/mbarrier.cpp); gives the state before.
uint64_t ptx_mbarrier_update(void* object, uint32_t arrivals, uint32_t drops, uint32_t bytes);

// `mbar` null: no mbarrier takes part. `zero`: where shared addresses begin. `mask`: the blocks of
// the cluster that get the data, at the same place each, or AW_ASYNC_NO_MULTICAST.
uint32_t ptx_bulk_copy(char* to, char* from, uint32_t bytes, char* mbar, uint32_t mask, char* zero);
// `what`: AW_REDUCE_* + 256 * AW_TENSOR_* type.
uint32_t ptx_bulk_reduce(char* to, char* from, uint32_t bytes, char* mbar, uint32_t what);
// `what`: AW_TENSOR_LOAD/STORE/REDUCE + 16 * rank + 256 * im2col + 4096 * AW_REDUCE_*. `offsets`:
// of im2col, 16 bits each. Loads tell `mbar` of their bytes.
uint32_t ptx_tensor_copy(const struct AwTensorMap* map, char* shared, uint32_t what, int32_t x0,
                         int32_t x1, int32_t x2, int32_t x3, int32_t x4, uint64_t offsets,
                         char* mbar, uint32_t mask, char* zero);
// tensormap.replace. Fields by number: 0 address, 1 rank - 1, 2 box, 3 size, 4 stride, 5 element
// stride, 6 type, 7 interleave, 8 swizzle, 9 atom, 10 fill; 2 to 5 have an ordinal.
uint32_t ptx_tensormap_replace(struct AwTensorMap* map, uint32_t field, uint32_t ordinal,
                               uint64_t value);
}
