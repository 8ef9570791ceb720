// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "vmm" in {

def cuMemAddressReserve : Full<"Reserves an address range.", 
    [Version<"", 10020, "out CUdeviceptr* ptr, size_t size, size_t alignment, CUdeviceptr addr, unsigned long long flags">]>;
def cuMemAddressFree : Full<"Gives an address range back.", 
    [Version<"", 10020, "CUdeviceptr ptr, size_t size">]>;
def cuMemCreate : Full<"Creates physical memory.", 
    [Version<"", 10020, "out CUmemGenericAllocationHandle* handle, size_t size, const CUmemAllocationProp* prop, unsigned long long flags">]>;
def cuMemRelease : Full<"Releases physical memory.", 
    [Version<"", 10020, "CUmemGenericAllocationHandle handle">]>;
def cuMemMap : Full<"Maps physical memory into a range.", 
    [Version<"", 10020, "CUdeviceptr ptr, size_t size, size_t offset, CUmemGenericAllocationHandle handle, unsigned long long flags">]>;
def cuMemMapArrayAsync : Full<"Maps memory into arrays.", 
    [Version<"", 11010, "CUarrayMapInfo* mapInfoList, unsigned int count, CUstream hStream", "ptsz", 11010>]>;
def cuMemUnmap : Full<"Unmaps a range.", 
    [Version<"", 10020, "CUdeviceptr ptr, size_t size">]>;
def cuMemSetAccess : Full<"Sets access rights of a range.", 
    [Version<"", 10020, "CUdeviceptr ptr, size_t size, const CUmemAccessDesc* desc, size_t count">]>;
def cuMemGetAccess : Full<"Reads access rights of an address.", 
    [Version<"", 10020, "out unsigned long long* flags, const CUmemLocation* location, CUdeviceptr ptr">]>;
def cuMemExportToShareableHandle : Full<"Exports physical memory to another process.", 
    [Version<"", 10020, "void* shareableHandle, CUmemGenericAllocationHandle handle, CUmemAllocationHandleType handleType, unsigned long long flags">]>;
def cuMemImportFromShareableHandle : Full<"Imports physical memory of another process.", 
    [Version<"", 10020, "out CUmemGenericAllocationHandle* handle, void* osHandle, CUmemAllocationHandleType shHandleType">]>;
def cuMemGetAllocationGranularity : Full<"Gives the granularity of physical memory.", 
    [Version<"", 10020, "out size_t* granularity, const CUmemAllocationProp* prop, CUmemAllocationGranularity_flags option">]>;
def cuMemGetAllocationPropertiesFromHandle : Full<"Reads the properties of physical memory.", 
    [Version<"", 10020, "out CUmemAllocationProp* prop, CUmemGenericAllocationHandle handle">]>;
def cuMemRetainAllocationHandle : Full<"Gives the handle of the memory at an address.", 
    [Version<"", 11000, "out CUmemGenericAllocationHandle* handle, void* addr">]>;

} // Object
