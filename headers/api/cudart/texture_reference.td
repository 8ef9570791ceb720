// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "texture_reference" in {

def cudaBindSurfaceToArray : Full<"Binds an array to a surface reference.",
    [OldVersion<"", 11000, 12000, "const surfaceReference* surfref, cudaArray_const_t array, const cudaChannelFormatDesc* desc">]>;
def cudaBindTexture : Full<"Binds linear memory to a texture reference.",
    [OldVersion<"", 11000, 12000, "size_t* offset, const textureReference* texref, const void* devPtr, const cudaChannelFormatDesc* desc, size_t size">]>;
def cudaBindTexture2D : Full<"Binds pitched memory to a texture reference.",
    [OldVersion<"", 11000, 12000, "size_t* offset, const textureReference* texref, const void* devPtr, const cudaChannelFormatDesc* desc, size_t width, size_t height, size_t pitch">]>;
def cudaBindTextureToArray : Full<"Binds an array to a texture reference.",
    [OldVersion<"", 11000, 12000, "const textureReference* texref, cudaArray_const_t array, const cudaChannelFormatDesc* desc">]>;
def cudaBindTextureToMipmappedArray : Full<"Binds a mipmapped array to a texture reference.",
    [OldVersion<"", 11000, 12000, "const textureReference* texref, cudaMipmappedArray_const_t mipmappedArray, const cudaChannelFormatDesc* desc">]>;
def cudaGetSurfaceReference : Full<"Gives the surface reference of a symbol.",
    [OldVersion<"", 11000, 12000, "const surfaceReference** surfref, const void* symbol">]>;
def cudaGetTextureAlignmentOffset : Full<"Gives the offset of a bound texture reference.",
    [OldVersion<"", 11000, 12000, "out size_t* offset, const textureReference* texref">]>;
def cudaGetTextureReference : Full<"Gives the texture reference of a symbol.",
    [OldVersion<"", 11000, 12000, "const textureReference** texref, const void* symbol">]>;
def cudaUnbindTexture : Full<"Unbinds a texture reference.",
    [OldVersion<"", 11000, 12000, "const textureReference* texref">]>;

} // Object
