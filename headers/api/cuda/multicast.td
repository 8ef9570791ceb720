// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "multicast" in {

def cuMulticastCreate : Partial<"Creates a multicast object.", "the devices of a team are of one process; an exported handle can be imported in it only",
    [Version<"", 12010, "out CUmemGenericAllocationHandle* mcHandle, const CUmulticastObjectProp* prop">]>;
def cuMulticastAddDevice : Full<"Adds a device to a multicast object.",
    [Version<"", 12010, "CUmemGenericAllocationHandle mcHandle, CUdevice dev">]>;
def cuMulticastBindMem : Full<"Binds physical memory to a multicast object.",
    [Version<"", 12010, "CUmemGenericAllocationHandle mcHandle, size_t mcOffset, CUmemGenericAllocationHandle memHandle, size_t memOffset, size_t size, unsigned long long flags">]>;
def cuMulticastBindAddr : Partial<"Binds an address to a multicast object.", "memory of a pool that is shared with other processes is refused",
    [Version<"", 12010, "CUmemGenericAllocationHandle mcHandle, size_t mcOffset, CUdeviceptr memptr, size_t size, unsigned long long flags">]>;
def cuMulticastUnbind : Full<"Unbinds memory from a multicast object.",
    [Version<"", 12010, "CUmemGenericAllocationHandle mcHandle, CUdevice dev, size_t mcOffset, size_t size">]>;
def cuMulticastGetGranularity : Full<"Gives the granularity of multicast objects.",
    [Version<"", 12010, "out size_t* granularity, const CUmulticastObjectProp* prop, CUmulticastGranularity_flags option">]>;

} // Object
