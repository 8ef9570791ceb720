// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Everything this header promises comes with vector_functions.h.
#pragma once
#include "vector_functions.h"
