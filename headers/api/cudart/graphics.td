// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "graphics" in {

def cudaGraphicsMapResources : Stub<"Maps graphics resources.",
    [Version<"", 11000, "int count, cudaGraphicsResource_t* resources, cudaStream_t stream">]>;
def cudaGraphicsResourceGetMappedMipmappedArray : Stub<"Gives the mipmapped array of a mapped resource.",
    [Version<"", 11000, "out cudaMipmappedArray_t* mipmappedArray, cudaGraphicsResource_t resource">]>;
def cudaGraphicsResourceGetMappedPointer : Stub<"Gives the address of a mapped resource.",
    [Version<"", 11000, "out void** devPtr, out size_t* size, cudaGraphicsResource_t resource">]>;
def cudaGraphicsResourceSetMapFlags : Stub<"Says how a mapped resource is used.",
    [Version<"", 11000, "cudaGraphicsResource_t resource, unsigned int flags">]>;
def cudaGraphicsSubResourceGetMappedArray : Stub<"Gives an array of a mapped resource.",
    [Version<"", 11000, "out cudaArray_t* array, cudaGraphicsResource_t resource, unsigned int arrayIndex, unsigned int mipLevel">]>;
def cudaGraphicsUnmapResources : Stub<"Unmaps graphics resources.",
    [Version<"", 11000, "int count, cudaGraphicsResource_t* resources, cudaStream_t stream">]>;
def cudaGraphicsUnregisterResource : Stub<"Takes the registration of a graphics resource back.",
    [Version<"", 11000, "cudaGraphicsResource_t resource">]>;

} // Object
