// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lookups in texture objects: tex1Dfetch, tex2D, tex2DLod, ... (CUDA C++ Programming Guide,
// "Texture Functions"), each one PTX instruction. The forms with isResident are for sparse arrays;
// every array here is resident as a whole. Not for direct use: cuda_runtime.h includes it.
#pragma once

#include "../texture_types.h"
#include "../vector_types.h"

namespace anywarp_detail {

// What an instruction returns: four registers of one kind.
template <class C> struct Four {
  C x, y, z, w;
};

// A texel type is a channel type or a vector of one, two or four: which register kind carries the
// channels (smaller ones come extended), and how they become T.
template <class T> struct TexelValue;
#define AW_TEXEL(NAME, C, REGISTER)                                                                \
  template <> struct TexelValue<NAME##1> {                                                         \
    using Kind = REGISTER;                                                                         \
    static __device__ NAME##1 from(const Four<Kind>& v) {                                          \
      return {static_cast<C>(v.x)};                                                                \
    }                                                                                              \
  };                                                                                               \
  template <> struct TexelValue<NAME##2> {                                                         \
    using Kind = REGISTER;                                                                         \
    static __device__ NAME##2 from(const Four<Kind>& v) {                                          \
      return {static_cast<C>(v.x), static_cast<C>(v.y)};                                           \
    }                                                                                              \
  };                                                                                               \
  template <> struct TexelValue<NAME##4> {                                                         \
    using Kind = REGISTER;                                                                         \
    static __device__ NAME##4 from(const Four<Kind>& v) {                                          \
      return {static_cast<C>(v.x), static_cast<C>(v.y), static_cast<C>(v.z), static_cast<C>(v.w)}; \
    }                                                                                              \
  }
#define AW_TEXEL_SCALAR(C, REGISTER)                                                               \
  template <> struct TexelValue<C> {                                                               \
    using Kind = REGISTER;                                                                         \
    static __device__ C from(const Four<Kind>& v) {                                                \
      return static_cast<C>(v.x);                                                                  \
    }                                                                                              \
  }
AW_TEXEL(char, signed char, int);
AW_TEXEL(uchar, unsigned char, unsigned);
AW_TEXEL(short, short, int);
AW_TEXEL(ushort, unsigned short, unsigned);
AW_TEXEL(int, int, int);
AW_TEXEL(uint, unsigned, unsigned);
AW_TEXEL(float, float, float);
AW_TEXEL_SCALAR(char, int);
AW_TEXEL_SCALAR(signed char, int);
AW_TEXEL_SCALAR(unsigned char, unsigned);
AW_TEXEL_SCALAR(short, int);
AW_TEXEL_SCALAR(unsigned short, unsigned);
AW_TEXEL_SCALAR(int, int);
AW_TEXEL_SCALAR(unsigned int, unsigned);
AW_TEXEL_SCALAR(float, float);
#undef AW_TEXEL
#undef AW_TEXEL_SCALAR

#define AW_LIST(...) __VA_ARGS__
// NAME(Four<kind>&, texture, PARAMETERS): one overload for each kind of register.
#define AW_LOOKUP(NAME, OP, REST, PARAMETERS, INPUTS)                                              \
  __device__ inline void NAME(Four<float>& r, cudaTextureObject_t t, AW_LIST PARAMETERS) {         \
    asm(OP ".v4.f32" REST : "=f"(r.x), "=f"(r.y), "=f"(r.z), "=f"(r.w) : "l"(t), AW_LIST INPUTS);  \
  }                                                                                                \
  __device__ inline void NAME(Four<int>& r, cudaTextureObject_t t, AW_LIST PARAMETERS) {           \
    asm(OP ".v4.s32" REST : "=r"(r.x), "=r"(r.y), "=r"(r.z), "=r"(r.w) : "l"(t), AW_LIST INPUTS);  \
  }                                                                                                \
  __device__ inline void NAME(Four<unsigned>& r, cudaTextureObject_t t, AW_LIST PARAMETERS) {      \
    asm(OP ".v4.u32" REST : "=r"(r.x), "=r"(r.y), "=r"(r.z), "=r"(r.w) : "l"(t), AW_LIST INPUTS);  \
  }

#define AW_AT ".f32 {%0, %1, %2, %3}, [%4, "

