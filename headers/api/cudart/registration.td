// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "registration" in {

def __cudaRegisterFatBinary : Full<"Registers the device code of one compiled unit; gives the handle for the calls below.",
    [Version<"", 11000, "void* fatbin">]> { let Returns = "void**"; }
def __cudaRegisterFatBinaryEnd : Full<"Says that a unit's registration is complete.",
    [Version<"", 11000, "void** handle">]> { let Returns = "void"; }
def __cudaUnregisterFatBinary : Full<"Takes a unit's device code out again.",
    [Version<"", 11000, "void** handle">]> { let Returns = "void"; }
def __cudaRegisterFunction : Full<"Ties a host stub to a kernel's name.",
    [Version<"", 11000, "void** handle, const char* hostFunction, char* deviceFunction, const char* deviceName, int threadLimit, uint3* threadId, uint3* blockId, dim3* blockDim, dim3* gridDim, int* warpSize">]> { let Returns = "void"; }
def __cudaRegisterVar : Full<"Ties a host shadow variable to a device variable's name.",
    [Version<"", 11000, "void** handle, char* hostVar, char* deviceAddress, const char* deviceName, int isExtern, size_t size, int isConstant, int isGlobal">]> { let Returns = "void"; }
def __cudaRegisterManagedVar : Full<"Ties a host pointer variable to a managed variable's name.",
    [Version<"", 11000, "void** handle, void** hostVar, char* deviceAddress, const char* deviceName, int isExtern, size_t size, int isConstant, int isGlobal">]> { let Returns = "void"; }
def __cudaRegisterHostVar : Partial<"Gives device code access to a host variable.", "accepted; the variable keeps its host address, which device code can use as it is",
    [Version<"", 11000, "void** handle, const char* deviceName, char* hostVar, size_t size">]> { let Returns = "void"; }
def __cudaRegisterUnifiedTable : Partial<"Registers a table of functions for unified function pointers.", "accepted and not used",
    [Version<"", 12000, "void* table">]> { let Returns = "void"; }
def __cudaRegisterTexture : Full<"Ties a texture reference to its name.",
    [OldVersion<"", 11000, 12000, "void** handle, const void* hostVar, const void** deviceAddress, const char* deviceName, int dimension, int normalized, int isExtern">]> { let Returns = "void"; }
def __cudaRegisterSurface : Full<"Ties a surface reference to its name.",
    [OldVersion<"", 11000, 12000, "void** handle, const void* hostVar, const void** deviceAddress, const char* deviceName, int dimension, int isExtern">]> { let Returns = "void"; }
def __cudaInitModule : Full<"Makes a unit's managed variables ready for use by the host.",
    [Version<"", 11000, "void** handle">]> { let Returns = "char"; }

} // Object
