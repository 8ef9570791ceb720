// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Everything this header promises comes with surface_types.h.
#pragma once
#include "surface_types.h"
