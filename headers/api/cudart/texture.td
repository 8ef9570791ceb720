// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "texture" in {

def cudaCreateSurfaceObject : Full<"Makes a surface object.",
    [Version<"", 11000, "out cudaSurfaceObject_t* pSurfObject, const cudaResourceDesc* pResDesc">]>;
def cudaCreateTextureObject : Full<"Makes a texture object.",
    [Version<"", 11000, "out cudaTextureObject_t* pTexObject, const cudaResourceDesc* pResDesc, const cudaTextureDesc* pTexDesc, const cudaResourceViewDesc* pResViewDesc">,
    OldVersion<"_v2", 11000, 12000, "out cudaTextureObject_t* pTexObject, const cudaResourceDesc* pResDesc, const cudaTextureDesc_v2* pTexDesc, const cudaResourceViewDesc* pResViewDesc">]>;
def cudaDestroySurfaceObject : Full<"Destroys a surface object.",
    [Version<"", 11000, "cudaSurfaceObject_t surfObject">]>;
def cudaDestroyTextureObject : Full<"Destroys a texture object.",
    [Version<"", 11000, "cudaTextureObject_t texObject">]>;
def cudaGetSurfaceObjectResourceDesc : Full<"Gives the resource of a surface object.",
    [Version<"", 11000, "out cudaResourceDesc* pResDesc, cudaSurfaceObject_t surfObject">]>;
def cudaGetTextureObjectResourceDesc : Full<"Gives the resource of a texture object.",
    [Version<"", 11000, "out cudaResourceDesc* pResDesc, cudaTextureObject_t texObject">]>;
def cudaGetTextureObjectResourceViewDesc : Full<"Gives the resource view of a texture object.",
    [Version<"", 11000, "out cudaResourceViewDesc* pResViewDesc, cudaTextureObject_t texObject">]>;
def cudaGetTextureObjectTextureDesc : Full<"Gives the description of a texture object.",
    [Version<"", 11000, "out cudaTextureDesc* pTexDesc, cudaTextureObject_t texObject">,
    OldVersion<"_v2", 11000, 12000, "out cudaTextureDesc_v2* pTexDesc, cudaTextureObject_t texObject">]>;

} // Object
