// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The runtime API's types as one major version has them (ANYWARP_CUDA_VERSION). The public header's
// renaming macros are undone: entry points name symbols.
#pragma once

#include <cuda_runtime_api.h>

#undef cudaGetDeviceProperties
#undef cudaSignalExternalSemaphoresAsync
#undef cudaWaitExternalSemaphoresAsync
#undef cudaStreamGetCaptureInfo

#if CUDART_VERSION >= 12000
#include "cudart/device_prop_v1.h"
#else
using cudaDevicePropV1 = cudaDeviceProp;
#endif