AW_LOOKUP(fetch1d, "tex.1d", ".s32 {%0, %1, %2, %3}, [%4, {%5}];", (int x), ("r"(x)))

AW_LOOKUP(look1d, "tex.1d", AW_AT "{%5}];", (float x), ("f"(x)))
AW_LOOKUP(look2d, "tex.2d", AW_AT "{%5, %6}];", (float x, float y), ("f"(x), "f"(y)))
AW_LOOKUP(look3d, "tex.3d", AW_AT "{%5, %6, %7, %7}];", (float x, float y, float z),
          ("f"(x), "f"(y), "f"(z)))
AW_LOOKUP(look1dLayer, "tex.a1d", AW_AT "{%5, %6}];", (int layer, float x), ("r"(layer), "f"(x)))
AW_LOOKUP(look2dLayer, "tex.a2d", AW_AT "{%5, %6, %7, %7}];", (int layer, float x, float y),
          ("r"(layer), "f"(x), "f"(y)))
AW_LOOKUP(lookCube, "tex.cube", AW_AT "{%5, %6, %7, %7}];", (float x, float y, float z),
          ("f"(x), "f"(y), "f"(z)))
AW_LOOKUP(lookCubeLayer, "tex.acube", AW_AT "{%5, %6, %7, %8}];",
          (int layer, float x, float y, float z), ("r"(layer), "f"(x), "f"(y), "f"(z)))

AW_LOOKUP(level1d, "tex.level.1d", AW_AT "{%5}], %6;", (float x, float l), ("f"(x), "f"(l)))
AW_LOOKUP(level2d, "tex.level.2d", AW_AT "{%5, %6}], %7;", (float x, float y, float l),
          ("f"(x), "f"(y), "f"(l)))
AW_LOOKUP(level3d, "tex.level.3d", AW_AT "{%5, %6, %7, %7}], %8;",
          (float x, float y, float z, float l), ("f"(x), "f"(y), "f"(z), "f"(l)))
AW_LOOKUP(level1dLayer, "tex.level.a1d", AW_AT "{%5, %6}], %7;", (int layer, float x, float l),
          ("r"(layer), "f"(x), "f"(l)))
AW_LOOKUP(level2dLayer, "tex.level.a2d", AW_AT "{%5, %6, %7, %7}], %8;",
          (int layer, float x, float y, float l), ("r"(layer), "f"(x), "f"(y), "f"(l)))
AW_LOOKUP(levelCube, "tex.level.cube", AW_AT "{%5, %6, %7, %7}], %8;",
          (float x, float y, float z, float l), ("f"(x), "f"(y), "f"(z), "f"(l)))
AW_LOOKUP(levelCubeLayer, "tex.level.acube", AW_AT "{%5, %6, %7, %8}], %9;",
          (int layer, float x, float y, float z, float l),
          ("r"(layer), "f"(x), "f"(y), "f"(z), "f"(l)))

AW_LOOKUP(grad1d, "tex.grad.1d", AW_AT "{%5}], {%6}, {%7};", (float x, float dx, float dy),
          ("f"(x), "f"(dx), "f"(dy)))
AW_LOOKUP(grad2d, "tex.grad.2d", AW_AT "{%5, %6}], {%7, %8}, {%9, %10};",
          (float x, float y, float2 dx, float2 dy),
          ("f"(x), "f"(y), "f"(dx.x), "f"(dx.y), "f"(dy.x), "f"(dy.y)))
AW_LOOKUP(grad3d, "tex.grad.3d",
          AW_AT "{%5, %6, %7, %7}], {%8, %9, %10, %10}, {%11, %12, %13, %13};",
          (float x, float y, float z, float4 dx, float4 dy),
          ("f"(x), "f"(y), "f"(z), "f"(dx.x), "f"(dx.y), "f"(dx.z), "f"(dy.x), "f"(dy.y),
           "f"(dy.z)))
AW_LOOKUP(grad1dLayer, "tex.grad.a1d", AW_AT "{%5, %6}], {%7}, {%8};",
          (int layer, float x, float dx, float dy), ("r"(layer), "f"(x), "f"(dx), "f"(dy)))
