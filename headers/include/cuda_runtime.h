// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The CUDA runtime for C++: the C API, its templates, and, when clang compiles CUDA, everything
// device code may use. tools/nvcc puts this header before every CUDA source, as nvcc does. A plain
// host compiler may include it as well and gets the API without the language.
#pragma once
#define __CUDA_RUNTIME_H__ // programs test for it

#if defined(__CUDA__) && defined(__clang__)
#ifndef __CUDACC__
#define __CUDACC__ 1
#endif
#include "anywarp/before_std.h"
#endif

#include "builtin_types.h"
#include "channel_descriptor.h"
#include "cuda_runtime_api.h"
#include "driver_functions.h"
#include "driver_types.h"
#include "host_defines.h"
#include "vector_functions.h"
#include "vector_types.h"

#if defined(__CUDA__) && defined(__clang__)
#include "anywarp/device.h"
#else
#include "device_launch_parameters.h"
#endif

#ifdef __cplusplus
#include "anywarp/runtime_templates.h"
#endif
