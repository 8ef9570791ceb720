// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "surface" in {

def cuSurfRefSetArray : Full<"Binds an array to a surface reference.", 
    [Version<"", 3000, "CUsurfref hSurfRef, CUarray hArray, unsigned int Flags">]>;
def cuSurfRefGetArray : Full<"Reads a surface reference's array.", 
    [Version<"", 3000, "out CUarray* phArray, CUsurfref hSurfRef">]>;
def cuSurfObjectCreate : Full<"Creates a surface object.", 
    [Version<"", 5000, "out CUsurfObject* pSurfObject, const CUDA_RESOURCE_DESC* pResDesc">]>;
def cuSurfObjectDestroy : Full<"Destroys a surface object.", 
    [Version<"", 5000, "CUsurfObject surfObject">]>;
def cuSurfObjectGetResourceDesc : Full<"Reads a surface object's resource.", 
    [Version<"", 5000, "out CUDA_RESOURCE_DESC* pResDesc, CUsurfObject surfObject">]>;

} // Object
