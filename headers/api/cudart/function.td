// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "function" in {

def cudaFuncGetAttributes : Full<"Gives the attributes of a kernel.",
    [Version<"", 11000, "out cudaFuncAttributes* attr, const void* func">]>;
def cudaFuncGetName : Full<"Gives a kernel's name.",
    [Version<"", 12000, "const char** name, const void* func">]>;
def cudaFuncGetParamInfo : Full<"Gives offset and size of a kernel's parameter.",
    [Version<"", 12000, "const void* func, size_t paramIndex, out size_t* paramOffset, out size_t* paramSize">]>;
def cudaFuncSetAttribute : Full<"Sets an attribute of a kernel.",
    [Version<"", 11000, "const void* func, cudaFuncAttribute attr, int value">]>;
def cudaFuncSetCacheConfig : Full<"Sets a kernel's preferred split of L1 cache and shared memory.",
    [Version<"", 11000, "const void* func, cudaFuncCache cacheConfig">]>;
def cudaFuncSetSharedMemConfig : Full<"Sets a kernel's bank size of shared memory.",
    [Version<"", 11000, "const void* func, cudaSharedMemConfig config">]>;
def cudaGetFuncBySymbol : Full<"Gives the driver's function behind a host stub.",
    [Version<"", 11000, "out cudaFunction_t* functionPtr, const void* symbolPtr">]>;
def cudaGetKernel : Full<"Gives the driver's kernel behind a host stub.",
    [Version<"", 12000, "out cudaKernel_t* kernelPtr, const void* entryFuncAddr">]>;

} // Object
