// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

// A multimem instruction here is an ordinary load, reduction or store at its address, which is right
// for a team of one. A team of several devices needs every such access to reach all memory that is
// bound to the object.
class NoMulticast<string doc, list<Version> versions> : Refused<doc,
    "CU_DEVICE_ATTRIBUTE_MULTICAST_SUPPORTED is 0: multimem instructions reach one memory, there are no teams of devices", versions>;

let Object = "multicast" in {

def cuMulticastCreate : NoMulticast<"Creates a multicast object.", 
    [Version<"", 12010, "out CUmemGenericAllocationHandle* mcHandle, const CUmulticastObjectProp* prop">]>;
def cuMulticastAddDevice : NoMulticast<"Adds a device to a multicast object.", 
    [Version<"", 12010, "CUmemGenericAllocationHandle mcHandle, CUdevice dev">]>;
def cuMulticastBindMem : NoMulticast<"Binds physical memory to a multicast object.", 
    [Version<"", 12010, "CUmemGenericAllocationHandle mcHandle, size_t mcOffset, CUmemGenericAllocationHandle memHandle, size_t memOffset, size_t size, unsigned long long flags">]>;
def cuMulticastBindAddr : NoMulticast<"Binds an address to a multicast object.", 
    [Version<"", 12010, "CUmemGenericAllocationHandle mcHandle, size_t mcOffset, CUdeviceptr memptr, size_t size, unsigned long long flags">]>;
def cuMulticastUnbind : NoMulticast<"Unbinds memory from a multicast object.", 
    [Version<"", 12010, "CUmemGenericAllocationHandle mcHandle, CUdevice dev, size_t mcOffset, size_t size">]>;
def cuMulticastGetGranularity : NoMulticast<"Gives the granularity of multicast objects.", 
    [Version<"", 12010, "out size_t* granularity, const CUmulticastObjectProp* prop, CUmulticastGranularity_flags option">]>;

} // Object
