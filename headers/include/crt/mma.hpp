// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Everything this header promises comes with mma.h.
#pragma once
#include "../mma.h"
