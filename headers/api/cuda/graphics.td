// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "graphics" in {

def cuGraphicsUnregisterResource : Full<"Unregisters a graphics resource.", 
    [Version<"", 3000, "CUgraphicsResource resource">]>;
def cuGraphicsSubResourceGetMappedArray : Full<"Gives an array of a mapped resource.", 
    [Version<"", 3000, "out CUarray* pArray, CUgraphicsResource resource, unsigned int arrayIndex, unsigned int mipLevel">]>;
def cuGraphicsResourceGetMappedMipmappedArray : Full<"Gives the mipmapped array of a mapped resource.", 
    [Version<"", 5000, "out CUmipmappedArray* pMipmappedArray, CUgraphicsResource resource">]>;
def cuGraphicsResourceGetMappedPointer : Full<"Gives the pointer of a mapped resource.", 
    [Version32<"", 3000, "out CUdeviceptr_v1* pDevPtr, out unsigned int* pSize, CUgraphicsResource resource">,
    Version<"_v2", 3020, "out CUdeviceptr* pDevPtr, out size_t* pSize, CUgraphicsResource resource">]>;
def cuGraphicsResourceSetMapFlags : Full<"Sets map flags of a resource.", 
    [Version<"", 3000, "CUgraphicsResource resource, unsigned int flags">,
    Version<"_v2", 6050, "CUgraphicsResource resource, unsigned int flags">]>;
def cuGraphicsMapResources : Full<"Maps graphics resources.", 
    [Version<"", 3000, "unsigned int count, CUgraphicsResource* resources, CUstream hStream", "ptsz">]>;
def cuGraphicsUnmapResources : Full<"Unmaps graphics resources.", 
    [Version<"", 3000, "unsigned int count, CUgraphicsResource* resources, CUstream hStream", "ptsz">]>;

} // Object
