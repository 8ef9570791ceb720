// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libNVVM's types without its prototypes.
#pragma once

#define ANYWARP_NVVM_TYPES_ONLY
#include "../../headers/include/nvvm.h"
