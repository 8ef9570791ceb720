// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// NVML's types without its prototypes: entry points name symbols (nvmlInit_v2), so the public
// header's renaming macros must not be seen here.
#pragma once

#define ANYWARP_NVML_TYPES_ONLY
#include "../../headers/include/nvml.h"
