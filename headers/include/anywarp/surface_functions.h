// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads and writes of surface objects: surf2Dread, surf2Dwrite, ... (CUDA C++ Programming Guide,
// "Surface Functions"). x counts bytes. Only the size of a value matters, so there is one PTX
// instruction for each size. Not for direct use: cuda_runtime.h includes it.
#pragma once

#include "../surface_types.h"

namespace anywarp_detail {

// The bits of a value, in registers.
template <unsigned Bytes> struct SurfaceBits;
template <> struct SurfaceBits<1> {
  unsigned short v;
};
template <> struct SurfaceBits<2> {
  unsigned short v;
};
template <> struct SurfaceBits<4> {
  unsigned v;
};
template <> struct SurfaceBits<8> {
  unsigned long long v;
};
template <> struct SurfaceBits<16> {
  unsigned long long v, w;
};

#define AW_LIST(...) __VA_ARGS__
// load(SurfaceBits<n>&, surface, PARAMETERS) and store(...) of one shape, clamp mode and size.
#define AW_SURFACE_SIZE(SHAPE, BYTES, FORM, REGISTER, AT, PARAMETERS, INPUTS, MODE)                \
  __device__ inline void load##SHAPE##MODE(SurfaceBits<BYTES>& b, cudaSurfaceObject_t s,           \
                                           AW_LIST PARAMETERS) {                                   \
    asm volatile("suld.b." #SHAPE "." FORM "." #MODE " %0, [%1, " AT "];"                          \
                 : "=" REGISTER(b.v)                                                               \
                 : "l"(s), AW_LIST INPUTS                                                          \
                 : "memory");                                                                      \
  }                                                                                                \
  __device__ inline void store##SHAPE##MODE(SurfaceBits<BYTES> b, cudaSurfaceObject_t s,           \
                                            AW_LIST PARAMETERS) {                                  \
    asm volatile("sust.b." #SHAPE "." FORM "." #MODE " [%1, " AT "], %0;"                          \
                 :                                                                                 \
                 : REGISTER(b.v), "l"(s), AW_LIST INPUTS                                           \
                 : "memory");                                                                      \
  }
#define AW_SURFACE_MODE(SHAPE, AT, AT16, PARAMETERS, INPUTS, MODE)                                 \
  AW_SURFACE_SIZE(SHAPE, 1, "b8", "h", AT, PARAMETERS, INPUTS, MODE)                               \
  AW_SURFACE_SIZE(SHAPE, 2, "b16", "h", AT, PARAMETERS, INPUTS, MODE)                              \
  AW_SURFACE_SIZE(SHAPE, 4, "b32", "r", AT, PARAMETERS, INPUTS, MODE)                              \
  AW_SURFACE_SIZE(SHAPE, 8, "b64", "l", AT, PARAMETERS, INPUTS, MODE)                              \
  __device__ inline void load##SHAPE##MODE(SurfaceBits<16>& b, cudaSurfaceObject_t s,              \
                                           AW_LIST PARAMETERS) {                                   \
    asm volatile("suld.b." #SHAPE ".v2.b64." #MODE " {%0, %1}, [%2, " AT16 "];"                    \
                 : "=l"(b.v), "=l"(b.w)                                                            \
                 : "l"(s), AW_LIST INPUTS                                                          \
                 : "memory");                                                                      \
  }                                                                                                \
  __device__ inline void store##SHAPE##MODE(SurfaceBits<16> b, cudaSurfaceObject_t s,              \
                                            AW_LIST PARAMETERS) {                                  \
    asm volatile("sust.b." #SHAPE ".v2.b64." #MODE " [%2, " AT16 "], {%0, %1};"                    \
                 :                                                                                 \
                 : "l"(b.v), "l"(b.w), "l"(s), AW_LIST INPUTS                                      \
                 : "memory");                                                                      \
  }
