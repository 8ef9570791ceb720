// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Surface descriptions of the runtime API. Names, values and layouts are those of the CUDA Runtime
// API manual.
#pragma once
#define __SURFACE_TYPES_H__ // programs test for it

#include "driver_types.h"

#define cudaSurfaceType1D 0x01
#define cudaSurfaceType1DLayered 0xF1
#define cudaSurfaceType2D 0x02
#define cudaSurfaceType2DLayered 0xF2
#define cudaSurfaceType3D 0x03
#define cudaSurfaceTypeCubemap 0x0C
#define cudaSurfaceTypeCubemapLayered 0xFC

enum cudaSurfaceBoundaryMode {
  cudaBoundaryModeZero = 0,
  cudaBoundaryModeClamp = 1,
  cudaBoundaryModeTrap = 2,
};

enum cudaSurfaceFormatMode {
  cudaFormatModeForced = 0,
  cudaFormatModeAuto = 1,
};

#if CUDART_VERSION < 12000
struct surfaceReference {
  struct cudaChannelFormatDesc channelDesc;
};
#endif

typedef unsigned long long cudaSurfaceObject_t;
