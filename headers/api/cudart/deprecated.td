// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "deprecated" in {

def cudaSetDoubleForDevice : Full<"Converts a double for devices without doubles; does nothing since CUDA 2.",
    [OldVersion<"", 11000, 13000, "double* d">]>;
def cudaSetDoubleForHost : Full<"Converts a double back; does nothing since CUDA 2.",
    [OldVersion<"", 11000, 13000, "double* d">]>;
def cudaThreadExit : Full<"Old name of cudaDeviceReset.",
    [OldVersion<"", 11000, 13000, "void">]>;
def cudaThreadGetCacheConfig : Full<"Old name of cudaDeviceGetCacheConfig.",
    [OldVersion<"", 11000, 13000, "out cudaFuncCache* pCacheConfig">]>;
def cudaThreadGetLimit : Full<"Old name of cudaDeviceGetLimit.",
    [OldVersion<"", 11000, 13000, "out size_t* pValue, cudaLimit limit">]>;
def cudaThreadSetCacheConfig : Full<"Old name of cudaDeviceSetCacheConfig.",
    [OldVersion<"", 11000, 13000, "cudaFuncCache cacheConfig">]>;
def cudaThreadSetLimit : Full<"Old name of cudaDeviceSetLimit.",
    [OldVersion<"", 11000, 13000, "cudaLimit limit, size_t value">]>;
def cudaThreadSynchronize : Full<"Old name of cudaDeviceSynchronize.",
    [OldVersion<"", 11000, 13000, "void">]>;

} // Object
