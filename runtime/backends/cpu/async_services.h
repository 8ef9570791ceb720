// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The services for asynchronous copies (ptx/devicelib/async.h): a copy that cannot be done ends the
// grid with CUDA's error and a log line. Called from kernels through AwRuntime.
#pragma once

#include "spmd/kernel_abi.h"

namespace anywarp::cpu {

void addAsyncServices(AwRuntime& table);

} // namespace anywarp::cpu
