// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "array" in {

def cuArrayCreate : Partial<"Creates a 1D or 2D array.", "the video format Y410 is refused: the manual does not say what its texels read as", 
    [Version32<"", 2000, "out CUarray* pHandle, const CUDA_ARRAY_DESCRIPTOR_v1* pAllocateArray">,
    Version<"_v2", 3020, "out CUarray* pHandle, const CUDA_ARRAY_DESCRIPTOR* pAllocateArray">]>;
def cuArrayGetDescriptor : Full<"Reads an array's descriptor.", 
    [Version32<"", 2000, "out CUDA_ARRAY_DESCRIPTOR_v1* pArrayDescriptor, CUarray hArray">,
    Version<"_v2", 3020, "out CUDA_ARRAY_DESCRIPTOR* pArrayDescriptor, CUarray hArray">]>;
def cuArrayGetSparseProperties : Full<"Reads an array's sparse layout.", 
    [Version<"", 11010, "out CUDA_ARRAY_SPARSE_PROPERTIES* sparseProperties, CUarray array">]>;
def cuMipmappedArrayGetSparseProperties : Full<"Reads a mipmapped array's sparse layout.", 
    [Version<"", 11010, "out CUDA_ARRAY_SPARSE_PROPERTIES* sparseProperties, CUmipmappedArray mipmap">]>;
def cuArrayGetMemoryRequirements : Full<"Reads an array's memory requirements.", 
    [Version<"", 11060, "out CUDA_ARRAY_MEMORY_REQUIREMENTS* memoryRequirements, CUarray array, CUdevice device">]>;
def cuMipmappedArrayGetMemoryRequirements : Full<"Reads a mipmapped array's memory requirements.", 
    [Version<"", 11060, "out CUDA_ARRAY_MEMORY_REQUIREMENTS* memoryRequirements, CUmipmappedArray mipmap, CUdevice device">]>;
def cuArrayGetPlane : Full<"Gives one plane of a planar array.", 
    [Version<"", 11020, "out CUarray* pPlaneArray, CUarray hArray, unsigned int planeIdx">]>;
def cuArrayDestroy : Full<"Destroys an array.", 
    [Version<"", 2000, "CUarray hArray">]>;
def cuArray3DCreate : Partial<"Creates an array of up to 3 dimensions.", "the video format Y410 is refused: the manual does not say what its texels read as", 
    [Version32<"", 2000, "out CUarray* pHandle, const CUDA_ARRAY3D_DESCRIPTOR_v1* pAllocateArray">,
    Version<"_v2", 3020, "out CUarray* pHandle, const CUDA_ARRAY3D_DESCRIPTOR* pAllocateArray">]>;
def cuArray3DGetDescriptor : Full<"Reads a 3D array's descriptor.", 
    [Version32<"", 2000, "out CUDA_ARRAY3D_DESCRIPTOR_v1* pArrayDescriptor, CUarray hArray">,
    Version<"_v2", 3020, "out CUDA_ARRAY3D_DESCRIPTOR* pArrayDescriptor, CUarray hArray">]>;
def cuMipmappedArrayCreate : Partial<"Creates a mipmapped array.", "the video format Y410 is refused: the manual does not say what its texels read as", 
    [Version<"", 5000, "out CUmipmappedArray* pHandle, const CUDA_ARRAY3D_DESCRIPTOR* pMipmappedArrayDesc, unsigned int numMipmapLevels">]>;
def cuMipmappedArrayGetLevel : Full<"Gives one level of a mipmapped array.", 
    [Version<"", 5000, "out CUarray* pLevelArray, CUmipmappedArray hMipmappedArray, unsigned int level">]>;
def cuMipmappedArrayDestroy : Full<"Destroys a mipmapped array.", 
    [Version<"", 5000, "CUmipmappedArray hMipmappedArray">]>;

} // Object