AW_LOOKUP(grad2dLayer, "tex.grad.a2d", AW_AT "{%5, %6, %7, %7}], {%8, %9}, {%10, %11};",
          (int layer, float x, float y, float2 dx, float2 dy),
          ("r"(layer), "f"(x), "f"(y), "f"(dx.x), "f"(dx.y), "f"(dy.x), "f"(dy.y)))
AW_LOOKUP(gradCube, "tex.grad.cube",
          AW_AT "{%5, %6, %7, %7}], {%8, %9, %10, %10}, {%11, %12, %13, %13};",
          (float x, float y, float z, float4 dx, float4 dy),
          ("f"(x), "f"(y), "f"(z), "f"(dx.x), "f"(dx.y), "f"(dx.z), "f"(dy.x), "f"(dy.y),
           "f"(dy.z)))
AW_LOOKUP(gradCubeLayer, "tex.grad.acube",
          AW_AT "{%5, %6, %7, %8}], {%9, %10, %11, %11}, {%12, %13, %14, %14};",
          (int layer, float x, float y, float z, float4 dx, float4 dy),
          ("r"(layer), "f"(x), "f"(y), "f"(z), "f"(dx.x), "f"(dx.y), "f"(dx.z), "f"(dy.x),
           "f"(dy.y), "f"(dy.z)))

AW_LOOKUP(gather0, "tld4.r.2d", AW_AT "{%5, %6}];", (float x, float y), ("f"(x), "f"(y)))
AW_LOOKUP(gather1, "tld4.g.2d", AW_AT "{%5, %6}];", (float x, float y), ("f"(x), "f"(y)))
AW_LOOKUP(gather2, "tld4.b.2d", AW_AT "{%5, %6}];", (float x, float y), ("f"(x), "f"(y)))
AW_LOOKUP(gather3, "tld4.a.2d", AW_AT "{%5, %6}];", (float x, float y), ("f"(x), "f"(y)))
#undef AW_AT
#undef AW_LOOKUP

template <class K>
__device__ inline void gather(Four<K>& r, cudaTextureObject_t t, float x, float y, int channel) {
  if (channel == 1)
    gather1(r, t, x, y);
  else if (channel == 2)
    gather2(r, t, x, y);
  else if (channel == 3)
    gather3(r, t, x, y);
  else
    gather0(r, t, x, y);
}

// std::enable_if is not at hand this early.
template <class T, class = typename TexelValue<T>::Kind> struct IfTexel {
  using Type = T;
};

} // namespace anywarp_detail

// T NAME<T>(texture, ...) and NAME(T*, texture, ...).
#define AW_TEXTURE_FUNCTION(NAME, LOOKUP, PARAMETERS, ARGUMENTS)                                   \
  template <class T>                                                                               \
  static __device__ inline typename anywarp_detail::IfTexel<T>::Type NAME(cudaTextureObject_t t,   \
                                                                          AW_LIST PARAMETERS) {    \
    anywarp_detail::Four<typename anywarp_detail::TexelValue<T>::Kind> r;                          \
    anywarp_detail::LOOKUP(r, t, AW_LIST ARGUMENTS);                                               \
    return anywarp_detail::TexelValue<T>::from(r);                                                 \
  }                                                                                                \
  template <class T>                                                                               \
  static __device__ inline void NAME(T* out, cudaTextureObject_t t, AW_LIST PARAMETERS) {          \
    *out = NAME<T>(t, AW_LIST ARGUMENTS);                                                          \
  }
#define AW_SPARSE_FUNCTION(NAME, LOOKUP, PARAMETERS, ARGUMENTS)                                    \
  AW_TEXTURE_FUNCTION(NAME, LOOKUP, PARAMETERS, ARGUMENTS)                                         \
  template <class T>                                                                               \
  static __device__ inline typename anywarp_detail::IfTexel<T>::Type NAME(                         \
      cudaTextureObject_t t, AW_LIST PARAMETERS, bool* isResident) {                               \
    *isResident = true;                                                                            \
    return NAME<T>(t, AW_LIST ARGUMENTS);                                                          \
  }                                                                                                \
  template <class T>                                                                               \
  static __device__ inline void NAME(T* out, cudaTextureObject_t t, AW_LIST PARAMETERS,            \
                                     bool* isResident) {                                           \
    *out = NAME<T>(t, AW_LIST ARGUMENTS, isResident);                                              \
  }

AW_TEXTURE_FUNCTION(tex1Dfetch, fetch1d, (int x), (x))

