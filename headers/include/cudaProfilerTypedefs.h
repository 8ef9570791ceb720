// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Everything this header promises comes with cudaTypedefs.h.
#pragma once
#include "cudaTypedefs.h"
