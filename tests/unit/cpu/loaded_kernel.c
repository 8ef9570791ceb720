/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A compiled kernel as the compiler would write it; built twice, with different VALUE. */
#include "spmd/kernel_abi.h"

static void run(struct AwBlock* block, uint64_t first, uint64_t count) {
  (void)first;
  (void)count;
  **(int* const*)block->launch->params = VALUE;
}

__attribute__((visibility("default"))) const struct AwKernelInfo aw_kernel_info = {
    .abi = AW_KERNEL_ABI, .range = run, .name = "loaded"};
