// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Everything this header promises comes with crt/host_config.h.
#pragma once
#include "crt/host_config.h"
