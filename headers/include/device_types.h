// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Types that device code and the runtime share; they are declared with the runtime's own.
#pragma once
#define __DEVICE_TYPES_H__ // programs test for it
#include "driver_types.h"
