/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a texture or surface handle stands for: core fills these descriptors, the sampler in
 * ptx/devicelib/texture*.cpp reads them. A CUtexObject is the address of an AwTexture, a
 * CUsurfObject that of an AwSurface, both aligned to AW_TEXTURE_ALIGN. Read-only while kernels run;
 * whoever destroys one sets magic to 0 first, so that a stale handle is an error and not a wrong
 * value.
 *
 * Module variables: a .texref or .surfref variable is 8 bytes that hold such a handle (0: not
 * bound), a .samplerref variable is 8 bytes that hold a packed sampler (AW_SAMPLER_*). A register
 * that holds the address of such a variable works as the handle itself does.
 *
 * Layout of arrays: row-major. Texel (x, y, z or layer) of a level is at
 *   base + z * slice + y * pitch + (x * samples + sample) * texel bytes
 * and every level has its own base. z counts depth in a 3D array, layers in a layered one, faces
 * (+x -x +y -y +z -z) in a cubemap, 6 * layer + face in a layered cubemap. Channels of a texel
 * stand side by side, little-endian. A block-compressed image (AW_CHANNEL_BC*) has rows of blocks
 * of 4 x 4 texels in place of texels: texel_bytes are those of a block, width and height count
 * texels all the same. base is aligned to 16 bytes at least for arrays, to the texel
 * for linear memory; nothing outside the rows is read or written. */
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AW_TEXTURE_ALIGN 128u
#define AW_TEXTURE_MAGIC 0x5845544157594e41ull
#define AW_SURFACE_MAGIC 0x4652534157594e41ull
#define AW_SAMPLER_TAG 0x53a1ull /* bits 48..63 of a .samplerref variable */
#define AW_MAX_LEVELS 18u        /* of a texture 131072 texels wide */

/* The shape; says which of width, height, depth and layers count (the others are 1). */
enum AwGeometry {
  AW_GEOMETRY_LINEAR = 0, /* linear memory: width texels, no filter, no address mode but border 0 */
  AW_GEOMETRY_1D = 1,
  AW_GEOMETRY_2D = 2, /* also pitch linear memory */
  AW_GEOMETRY_3D = 3,
  AW_GEOMETRY_1D_LAYERED = 4,
  AW_GEOMETRY_2D_LAYERED = 5,
  AW_GEOMETRY_CUBE = 6,        /* layers = 6 */
  AW_GEOMETRY_CUBE_LAYERED = 7 /* layers = 6 * number of cubes */
};

/* Type of one channel. Unlike U8, UNORM8 is a number in [0, 1] whatever the read mode. */
enum AwChannel {
  AW_CHANNEL_U8 = 0,
  AW_CHANNEL_U16 = 1,
  AW_CHANNEL_U32 = 2,
  AW_CHANNEL_S8 = 3,
  AW_CHANNEL_S16 = 4,
  AW_CHANNEL_S32 = 5,
  AW_CHANNEL_F16 = 6,
  AW_CHANNEL_F32 = 7,
  AW_CHANNEL_UNORM8 = 8,
  AW_CHANNEL_UNORM16 = 9,
  AW_CHANNEL_SNORM8 = 10,
  AW_CHANNEL_SNORM16 = 11,
  AW_CHANNEL_UNORM10_10_10_2 = 12, /* four channels in 32 bits, the first one lowest */
  AW_CHANNEL_BC1 = 16,             /* from here on: block-compressed, numbers */
  AW_CHANNEL_BC2 = 17,
  AW_CHANNEL_BC3 = 18,
  AW_CHANNEL_BC4 = 19,
  AW_CHANNEL_BC4_SIGNED = 20,
  AW_CHANNEL_BC5 = 21,
  AW_CHANNEL_BC5_SIGNED = 22,
  AW_CHANNEL_BC6H = 23,
  AW_CHANNEL_BC6H_SIGNED = 24,
  AW_CHANNEL_BC7 = 25
};

struct AwLevel {
  void* base;
  uint64_t pitch;  /* bytes from row to row */
  uint64_t slice;  /* bytes from slice, layer or face to the next */
  uint32_t width;  /* texels */
  uint32_t height; /* rows; 1 for 1D */
  uint32_t depth;  /* 1 unless 3D */
  uint32_t reserved;
};

struct AwImage {
  uint8_t geometry;    /* AwGeometry */
  uint8_t channel;     /* AwChannel */
  uint8_t channels;    /* 1, 2, 4 */
  uint8_t texel_bytes; /* all channels */
  uint32_t layers;     /* 1 unless layered or cubemap */
  uint32_t levels;     /* 1 .. AW_MAX_LEVELS */
  uint32_t samples;    /* 1 unless multisampled */
  struct AwLevel level[AW_MAX_LEVELS];
  /* Block-compressed images: the channels of texel i, row by row, of a block. The backend sets it,
   * so that kernels have none of this code, which is long. */
  void (*block_texel)(uint32_t channel, const uint8_t* block, uint32_t i, float rgba[4]);
};

/* The values of CUaddress_mode and CUfilter_mode. */
enum { AW_ADDRESS_WRAP = 0, AW_ADDRESS_CLAMP = 1, AW_ADDRESS_MIRROR = 2, AW_ADDRESS_BORDER = 3 };
/* In a packed sampler: acts as AW_ADDRESS_CLAMP (the lower two bits), but has a name of its own. */
enum { AW_ADDRESS_CLAMP_OGL = 5 };
enum { AW_FILTER_POINT = 0, AW_FILTER_LINEAR = 1 };
enum {
  AW_SAMPLER_NORMALIZED = 1, /* coordinates go from 0 to 1 */
  /* Integer channels of 8 and 16 bits are read as numbers in [0, 1] or [-1, 1]; else as they are.
   */
  AW_SAMPLER_READ_FLOAT = 2,
  AW_SAMPLER_SRGB = 4, /* 8-bit unsigned channels but the fourth are sRGB; with READ_FLOAT */
  AW_SAMPLER_NO_TRILINEAR = 8, /* CU_TRSF_DISABLE_TRILINEAR_OPTIMIZATION: changes no result here */
  AW_SAMPLER_SEAMLESS = 16     /* CU_TRSF_SEAMLESS_CUBEMAP: filtering goes across a cube's edges */
};

struct AwSampler {
  uint8_t address[3]; /* for x, y, z. Wrap and mirror act as clamp where not NORMALIZED */
  uint8_t filter;
  uint8_t mip_filter;
  uint8_t max_anisotropy; /* 0 and 1: none; at most 16 */
  uint16_t flags;         /* AW_SAMPLER_* */
  float mip_bias, mip_min, mip_max;
  /* CUDA's borderColor as given: bits of an integer where integers are read. */
  float border[4];
};

struct AwTexture {
  uint64_t magic; /* AW_TEXTURE_MAGIC */
  struct AwSampler sampler;
  struct AwImage image;
};

/* A surface shows one level: image.levels = 1. */
struct AwSurface {
  uint64_t magic; /* AW_SURFACE_MAGIC */
  struct AwImage image;
};

/* A .samplerref variable (.texmode_independent): what replaces the texture's own sampler. */
#define AW_SAMPLER_PACK(addr0, addr1, addr2, filter, unnormalized)                                 \
  (AW_SAMPLER_TAG << 48 | (uint64_t)(addr0) | (uint64_t)(addr1) << 4 | (uint64_t)(addr2) << 8 |    \
   (uint64_t)(filter) << 12 | (uint64_t)(unnormalized) << 16)

#ifdef __cplusplus
}
#endif
