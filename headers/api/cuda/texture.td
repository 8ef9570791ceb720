// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "texture" in {

def cuTexRefCreate : Full<"Creates a texture reference.", 
    [Version<"", 2000, "out CUtexref* pTexRef">]>;
def cuTexRefDestroy : Full<"Destroys a texture reference.", 
    [Version<"", 2000, "CUtexref hTexRef">]>;
def cuTexRefSetArray : Full<"Binds an array to a texture reference.", 
    [Version<"", 2000, "CUtexref hTexRef, CUarray hArray, unsigned int Flags">]>;
def cuTexRefSetMipmappedArray : Full<"Binds a mipmapped array to a texture reference.", 
    [Version<"", 5000, "CUtexref hTexRef, CUmipmappedArray hMipmappedArray, unsigned int Flags">]>;
def cuTexRefSetAddress : Full<"Binds memory to a texture reference.", 
    [Version32<"", 2000, "out unsigned int* ByteOffset, CUtexref hTexRef, CUdeviceptr_v1 dptr, unsigned int bytes">,
    Version<"_v2", 3020, "out size_t* ByteOffset, CUtexref hTexRef, CUdeviceptr dptr, size_t bytes">]>;
def cuTexRefSetAddress2D : Full<"Binds 2D memory to a texture reference.", 
    [Version32<"", 2020, "CUtexref hTexRef, const CUDA_ARRAY_DESCRIPTOR_v1* desc, CUdeviceptr_v1 dptr, unsigned int Pitch">,
    Version<"_v2", 3020, "CUtexref hTexRef, const CUDA_ARRAY_DESCRIPTOR* desc, CUdeviceptr dptr, size_t Pitch">,
    Version<"_v3", 4010, "CUtexref hTexRef, const CUDA_ARRAY_DESCRIPTOR* desc, CUdeviceptr dptr, size_t Pitch">]>;
def cuTexRefSetFormat : Full<"Sets a texture reference's format.", 
    [Version<"", 2000, "CUtexref hTexRef, CUarray_format fmt, int NumPackedComponents">]>;
def cuTexRefSetAddressMode : Full<"Sets a texture reference's address mode.", 
    [Version<"", 2000, "CUtexref hTexRef, int dim, CUaddress_mode am">]>;
def cuTexRefSetFilterMode : Full<"Sets a texture reference's filter mode.", 
    [Version<"", 2000, "CUtexref hTexRef, CUfilter_mode fm">]>;
def cuTexRefSetMipmapFilterMode : Full<"Sets a texture reference's mipmap filter mode.", 
    [Version<"", 5000, "CUtexref hTexRef, CUfilter_mode fm">]>;
def cuTexRefSetMipmapLevelBias : Full<"Sets a texture reference's mipmap bias.", 
    [Version<"", 5000, "CUtexref hTexRef, float bias">]>;
def cuTexRefSetMipmapLevelClamp : Full<"Sets a texture reference's mipmap clamp.", 
    [Version<"", 5000, "CUtexref hTexRef, float minMipmapLevelClamp, float maxMipmapLevelClamp">]>;
def cuTexRefSetMaxAnisotropy : Full<"Sets a texture reference's anisotropy.", 
    [Version<"", 5000, "CUtexref hTexRef, unsigned int maxAniso">]>;
def cuTexRefSetBorderColor : Full<"Sets a texture reference's border colour.", 
    [Version<"", 8000, "CUtexref hTexRef, float* pBorderColor">]>;
def cuTexRefSetFlags : Full<"Sets a texture reference's flags.", 
    [Version<"", 2000, "CUtexref hTexRef, unsigned int Flags">]>;
def cuTexRefGetAddress : Full<"Reads a texture reference's address.", 
    [Version32<"", 2000, "out CUdeviceptr_v1* pdptr, CUtexref hTexRef">,
    Version<"_v2", 3020, "out CUdeviceptr* pdptr, CUtexref hTexRef">]>;
def cuTexRefGetArray : Full<"Reads a texture reference's array.", 
    [Version<"", 2000, "out CUarray* phArray, CUtexref hTexRef">]>;
def cuTexRefGetMipmappedArray : Full<"Reads a texture reference's mipmapped array.", 
    [Version<"", 5000, "out CUmipmappedArray* phMipmappedArray, CUtexref hTexRef">]>;
def cuTexRefGetAddressMode : Full<"Reads a texture reference's address mode.", 
    [Version<"", 2000, "out CUaddress_mode* pam, CUtexref hTexRef, int dim">]>;
def cuTexRefGetFilterMode : Full<"Reads a texture reference's filter mode.", 
    [Version<"", 2000, "out CUfilter_mode* pfm, CUtexref hTexRef">]>;
def cuTexRefGetFormat : Full<"Reads a texture reference's format.", 
    [Version<"", 2000, "out CUarray_format* pFormat, out int* pNumChannels, CUtexref hTexRef">]>;
def cuTexRefGetMipmapFilterMode : Full<"Reads a texture reference's mipmap filter mode.", 
    [Version<"", 5000, "out CUfilter_mode* pfm, CUtexref hTexRef">]>;
def cuTexRefGetMipmapLevelBias : Full<"Reads a texture reference's mipmap bias.", 
    [Version<"", 5000, "out float* pbias, CUtexref hTexRef">]>;
def cuTexRefGetMipmapLevelClamp : Full<"Reads a texture reference's mipmap clamp.", 
    [Version<"", 5000, "out float* pminMipmapLevelClamp, out float* pmaxMipmapLevelClamp, CUtexref hTexRef">]>;
def cuTexRefGetMaxAnisotropy : Full<"Reads a texture reference's anisotropy.", 
    [Version<"", 5000, "out int* pmaxAniso, CUtexref hTexRef">]>;
def cuTexRefGetBorderColor : Full<"Reads a texture reference's border colour.", 
    [Version<"", 8000, "out float* pBorderColor, CUtexref hTexRef">]>;
def cuTexRefGetFlags : Full<"Reads a texture reference's flags.", 
    [Version<"", 2000, "out unsigned int* pFlags, CUtexref hTexRef">]>;
def cuTexObjectCreate : Full<"Creates a texture object.", 
    [Version<"", 5000, "out CUtexObject* pTexObject, const CUDA_RESOURCE_DESC* pResDesc, const CUDA_TEXTURE_DESC* pTexDesc, const CUDA_RESOURCE_VIEW_DESC* pResViewDesc">]>;
def cuTexObjectDestroy : Full<"Destroys a texture object.", 
    [Version<"", 5000, "CUtexObject texObject">]>;
def cuTexObjectGetResourceDesc : Full<"Reads a texture object's resource.", 
    [Version<"", 5000, "out CUDA_RESOURCE_DESC* pResDesc, CUtexObject texObject">]>;
def cuTexObjectGetTextureDesc : Full<"Reads a texture object's sampling.", 
    [Version<"", 5000, "out CUDA_TEXTURE_DESC* pTexDesc, CUtexObject texObject">]>;
def cuTexObjectGetResourceViewDesc : Full<"Reads a texture object's view.", 
    [Version<"", 5000, "out CUDA_RESOURCE_VIEW_DESC* pResViewDesc, CUtexObject texObject">]>;

} // Object
