// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "graphics" in {

def cudaGraphicsMapResources : Full<"Maps graphics resources.",
    [Version<"", 11000, "int count, cudaGraphicsResource_t* resources, cudaStream_t stream">]>;
def cudaGraphicsResourceGetMappedMipmappedArray : Full<"Gives the mipmapped array of a mapped resource.",
    [Version<"", 11000, "out cudaMipmappedArray_t* mipmappedArray, cudaGraphicsResource_t resource">]>;
def cudaGraphicsResourceGetMappedPointer : Full<"Gives the address of a mapped resource.",
    [Version<"", 11000, "out void** devPtr, out size_t* size, cudaGraphicsResource_t resource">]>;
def cudaGraphicsResourceSetMapFlags : Full<"Says how a mapped resource is used.",
    [Version<"", 11000, "cudaGraphicsResource_t resource, unsigned int flags">]>;
def cudaGraphicsSubResourceGetMappedArray : Full<"Gives an array of a mapped resource.",
    [Version<"", 11000, "out cudaArray_t* array, cudaGraphicsResource_t resource, unsigned int arrayIndex, unsigned int mipLevel">]>;
def cudaGraphicsUnmapResources : Full<"Unmaps graphics resources.",
    [Version<"", 11000, "int count, cudaGraphicsResource_t* resources, cudaStream_t stream">]>;
def cudaGraphicsUnregisterResource : Full<"Takes the registration of a graphics resource back.",
    [Version<"", 11000, "cudaGraphicsResource_t resource">]>;

} // Object
