/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The memories that an address of a multicast object stands for. Core fills it when the object is
 * mapped, compiled kernels read it. */
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AW_MOST_REPLICAS 32u

struct AwReplicas {
  uint64_t count;                     /* at least 1 */
  int64_t distance[AW_MOST_REPLICAS]; /* bytes from the address to the same place in memory i */
};

#ifdef __cplusplus
}
#endif
