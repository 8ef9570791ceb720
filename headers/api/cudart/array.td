// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "array" in {

def cudaArrayGetInfo : Full<"Gives the format, extent and flags of an array.",
    [Version<"", 11000, "out cudaChannelFormatDesc* desc, out cudaExtent* extent, out unsigned int* flags, cudaArray_t array">]>;
def cudaArrayGetMemoryRequirements : Full<"Gives size and alignment of an array's memory.",
    [Version<"", 11000, "out cudaArrayMemoryRequirements* memoryRequirements, cudaArray_t array, int device">]>;
def cudaArrayGetPlane : Full<"Gives one plane of a multi-planar array.",
    [Version<"", 11000, "out cudaArray_t* pPlaneArray, cudaArray_t hArray, unsigned int planeIdx">]>;
def cudaArrayGetSparseProperties : Full<"Gives the tile layout of a sparse array.",
    [Version<"", 11000, "out cudaArraySparseProperties* sparseProperties, cudaArray_t array">]>;
def cudaFreeArray : Full<"Frees an array.",
    [Version<"", 11000, "cudaArray_t array">]>;
def cudaFreeMipmappedArray : Full<"Frees a mipmapped array.",
    [Version<"", 11000, "cudaMipmappedArray_t mipmappedArray">]>;
def cudaGetChannelDesc : Full<"Gives the channel descriptor of an array.",
    [Version<"", 11000, "out cudaChannelFormatDesc* desc, cudaArray_const_t array">]>;
def cudaGetMipmappedArrayLevel : Full<"Gives one level of a mipmapped array.",
    [Version<"", 11000, "out cudaArray_t* levelArray, cudaMipmappedArray_const_t mipmappedArray, unsigned int level">]>;
def cudaMalloc3DArray : Full<"Allocates an array of up to three dimensions.",
    [Version<"", 11000, "out cudaArray_t* array, const cudaChannelFormatDesc* desc, cudaExtent extent, unsigned int flags">]>;
def cudaMallocArray : Full<"Allocates an array of up to two dimensions.",
    [Version<"", 11000, "out cudaArray_t* array, const cudaChannelFormatDesc* desc, size_t width, size_t height, unsigned int flags">]>;
def cudaMallocMipmappedArray : Full<"Allocates a mipmapped array.",
    [Version<"", 11000, "out cudaMipmappedArray_t* mipmappedArray, const cudaChannelFormatDesc* desc, cudaExtent extent, unsigned int numLevels, unsigned int flags">]>;
def cudaMemcpy2DArrayToArray : Full<"Copies a rectangle between arrays.",
    [Version<"", 11000, "cudaArray_t dst, size_t wOffsetDst, size_t hOffsetDst, cudaArray_const_t src, size_t wOffsetSrc, size_t hOffsetSrc, size_t width, size_t height, cudaMemcpyKind kind", "ptds">]>;
def cudaMemcpy2DFromArray : Full<"Copies a rectangle out of an array.",
    [Version<"", 11000, "void* dst, size_t dpitch, cudaArray_const_t src, size_t wOffset, size_t hOffset, size_t width, size_t height, cudaMemcpyKind kind", "ptds">]>;
def cudaMemcpy2DFromArrayAsync : Full<"Copies a rectangle out of an array in stream order.",
    [Version<"", 11000, "void* dst, size_t dpitch, cudaArray_const_t src, size_t wOffset, size_t hOffset, size_t width, size_t height, cudaMemcpyKind kind, cudaStream_t stream", "ptsz">]>;
def cudaMemcpy2DToArray : Full<"Copies a rectangle into an array.",
    [Version<"", 11000, "cudaArray_t dst, size_t wOffset, size_t hOffset, const void* src, size_t spitch, size_t width, size_t height, cudaMemcpyKind kind", "ptds">]>;
def cudaMemcpy2DToArrayAsync : Full<"Copies a rectangle into an array in stream order.",
    [Version<"", 11000, "cudaArray_t dst, size_t wOffset, size_t hOffset, const void* src, size_t spitch, size_t width, size_t height, cudaMemcpyKind kind, cudaStream_t stream", "ptsz">]>;
def cudaMemcpyArrayToArray : Full<"Copies between arrays.",
    [Version<"", 11000, "cudaArray_t dst, size_t wOffsetDst, size_t hOffsetDst, cudaArray_const_t src, size_t wOffsetSrc, size_t hOffsetSrc, size_t count, cudaMemcpyKind kind", "ptds">]>;
def cudaMemcpyFromArray : Full<"Copies out of an array.",
    [Version<"", 11000, "void* dst, cudaArray_const_t src, size_t wOffset, size_t hOffset, size_t count, cudaMemcpyKind kind", "ptds">]>;
def cudaMemcpyFromArrayAsync : Full<"Copies out of an array in stream order.",
    [Version<"", 11000, "void* dst, cudaArray_const_t src, size_t wOffset, size_t hOffset, size_t count, cudaMemcpyKind kind, cudaStream_t stream", "ptsz">]>;
def cudaMemcpyToArray : Full<"Copies into an array.",
    [Version<"", 11000, "cudaArray_t dst, size_t wOffset, size_t hOffset, const void* src, size_t count, cudaMemcpyKind kind", "ptds">]>;
def cudaMemcpyToArrayAsync : Full<"Copies into an array in stream order.",
    [Version<"", 11000, "cudaArray_t dst, size_t wOffset, size_t hOffset, const void* src, size_t count, cudaMemcpyKind kind, cudaStream_t stream", "ptsz">]>;
def cudaMipmappedArrayGetMemoryRequirements : Full<"Gives size and alignment of a mipmapped array's memory.",
    [Version<"", 11000, "out cudaArrayMemoryRequirements* memoryRequirements, cudaMipmappedArray_t mipmap, int device">]>;
def cudaMipmappedArrayGetSparseProperties : Full<"Gives the tile layout of a sparse mipmapped array.",
    [Version<"", 11000, "out cudaArraySparseProperties* sparseProperties, cudaMipmappedArray_t mipmap">]>;

} // Object
