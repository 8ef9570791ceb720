// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// NVRTC's types without its prototypes.
#pragma once

#define ANYWARP_NVRTC_TYPES_ONLY
#include "../../headers/include/nvrtc.h"
