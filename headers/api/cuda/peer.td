// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "peer" in {

def cuDeviceCanAccessPeer : Full<"Tells whether a device reaches another's memory.", 
    [Version<"", 4000, "out int* canAccessPeer, CUdevice dev, CUdevice peerDev">]>;
def cuCtxEnablePeerAccess : Full<"Allows access to another context's memory.", 
    [Version<"", 4000, "CUcontext peerContext, unsigned int Flags">]>;
def cuCtxDisablePeerAccess : Full<"Ends access to another context's memory.", 
    [Version<"", 4000, "CUcontext peerContext">]>;
def cuDeviceGetP2PAttribute : Full<"Reads an attribute of a pair of devices.", 
    [Version<"", 8000, "out int* value, CUdevice_P2PAttribute attrib, CUdevice srcDevice, CUdevice dstDevice">]>;
def cuDeviceGetP2PAtomicCapabilities : Full<"Tells which atomics work between two devices.", 
    [Version<"", 13000, "out unsigned int* capabilities, const CUatomicOperation* operations, unsigned int count, CUdevice srcDevice, CUdevice dstDevice">]>;

} // Object
