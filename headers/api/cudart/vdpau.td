// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "vdpau" in {

def cudaGraphicsVDPAURegisterOutputSurface : Refused<"Registers a VDPAU output surface.", "VDPAU decodes on GPUs only; copy through host memory",
    [Version<"", 11000, "out cudaGraphicsResource_t* resource, unsigned int surface, unsigned int flags">]>;
def cudaGraphicsVDPAURegisterVideoSurface : Refused<"Registers a VDPAU video surface.", "VDPAU decodes on GPUs only; copy through host memory",
    [Version<"", 11000, "out cudaGraphicsResource_t* resource, unsigned int surface, unsigned int flags">]>;
def cudaVDPAUGetDevice : Refused<"Gives the device of a VDPAU device.", "VDPAU decodes on GPUs only; copy through host memory",
    [Version<"", 11000, "out int* device, unsigned int vdpDevice, void* getProcAddress">]>;
def cudaVDPAUSetVDPAUDevice : Refused<"Chooses the device for VDPAU interoperation.", "VDPAU decodes on GPUs only; copy through host memory",
    [Version<"", 11000, "int device, unsigned int vdpDevice, void* getProcAddress">]>;

} // Object
