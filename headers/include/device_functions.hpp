// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Everything this header promises comes with cuda_runtime.h.
#pragma once
#include "cuda_runtime.h"
