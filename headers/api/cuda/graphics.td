// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "graphics" in {

def cuGraphicsUnregisterResource : Stub<"Unregisters a graphics resource.", 
    [Version<"", 3000, "CUgraphicsResource resource">]>;
def cuGraphicsSubResourceGetMappedArray : Stub<"Gives an array of a mapped resource.", 
    [Version<"", 3000, "out CUarray* pArray, CUgraphicsResource resource, unsigned int arrayIndex, unsigned int mipLevel">]>;
def cuGraphicsResourceGetMappedMipmappedArray : Stub<"Gives the mipmapped array of a mapped resource.", 
    [Version<"", 5000, "out CUmipmappedArray* pMipmappedArray, CUgraphicsResource resource">]>;
def cuGraphicsResourceGetMappedPointer : Stub<"Gives the pointer of a mapped resource.", 
    [Version32<"", 3000, "out CUdeviceptr_v1* pDevPtr, out unsigned int* pSize, CUgraphicsResource resource">,
    Version<"_v2", 3020, "out CUdeviceptr* pDevPtr, out size_t* pSize, CUgraphicsResource resource">]>;
def cuGraphicsResourceSetMapFlags : Stub<"Sets map flags of a resource.", 
    [Version<"", 3000, "CUgraphicsResource resource, unsigned int flags">,
    Version<"_v2", 6050, "CUgraphicsResource resource, unsigned int flags">]>;
def cuGraphicsMapResources : Stub<"Maps graphics resources.", 
    [Version<"", 3000, "unsigned int count, CUgraphicsResource* resources, CUstream hStream", "ptsz">]>;
def cuGraphicsUnmapResources : Stub<"Unmaps graphics resources.", 
    [Version<"", 3000, "unsigned int count, CUgraphicsResource* resources, CUstream hStream", "ptsz">]>;

} // Object
