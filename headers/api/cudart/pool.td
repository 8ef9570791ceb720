// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "pool" in {

def cudaDeviceGetDefaultMemPool : Full<"Gives a device's built-in memory pool.",
    [Version<"", 11000, "out cudaMemPool_t* memPool, int device">]>;
def cudaDeviceGetMemPool : Full<"Gives the pool that cudaMallocAsync uses on a device.",
    [Version<"", 11000, "out cudaMemPool_t* memPool, int device">]>;
def cudaDeviceSetMemPool : Full<"Sets the pool that cudaMallocAsync uses on a device.",
    [Version<"", 11000, "int device, cudaMemPool_t memPool">]>;
def cudaFreeAsync : Full<"Frees memory in stream order.",
    [Version<"", 11000, "void* devPtr, cudaStream_t hStream", "ptsz">]>;
def cudaMallocAsync : Full<"Allocates memory in stream order.",
    [Version<"", 11000, "out void** devPtr, size_t size, cudaStream_t hStream", "ptsz">]>;
def cudaMallocFromPoolAsync : Full<"Allocates memory from a pool in stream order.",
    [Version<"", 11000, "out void** ptr, size_t size, cudaMemPool_t memPool, cudaStream_t stream", "ptsz">]>;
def cudaMemGetDefaultMemPool : Full<"Gives the built-in pool of a location.",
    [Version<"", 13000, "out cudaMemPool_t* memPool, cudaMemLocation* location, cudaMemAllocationType type">]>;
def cudaMemGetMemPool : Full<"Gives the pool that a location uses now.",
    [Version<"", 13000, "out cudaMemPool_t* memPool, cudaMemLocation* location, cudaMemAllocationType type">]>;
def cudaMemPoolCreate : Full<"Makes a memory pool.",
    [Version<"", 11000, "out cudaMemPool_t* memPool, const cudaMemPoolProps* poolProps">]>;
def cudaMemPoolDestroy : Full<"Destroys a memory pool.",
    [Version<"", 11000, "cudaMemPool_t memPool">]>;
def cudaMemPoolExportPointer : Full<"Makes a pool allocation usable by other processes.",
    [Version<"", 11000, "out cudaMemPoolPtrExportData* exportData, void* ptr">]>;
def cudaMemPoolExportToShareableHandle : Full<"Makes a pool usable by other processes.",
    [Version<"", 11000, "void* shareableHandle, cudaMemPool_t memPool, cudaMemAllocationHandleType handleType, unsigned int flags">]>;
def cudaMemPoolGetAccess : Full<"Gives a device's access to a pool.",
    [Version<"", 11000, "out cudaMemAccessFlags* flags, cudaMemPool_t memPool, cudaMemLocation* location">]>;
def cudaMemPoolGetAttribute : Full<"Gives an attribute of a pool.",
    [Version<"", 11000, "cudaMemPool_t memPool, cudaMemPoolAttr attr, void* value">]>;
def cudaMemPoolImportFromShareableHandle : Full<"Opens a pool of another process.",
    [Version<"", 11000, "out cudaMemPool_t* memPool, void* shareableHandle, cudaMemAllocationHandleType handleType, unsigned int flags">]>;
def cudaMemPoolImportPointer : Full<"Opens a pool allocation of another process.",
    [Version<"", 11000, "out void** ptr, cudaMemPool_t memPool, cudaMemPoolPtrExportData* exportData">]>;
def cudaMemPoolSetAccess : Full<"Sets which devices can use a pool.",
    [Version<"", 11000, "cudaMemPool_t memPool, const cudaMemAccessDesc* descList, size_t count">]>;
def cudaMemPoolSetAttribute : Full<"Sets an attribute of a pool.",
    [Version<"", 11000, "cudaMemPool_t memPool, cudaMemPoolAttr attr, void* value">]>;
def cudaMemPoolTrimTo : Full<"Gives unused memory of a pool back.",
    [Version<"", 11000, "cudaMemPool_t memPool, size_t minBytesToKeep">]>;
def cudaMemSetMemPool : Full<"Sets the pool that a location uses.",
    [Version<"", 13000, "cudaMemLocation* location, cudaMemAllocationType type, cudaMemPool_t memPool">]>;

} // Object
