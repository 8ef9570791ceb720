// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "tensor" in {

def cuTensorMapEncodeTiled : Full<"Encodes a tiled tensor map.", 
    [Version<"", 12000, "out CUtensorMap* tensorMap, CUtensorMapDataType tensorDataType, cuuint32_t tensorRank, void* globalAddress, const cuuint64_t* globalDim, const cuuint64_t* globalStrides, const cuuint32_t* boxDim, const cuuint32_t* elementStrides, CUtensorMapInterleave interleave, CUtensorMapSwizzle swizzle, CUtensorMapL2promotion l2Promotion, CUtensorMapFloatOOBfill oobFill">]>;
def cuTensorMapEncodeIm2col : Partial<"Encodes an im2col tensor map.", "interleaved layouts are NOT_SUPPORTED: neither manual says which dimensions the corners and offsets then mean, nor in which order slices and pixels lie in shared memory", 
    [Version<"", 12000, "out CUtensorMap* tensorMap, CUtensorMapDataType tensorDataType, cuuint32_t tensorRank, void* globalAddress, const cuuint64_t* globalDim, const cuuint64_t* globalStrides, const int* pixelBoxLowerCorner, const int* pixelBoxUpperCorner, cuuint32_t channelsPerPixel, cuuint32_t pixelsPerColumn, const cuuint32_t* elementStrides, CUtensorMapInterleave interleave, CUtensorMapSwizzle swizzle, CUtensorMapL2promotion l2Promotion, CUtensorMapFloatOOBfill oobFill">]>;
def cuTensorMapEncodeIm2colWide : Refused<"Encodes a wide im2col tensor map.",
    "the im2col::w modes need compute capability 10.0, which no device here has", 
    [Version<"", 12080, "out CUtensorMap* tensorMap, CUtensorMapDataType tensorDataType, cuuint32_t tensorRank, void* globalAddress, const cuuint64_t* globalDim, const cuuint64_t* globalStrides, int pixelBoxLowerCornerWidth, int pixelBoxUpperCornerWidth, cuuint32_t channelsPerPixel, cuuint32_t pixelsPerColumn, const cuuint32_t* elementStrides, CUtensorMapInterleave interleave, CUtensorMapIm2ColWideMode mode, CUtensorMapSwizzle swizzle, CUtensorMapL2promotion l2Promotion, CUtensorMapFloatOOBfill oobFill">]>;
def cuTensorMapReplaceAddress : Full<"Changes the address in a tensor map.", 
    [Version<"", 12000, "out CUtensorMap* tensorMap, void* globalAddress">]>;

} // Object
