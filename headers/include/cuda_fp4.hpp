// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Everything this header promises comes with cuda_fp4.h.
#pragma once
#include "cuda_fp4.h"