// All clamp modes of a shape, and the choice among them.
#define AW_SURFACE(SHAPE, AT, AT16, PARAMETERS, INPUTS, ARGUMENTS)                                 \
  AW_SURFACE_MODE(SHAPE, AT, AT16, PARAMETERS, INPUTS, trap)                                       \
  AW_SURFACE_MODE(SHAPE, AT, AT16, PARAMETERS, INPUTS, clamp)                                      \
  AW_SURFACE_MODE(SHAPE, AT, AT16, PARAMETERS, INPUTS, zero)                                       \
  template <class T>                                                                               \
  __device__ inline T read##SHAPE(cudaSurfaceObject_t s, AW_LIST PARAMETERS,                       \
                                  cudaSurfaceBoundaryMode mode) {                                  \
    SurfaceBits<sizeof(T)> b;                                                                      \
    if (mode == cudaBoundaryModeZero)                                                              \
      load##SHAPE##zero(b, s, AW_LIST ARGUMENTS);                                                  \
    else if (mode == cudaBoundaryModeClamp)                                                        \
      load##SHAPE##clamp(b, s, AW_LIST ARGUMENTS);                                                 \
    else                                                                                           \
      load##SHAPE##trap(b, s, AW_LIST ARGUMENTS);                                                  \
    T value;                                                                                       \
    __builtin_memcpy(&value, &b, sizeof(T));                                                       \
    return value;                                                                                  \
  }                                                                                                \
  template <class T>                                                                               \
  __device__ inline void write##SHAPE(T value, cudaSurfaceObject_t s, AW_LIST PARAMETERS,          \
                                      cudaSurfaceBoundaryMode mode) {                              \
    SurfaceBits<sizeof(T)> b = {};                                                                 \
    __builtin_memcpy(&b, &value, sizeof(T));                                                       \
    if (mode == cudaBoundaryModeZero)                                                              \
      store##SHAPE##zero(b, s, AW_LIST ARGUMENTS);                                                 \
    else if (mode == cudaBoundaryModeClamp)                                                        \
      store##SHAPE##clamp(b, s, AW_LIST ARGUMENTS);                                                \
    else                                                                                           \
      store##SHAPE##trap(b, s, AW_LIST ARGUMENTS);                                                 \
  }

AW_SURFACE(1d, "{%2}", "{%3}", (int x), ("r"(x)), (x))
AW_SURFACE(2d, "{%2, %3}", "{%3, %4}", (int x, int y), ("r"(x), "r"(y)), (x, y))
AW_SURFACE(3d, "{%2, %3, %4, %4}", "{%3, %4, %5, %5}", (int x, int y, int z),
           ("r"(x), "r"(y), "r"(z)), (x, y, z))
AW_SURFACE(a1d, "{%3, %2}", "{%4, %3}", (int x, int layer), ("r"(x), "r"(layer)), (x, layer))
AW_SURFACE(a2d, "{%4, %2, %3, %3}", "{%5, %3, %4, %4}", (int x, int y, int layer),
           ("r"(x), "r"(y), "r"(layer)), (x, y, layer))
#undef AW_SURFACE
#undef AW_SURFACE_MODE
#undef AW_SURFACE_SIZE

} // namespace anywarp_detail

// T NAMEread<T>(...), NAMEread(T*, ...) and NAMEwrite(T, ...).
#define AW_SURFACE_FUNCTION(NAME, SHAPE, PARAMETERS, ARGUMENTS)                                    \
  template <class T>                                                                               \
  static __device__ inline T NAME##read(cudaSurfaceObject_t s, AW_LIST PARAMETERS,                 \
                                        cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap) {     \
    return anywarp_detail::read##SHAPE<T>(s, AW_LIST ARGUMENTS, mode);                             \
  }                                                                                                \
  template <class T>                                                                               \
  static __device__ inline void NAME##read(T* out, cudaSurfaceObject_t s, AW_LIST PARAMETERS,      \
                                           cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap) {  \
    *out = anywarp_detail::read##SHAPE<T>(s, AW_LIST ARGUMENTS, mode);                             \
  }                                                                                                \
  template <class T>                                                                               \
  static __device__ inline void NAME##write(T value, cudaSurfaceObject_t s, AW_LIST PARAMETERS,    \
                                            cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap) { \
    anywarp_detail::write##SHAPE<T>(value, s, AW_LIST ARGUMENTS, mode);                            \
  }

AW_SURFACE_FUNCTION(surf1D, 1d, (int x), (x))
AW_SURFACE_FUNCTION(surf2D, 2d, (int x, int y), (x, y))
AW_SURFACE_FUNCTION(surf3D, 3d, (int x, int y, int z), (x, y, z))
AW_SURFACE_FUNCTION(surf1DLayered, a1d, (int x, int layer), (x, layer))
AW_SURFACE_FUNCTION(surf2DLayered, a2d, (int x, int y, int layer), (x, y, layer))
// A cubemap's faces are its layers; in a layered one face f of layer l is 6 * l + f.
AW_SURFACE_FUNCTION(surfCubemap, a2d, (int x, int y, int face), (x, y, face))
AW_SURFACE_FUNCTION(surfCubemapLayered, a2d, (int x, int y, int layerFace), (x, y, layerFace))
#undef AW_SURFACE_FUNCTION
#undef AW_LIST
