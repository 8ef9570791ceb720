// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

// multimem instructions reach one memory; a team of several devices needs all that are bound to it.
let Object = "multicast", Note = "not supported, as CU_DEVICE_ATTRIBUTE_MULTICAST_SUPPORTED says" in {

def cuMulticastCreate : Stub<"Creates a multicast object.", 
    [Version<"", 12010, "out CUmemGenericAllocationHandle* mcHandle, const CUmulticastObjectProp* prop">]>;
def cuMulticastAddDevice : Stub<"Adds a device to a multicast object.", 
    [Version<"", 12010, "CUmemGenericAllocationHandle mcHandle, CUdevice dev">]>;
def cuMulticastBindMem : Stub<"Binds physical memory to a multicast object.", 
    [Version<"", 12010, "CUmemGenericAllocationHandle mcHandle, size_t mcOffset, CUmemGenericAllocationHandle memHandle, size_t memOffset, size_t size, unsigned long long flags">]>;
def cuMulticastBindAddr : Stub<"Binds an address to a multicast object.", 
    [Version<"", 12010, "CUmemGenericAllocationHandle mcHandle, size_t mcOffset, CUdeviceptr memptr, size_t size, unsigned long long flags">]>;
def cuMulticastUnbind : Stub<"Unbinds memory from a multicast object.", 
    [Version<"", 12010, "CUmemGenericAllocationHandle mcHandle, CUdevice dev, size_t mcOffset, size_t size">]>;
def cuMulticastGetGranularity : Stub<"Gives the granularity of multicast objects.", 
    [Version<"", 12010, "out size_t* granularity, const CUmulticastObjectProp* prop, CUmulticastGranularity_flags option">]>;

} // Object
