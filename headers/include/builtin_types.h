// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// All types of the runtime API together.
#pragma once
#define __BUILTIN_TYPES_H__ // programs test for it
#include "device_types.h"
#include "driver_types.h"
#include "surface_types.h"
#include "texture_types.h"
#include "vector_types.h"
