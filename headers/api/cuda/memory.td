// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "memory" in {

def cuMemGetInfo : Full<"Gives free and total memory.", 
    [Version32<"", 2000, "out unsigned int* free, out unsigned int* total">,
    Version<"_v2", 3020, "out size_t* free, out size_t* total">]>;
def cuMemAlloc : Full<"Allocates device memory.", 
    [Version32<"", 2000, "out CUdeviceptr_v1* dptr, unsigned int bytesize">,
    Version<"_v2", 3020, "out CUdeviceptr* dptr, size_t bytesize">]>;
def cuMemAllocPitch : Full<"Allocates rows with a pitch.", 
    [Version32<"", 2000, "out CUdeviceptr_v1* dptr, out unsigned int* pPitch, unsigned int WidthInBytes, unsigned int Height, unsigned int ElementSizeBytes">,
    Version<"_v2", 3020, "out CUdeviceptr* dptr, out size_t* pPitch, size_t WidthInBytes, size_t Height, unsigned int ElementSizeBytes">]>;
def cuMemFree : Full<"Frees device memory.", 
    [Version32<"", 2000, "CUdeviceptr_v1 dptr">,
    Version<"_v2", 3020, "CUdeviceptr dptr">]>;
def cuMemGetAddressRange : Full<"Gives base and size of the allocation around an address.", 
    [Version32<"", 2000, "out CUdeviceptr_v1* pbase, out unsigned int* psize, CUdeviceptr_v1 dptr">,
    Version<"_v2", 3020, "out CUdeviceptr* pbase, out size_t* psize, CUdeviceptr dptr">]>;
def cuMemAllocHost : Full<"Allocates pinned host memory.", 
    [Version32<"", 2000, "out void** pp, unsigned int bytesize">,
    Version<"_v2", 3020, "out void** pp, size_t bytesize">]>;
def cuMemFreeHost : Full<"Frees pinned host memory.", 
    [Version<"", 2000, "void* p">]>;
def cuMemHostAlloc : Full<"Allocates pinned host memory with flags.", 
    [Version<"", 2020, "out void** pp, size_t bytesize, unsigned int Flags">]>;
def cuMemHostGetDevicePointer : Full<"Gives the device address of pinned host memory.", 
    [Version32<"", 2020, "out CUdeviceptr_v1* pdptr, void* p, unsigned int Flags">,
    Version<"_v2", 3020, "out CUdeviceptr* pdptr, void* p, unsigned int Flags">]>;
def cuMemHostGetFlags : Full<"Gives the flags of pinned host memory.", 
    [Version<"", 2030, "out unsigned int* pFlags, void* p">]>;
def cuMemHostRegister : Full<"Pins existing host memory.", 
    [Version<"", 4000, "void* p, size_t bytesize, unsigned int Flags">,
    Version<"_v2", 6050, "void* p, size_t bytesize, unsigned int Flags">]>;
def cuMemHostUnregister : Full<"Unpins host memory.", 
    [Version<"", 4000, "void* p">]>;
def cuMemAllocManaged : Full<"Allocates managed memory.", 
    [Version<"", 6000, "out CUdeviceptr* dptr, size_t bytesize, unsigned int flags">]>;
def cuPointerGetAttribute : Full<"Reads an attribute of a pointer.", 
    [Version<"", 4000, "out void* data, CUpointer_attribute attribute, CUdeviceptr ptr">]>;
def cuPointerGetAttributes : Full<"Reads several attributes of a pointer.", 
    [Version<"", 7000, "unsigned int numAttributes, out CUpointer_attribute* attributes, out void** data, CUdeviceptr ptr">]>;
def cuPointerSetAttribute : Full<"Sets an attribute of a pointer.", 
    [Version<"", 6000, "const void* value, CUpointer_attribute attribute, CUdeviceptr ptr">]>;
def cuMemAdvise : Full<"Advises about managed memory; a hint.", 
    [Version<"", 8000, "CUdeviceptr devPtr, size_t count, CUmem_advise advice, CUdevice device">,
    Version<"_v2", 12020, "CUdeviceptr devPtr, size_t count, CUmem_advise advice, CUmemLocation location">]>;
def cuMemPrefetchAsync : Full<"Prefetches managed memory; a hint in stream order.", 
    [Version<"", 8000, "CUdeviceptr devPtr, size_t count, CUdevice dstDevice, CUstream hStream", "ptsz", 8000>,
    Version<"_v2", 12020, "CUdeviceptr devPtr, size_t count, CUmemLocation location, unsigned int flags, CUstream hStream", "ptsz", 12020>]>;
def cuMemPrefetchBatchAsync : Stub<"Prefetches several ranges.", 
    [Version<"", 13000, "out CUdeviceptr* dptrs, size_t* sizes, size_t count, out CUmemLocation* prefetchLocs, out size_t* prefetchLocIdxs, size_t numPrefetchLocs, unsigned long long flags, CUstream hStream", "ptsz", 13000>]>;
def cuMemDiscardBatchAsync : Stub<"Discards several ranges.", 
    [Version<"", 13000, "out CUdeviceptr* dptrs, size_t* sizes, size_t count, unsigned long long flags, CUstream hStream", "ptsz", 13000>]>;
def cuMemDiscardAndPrefetchBatchAsync : Stub<"Discards and prefetches several ranges.", 
    [Version<"", 13000, "out CUdeviceptr* dptrs, size_t* sizes, size_t count, out CUmemLocation* prefetchLocs, out size_t* prefetchLocIdxs, size_t numPrefetchLocs, unsigned long long flags, CUstream hStream", "ptsz", 13000>]>;
def cuMemRangeGetAttribute : Partial<"Reads an attribute of a managed range.", "Advice is not kept.", 
    [Version<"", 8000, "out void* data, size_t dataSize, CUmem_range_attribute attribute, CUdeviceptr devPtr, size_t count">]>;
def cuMemRangeGetAttributes : Partial<"Reads several attributes of a managed range.", "Advice is not kept.", 
    [Version<"", 8000, "out void** data, out size_t* dataSizes, out CUmem_range_attribute* attributes, size_t numAttributes, CUdeviceptr devPtr, size_t count">]>;
def cuMemGetHandleForAddressRange : Stub<"Exports an address range as a handle.", 
    [Version<"", 11070, "void* handle, CUdeviceptr dptr, size_t size, CUmemRangeHandleType handleType, unsigned long long flags">]>;
def cuMemBatchDecompressAsync : Stub<"Decompresses buffers on the device.", 
    [Version<"", 12060, "CUmemDecompressParams* paramsArray, size_t count, unsigned int flags, out size_t* errorIndex, CUstream stream", "ptsz", 12060>]>;

} // Object
