// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "surface" in {

def cuSurfRefSetArray : Stub<"Binds an array to a surface reference.", 
    [Version<"", 3000, "CUsurfref hSurfRef, CUarray hArray, unsigned int Flags">]>;
def cuSurfRefGetArray : Stub<"Reads a surface reference's array.", 
    [Version<"", 3000, "out CUarray* phArray, CUsurfref hSurfRef">]>;
def cuSurfObjectCreate : Stub<"Creates a surface object.", 
    [Version<"", 5000, "out CUsurfObject* pSurfObject, const CUDA_RESOURCE_DESC* pResDesc">]>;
def cuSurfObjectDestroy : Stub<"Destroys a surface object.", 
    [Version<"", 5000, "CUsurfObject surfObject">]>;
def cuSurfObjectGetResourceDesc : Stub<"Reads a surface object's resource.", 
    [Version<"", 5000, "out CUDA_RESOURCE_DESC* pResDesc, CUsurfObject surfObject">]>;

} // Object
