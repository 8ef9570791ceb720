// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiler checks live in the driver (tools/nvcc); this header exists because programs name it.
#pragma once
