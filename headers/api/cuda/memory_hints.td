// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "memory_hints" in {

def cuMemAdvise : Full<"Advises about managed memory.", 
    [Version<"", 8000, "CUdeviceptr devPtr, size_t count, CUmem_advise advice, CUdevice device">,
    Version<"_v2", 12020, "CUdeviceptr devPtr, size_t count, CUmem_advise advice, CUmemLocation location">]>;
def cuMemPrefetchAsync : Full<"Prefetches managed memory in stream order.", 
    [Version<"", 8000, "CUdeviceptr devPtr, size_t count, CUdevice dstDevice, CUstream hStream", "ptsz", 8000>,
    Version<"_v2", 12020, "CUdeviceptr devPtr, size_t count, CUmemLocation location, unsigned int flags, CUstream hStream", "ptsz", 12020>]>;
def cuMemPrefetchBatchAsync : Full<"Prefetches several ranges.", 
    [Version<"", 13000, "CUdeviceptr* dptrs, size_t* sizes, size_t count, CUmemLocation* prefetchLocs, size_t* prefetchLocIdxs, size_t numPrefetchLocs, unsigned long long flags, CUstream hStream", "ptsz", 13000>]>;
def cuMemDiscardBatchAsync : Full<"Discards several ranges.", 
    [Version<"", 13000, "CUdeviceptr* dptrs, size_t* sizes, size_t count, unsigned long long flags, CUstream hStream", "ptsz", 13000>]>;
def cuMemDiscardAndPrefetchBatchAsync : Full<"Discards and prefetches several ranges.", 
    [Version<"", 13000, "CUdeviceptr* dptrs, size_t* sizes, size_t count, CUmemLocation* prefetchLocs, size_t* prefetchLocIdxs, size_t numPrefetchLocs, unsigned long long flags, CUstream hStream", "ptsz", 13000>]>;
def cuMemRangeGetAttribute : Full<"Reads an attribute of a managed range.", 
    [Version<"", 8000, "out void* data, size_t dataSize, CUmem_range_attribute attribute, CUdeviceptr devPtr, size_t count">]>;
def cuMemRangeGetAttributes : Full<"Reads several attributes of a managed range.", 
    [Version<"", 8000, "void** data, size_t* dataSizes, CUmem_range_attribute* attributes, size_t numAttributes, CUdeviceptr devPtr, size_t count">]>;

} // Object
