// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Everything this header promises comes with texture_types.h.
#pragma once
#include "texture_types.h"
