// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// nvJitLink's types without its prototypes.
#pragma once

#define ANYWARP_NVJITLINK_TYPES_ONLY
#include "../../headers/include/nvJitLink.h"
