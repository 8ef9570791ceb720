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
def cuMemGetHandleForAddressRange : Full<"Exports an address range as a handle.", 
    [Version<"", 11070, "void* handle, CUdeviceptr dptr, size_t size, CUmemRangeHandleType handleType, unsigned long long flags">]>;

} // Object
