// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "peer" in {

def cudaDeviceCanAccessPeer : Full<"Says whether a device can reach another one's memory.",
    [Version<"", 11000, "out int* canAccessPeer, int device, int peerDevice">]>;
def cudaDeviceDisablePeerAccess : Full<"Ends direct access to another device's memory.",
    [Version<"", 11000, "int peerDevice">]>;
def cudaDeviceEnablePeerAccess : Full<"Starts direct access to another device's memory.",
    [Version<"", 11000, "int peerDevice, unsigned int flags">]>;
def cudaDeviceGetP2PAttribute : Full<"Gives one attribute of the link between two devices.",
    [Version<"", 11000, "out int* value, cudaDeviceP2PAttr attr, int srcDevice, int dstDevice">]>;

} // Object
