// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "vdpau" in {

def cudaGraphicsVDPAURegisterOutputSurface : NoVdpau<"Registers a VDPAU output surface.",
    [Version<"", 11000, "out cudaGraphicsResource_t* resource, unsigned int surface, unsigned int flags">]>;
def cudaGraphicsVDPAURegisterVideoSurface : NoVdpau<"Registers a VDPAU video surface.",
    [Version<"", 11000, "out cudaGraphicsResource_t* resource, unsigned int surface, unsigned int flags">]>;
def cudaVDPAUGetDevice : NoVdpau<"Gives the device of a VDPAU device.",
    [Version<"", 11000, "out int* device, unsigned int vdpDevice, void* getProcAddress">]>;
def cudaVDPAUSetVDPAUDevice : NoVdpau<"Chooses the device for VDPAU interoperation.",
    [Version<"", 11000, "int device, unsigned int vdpDevice, void* getProcAddress">]>;

} // Object