AW_TEXTURE_FUNCTION(tex1D, look1d, (float x), (x))
AW_SPARSE_FUNCTION(tex2D, look2d, (float x, float y), (x, y))
AW_SPARSE_FUNCTION(tex3D, look3d, (float x, float y, float z), (x, y, z))
AW_TEXTURE_FUNCTION(tex1DLayered, look1dLayer, (float x, int layer), (layer, x))
AW_SPARSE_FUNCTION(tex2DLayered, look2dLayer, (float x, float y, int layer), (layer, x, y))
AW_TEXTURE_FUNCTION(texCubemap, lookCube, (float x, float y, float z), (x, y, z))
AW_TEXTURE_FUNCTION(texCubemapLayered, lookCubeLayer, (float x, float y, float z, int layer),
                    (layer, x, y, z))

AW_TEXTURE_FUNCTION(tex1DLod, level1d, (float x, float level), (x, level))
AW_SPARSE_FUNCTION(tex2DLod, level2d, (float x, float y, float level), (x, y, level))
AW_SPARSE_FUNCTION(tex3DLod, level3d, (float x, float y, float z, float level), (x, y, z, level))
AW_TEXTURE_FUNCTION(tex1DLayeredLod, level1dLayer, (float x, int layer, float level),
                    (layer, x, level))
AW_SPARSE_FUNCTION(tex2DLayeredLod, level2dLayer, (float x, float y, int layer, float level),
                   (layer, x, y, level))
AW_TEXTURE_FUNCTION(texCubemapLod, levelCube, (float x, float y, float z, float level),
                    (x, y, z, level))
AW_TEXTURE_FUNCTION(texCubemapLayeredLod, levelCubeLayer,
                    (float x, float y, float z, int layer, float level), (layer, x, y, z, level))

AW_TEXTURE_FUNCTION(tex1DGrad, grad1d, (float x, float dx, float dy), (x, dx, dy))
AW_SPARSE_FUNCTION(tex2DGrad, grad2d, (float x, float y, float2 dx, float2 dy), (x, y, dx, dy))
AW_SPARSE_FUNCTION(tex3DGrad, grad3d, (float x, float y, float z, float4 dx, float4 dy),
                   (x, y, z, dx, dy))
AW_TEXTURE_FUNCTION(tex1DLayeredGrad, grad1dLayer, (float x, int layer, float dx, float dy),
                    (layer, x, dx, dy))
AW_SPARSE_FUNCTION(tex2DLayeredGrad, grad2dLayer,
                   (float x, float y, int layer, float2 dx, float2 dy), (layer, x, y, dx, dy))
AW_TEXTURE_FUNCTION(texCubemapGrad, gradCube, (float x, float y, float z, float4 dx, float4 dy),
                    (x, y, z, dx, dy))
AW_TEXTURE_FUNCTION(texCubemapLayeredGrad, gradCubeLayer,
                    (float x, float y, float z, int layer, float4 dx, float4 dy),
                    (layer, x, y, z, dx, dy))
#undef AW_TEXTURE_FUNCTION
#undef AW_SPARSE_FUNCTION
#undef AW_LIST

// The channel comes last and may be left out.
template <class T>
static __device__ inline typename anywarp_detail::IfTexel<T>::Type
tex2Dgather(cudaTextureObject_t t, float x, float y, int channel = 0) {
  anywarp_detail::Four<typename anywarp_detail::TexelValue<T>::Kind> r;
  anywarp_detail::gather(r, t, x, y, channel);
  return anywarp_detail::TexelValue<T>::from(r);
}
template <class T>
static __device__ inline void tex2Dgather(T* out, cudaTextureObject_t t, float x, float y,
                                          int channel = 0) {
  *out = tex2Dgather<T>(t, x, y, channel);
}
template <class T>
static __device__ inline typename anywarp_detail::IfTexel<T>::Type
tex2Dgather(cudaTextureObject_t t, float x, float y, bool* isResident, int channel = 0) {
  *isResident = true;
  return tex2Dgather<T>(t, x, y, channel);
}
template <class T>
static __device__ inline void tex2Dgather(T* out, cudaTextureObject_t t, float x, float y,
                                          bool* isResident, int channel = 0) {
  *out = tex2Dgather<T>(t, x, y, isResident, channel);
}
