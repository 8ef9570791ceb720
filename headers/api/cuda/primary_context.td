// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "primary_context" in {

def cuDevicePrimaryCtxRetain : Full<"Takes a reference on the device's primary context, creating it when needed.", 
    [Version<"", 7000, "out CUcontext* pctx, CUdevice dev">]>;
def cuDevicePrimaryCtxRelease : Full<"Gives a reference on the primary context back.", 
    [Version<"", 7000, "CUdevice dev">,
    Version<"_v2", 11000, "CUdevice dev">]>;
def cuDevicePrimaryCtxSetFlags : Full<"Sets the primary context's flags.", 
    [Version<"", 7000, "CUdevice dev, unsigned int flags">,
    Version<"_v2", 11000, "CUdevice dev, unsigned int flags">]>;
def cuDevicePrimaryCtxGetState : Full<"Tells whether the primary context is active, and its flags.", 
    [Version<"", 7000, "CUdevice dev, out unsigned int* flags, out int* active">]>;
def cuDevicePrimaryCtxReset : Full<"Destroys all that lives in the primary context.", 
    [Version<"", 7000, "CUdevice dev">,
    Version<"_v2", 11000, "CUdevice dev">]>;

} // Object
