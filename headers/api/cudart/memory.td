// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "memory" in {

def cudaFree : Full<"Frees device memory.",
    [Version<"", 11000, "void* devPtr">]>;
def cudaFreeHost : Full<"Frees pinned host memory.",
    [Version<"", 11000, "void* ptr">]>;
def cudaHostAlloc : Full<"Allocates pinned host memory with flags.",
    [Version<"", 11000, "out void** pHost, size_t size, unsigned int flags">]>;
def cudaHostGetDevicePointer : Full<"Gives the device address of mapped host memory.",
    [Version<"", 11000, "out void** pDevice, void* pHost, unsigned int flags">]>;
def cudaHostGetFlags : Full<"Gives the flags of pinned host memory.",
    [Version<"", 11000, "out unsigned int* pFlags, void* pHost">]>;
def cudaHostRegister : Full<"Pins existing host memory.",
    [Version<"", 11000, "void* ptr, size_t size, unsigned int flags">]>;
def cudaHostUnregister : Full<"Unpins host memory.",
    [Version<"", 11000, "void* ptr">]>;
def cudaMalloc : Full<"Allocates device memory.",
    [Version<"", 11000, "out void** devPtr, size_t size">]>;
def cudaMalloc3D : Full<"Allocates a pitched box of device memory.",
    [Version<"", 11000, "out cudaPitchedPtr* pitchedDevPtr, cudaExtent extent">]>;
def cudaMallocHost : Full<"Allocates pinned host memory.",
    [Version<"", 11000, "out void** ptr, size_t size">]>;
def cudaMallocManaged : Full<"Allocates managed memory.",
    [Version<"", 11000, "out void** devPtr, size_t size, unsigned int flags">]>;
def cudaMallocPitch : Full<"Allocates rows of device memory with a pitch.",
    [Version<"", 11000, "out void** devPtr, out size_t* pitch, size_t width, size_t height">]>;
def cudaMemGetInfo : Full<"Gives free and total memory of the current device.",
    [Version<"", 11000, "out size_t* free, out size_t* total">]>;
def cudaPointerGetAttributes : Full<"Tells what an address points to.",
    [Version<"", 11000, "out cudaPointerAttributes* attributes, const void* ptr">]>;

} // Object
