/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* CUtensorMap as Anywarp fills it: written by core/tensor_map.cpp (cuTensorMapEncode*) and by
 * tensormap.replace, read by ptx/devicelib/tensor.cpp. Opaque to programs, which copy it as 128
 * bytes. Anything without the magic number is no tensor map. */
#pragma once

#include <stdint.h>

#define AW_TENSOR_MAP_MAGIC 0x314d5441u /* "ATM1" */

/* Numbers of CUtensorMapDataType. */
enum {
  AW_TENSOR_U8,
  AW_TENSOR_U16,
  AW_TENSOR_U32,
  AW_TENSOR_S32,
  AW_TENSOR_U64,
  AW_TENSOR_S64,
  AW_TENSOR_F16,
  AW_TENSOR_F32,
  AW_TENSOR_F64,
  AW_TENSOR_BF16,
  AW_TENSOR_F32_FTZ,
  AW_TENSOR_TF32,
  AW_TENSOR_TF32_FTZ,
  AW_TENSOR_TYPES
};
enum { AW_TENSOR_TILED, AW_TENSOR_IM2COL };

struct AwTensorMap {
  uint32_t magic;
  uint8_t mode;       /* AW_TENSOR_TILED, AW_TENSOR_IM2COL */
  uint8_t type;       /* AW_TENSOR_* */
  uint8_t rank;       /* 1 to 5 */
  uint8_t interleave; /* CUtensorMapInterleave */
  uint8_t swizzle;    /* 0, 1: 32, 2: 64, 3: 128 bytes */
  uint8_t atom;       /* of a 128-byte swizzle; 0: 16, 1: 32, 2: 32 with flip, 3: 64 bytes */
  uint8_t fill;       /* CUtensorMapFloatOOBfill */
  uint8_t reserved0;
  uint32_t reserved1;
  uint64_t address;
  uint64_t strides[4]; /* bytes, of dimensions 1 to 4 */
  uint32_t last[5];    /* size of each dimension - 1: sizes go up to 2^32 */
  uint16_t box[5];     /* elements to traverse */
  uint8_t elementStride[5];
  uint8_t reserved2;
  int16_t lower[3], upper[3]; /* corners of the pixel box: W, H, D */
  uint16_t channels, pixels;  /* of an im2col column */
  uint32_t reserved3[5];
};

#ifdef __cplusplus
static_assert(sizeof(AwTensorMap) == 128);
#endif

/* What a tensor copy does. */
enum { AW_TENSOR_LOAD, AW_TENSOR_STORE, AW_TENSOR_REDUCE };
/* Why an asynchronous copy was refused. */
enum {
  AW_ASYNC_OK,
  AW_ASYNC_MISALIGNED,
  AW_ASYNC_NO_TENSOR_MAP,
  AW_ASYNC_WRONG_RANK,
  AW_ASYNC_WRONG_MODE,
  AW_ASYNC_WRONG_TYPE,
};
#define AW_ASYNC_NO_MULTICAST 0x10000u /* in place of a mask of 16 blocks */
/* Reductions of copies. */
enum {
  AW_REDUCE_ADD,
  AW_REDUCE_MIN,
  AW_REDUCE_MAX,
  AW_REDUCE_INC,
  AW_REDUCE_DEC,
  AW_REDUCE_AND,
  AW_REDUCE_OR,
  AW_REDUCE_XOR
};
