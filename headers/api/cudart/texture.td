// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "texture" in {

def cudaCreateSurfaceObject : Stub<"Makes a surface object.",
    [Version<"", 11000, "out cudaSurfaceObject_t* pSurfObject, const cudaResourceDesc* pResDesc">]>;
def cudaCreateTextureObject : Stub<"Makes a texture object.",
    [Version<"", 11000, "out cudaTextureObject_t* pTexObject, const cudaResourceDesc* pResDesc, const cudaTextureDesc* pTexDesc, const cudaResourceViewDesc* pResViewDesc">,
    OldVersion<"_v2", 11000, 12000, "out cudaTextureObject_t* pTexObject, const cudaResourceDesc* pResDesc, const cudaTextureDesc_v2* pTexDesc, const cudaResourceViewDesc* pResViewDesc">]>;
def cudaDestroySurfaceObject : Stub<"Destroys a surface object.",
    [Version<"", 11000, "cudaSurfaceObject_t surfObject">]>;
def cudaDestroyTextureObject : Stub<"Destroys a texture object.",
    [Version<"", 11000, "cudaTextureObject_t texObject">]>;
def cudaGetSurfaceObjectResourceDesc : Stub<"Gives the resource of a surface object.",
    [Version<"", 11000, "out cudaResourceDesc* pResDesc, cudaSurfaceObject_t surfObject">]>;
def cudaGetTextureObjectResourceDesc : Stub<"Gives the resource of a texture object.",
    [Version<"", 11000, "out cudaResourceDesc* pResDesc, cudaTextureObject_t texObject">]>;
def cudaGetTextureObjectResourceViewDesc : Stub<"Gives the resource view of a texture object.",
    [Version<"", 11000, "out cudaResourceViewDesc* pResViewDesc, cudaTextureObject_t texObject">]>;
def cudaGetTextureObjectTextureDesc : Stub<"Gives the description of a texture object.",
    [Version<"", 11000, "out cudaTextureDesc* pTexDesc, cudaTextureObject_t texObject">,
    OldVersion<"_v2", 11000, 12000, "out cudaTextureDesc_v2* pTexDesc, cudaTextureObject_t texObject">]>;

} // Object
