// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "memory_pool" in {

def cuMemAllocAsync : Full<"Allocates from the current pool in stream order.", 
    [Version<"", 11020, "out CUdeviceptr* dptr, size_t bytesize, CUstream hStream", "ptsz", 11020>]>;
def cuMemAllocFromPoolAsync : Full<"Allocates from a pool in stream order.", 
    [Version<"", 11020, "out CUdeviceptr* dptr, size_t bytesize, CUmemoryPool pool, CUstream hStream", "ptsz", 11020>]>;
def cuMemFreeAsync : Full<"Frees memory in stream order.", 
    [Version<"", 11020, "CUdeviceptr dptr, CUstream hStream", "ptsz", 11020>]>;
def cuMemPoolCreate : Full<"Creates a memory pool.", 
    [Version<"", 11020, "out CUmemoryPool* pool, const CUmemPoolProps* poolProps">]>;
def cuMemPoolDestroy : Full<"Destroys a memory pool.", 
    [Version<"", 11020, "CUmemoryPool pool">]>;
def cuMemPoolTrimTo : Full<"Gives unused pool memory back.", 
    [Version<"", 11020, "CUmemoryPool pool, size_t minBytesToKeep">]>;
def cuMemPoolSetAttribute : Full<"Sets a pool attribute.", 
    [Version<"", 11020, "CUmemoryPool pool, CUmemPool_attribute attr, void* value">]>;
def cuMemPoolGetAttribute : Full<"Reads a pool attribute.", 
    [Version<"", 11020, "CUmemoryPool pool, CUmemPool_attribute attr, out void* value">]>;
def cuMemPoolSetAccess : Full<"Sets which devices reach the pool.", 
    [Version<"", 11020, "CUmemoryPool pool, const CUmemAccessDesc* map, size_t count">]>;
def cuMemPoolGetAccess : Full<"Tells whether a device reaches the pool.", 
    [Version<"", 11020, "out CUmemAccess_flags* flags, CUmemoryPool memPool, CUmemLocation* location">]>;
def cuMemPoolExportToShareableHandle : Full<"Exports a pool to another process.", 
    [Version<"", 11020, "void* handle_out, CUmemoryPool pool, CUmemAllocationHandleType handleType, unsigned long long flags">]>;
def cuMemPoolImportFromShareableHandle : Full<"Imports a pool of another process.", 
    [Version<"", 11020, "out CUmemoryPool* pool_out, void* handle, CUmemAllocationHandleType handleType, unsigned long long flags">]>;
def cuMemPoolExportPointer : Full<"Exports a pool allocation.", 
    [Version<"", 11020, "out CUmemPoolPtrExportData* shareData_out, CUdeviceptr ptr">]>;
def cuMemPoolImportPointer : Full<"Imports a pool allocation.", 
    [Version<"", 11020, "out CUdeviceptr* ptr_out, CUmemoryPool pool, CUmemPoolPtrExportData* shareData">]>;
def cuMemGetDefaultMemPool : Full<"Gives the default pool of a location.", 
    [Version<"", 13000, "out CUmemoryPool* pool_out, CUmemLocation* location, CUmemAllocationType type">]>;
def cuMemGetMemPool : Full<"Gives the current pool of a location.", 
    [Version<"", 13000, "out CUmemoryPool* pool, CUmemLocation* location, CUmemAllocationType type">]>;
def cuMemSetMemPool : Full<"Sets the current pool of a location.", 
    [Version<"", 13000, "CUmemLocation* location, CUmemAllocationType type, CUmemoryPool pool">]>;

} // Object
