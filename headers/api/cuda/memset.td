// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "memset" in {

def cuMemsetD8 : Full<"Fills bytes.", 
    [Version32<"", 2000, "CUdeviceptr_v1 dstDevice, unsigned char uc, unsigned int N">,
    Version<"_v2", 3020, "CUdeviceptr dstDevice, unsigned char uc, size_t N", "ptds">]>;
def cuMemsetD16 : Full<"Fills 16-bit values.", 
    [Version32<"", 2000, "CUdeviceptr_v1 dstDevice, unsigned short us, unsigned int N">,
    Version<"_v2", 3020, "CUdeviceptr dstDevice, unsigned short us, size_t N", "ptds">]>;
def cuMemsetD32 : Full<"Fills 32-bit values.", 
    [Version32<"", 2000, "CUdeviceptr_v1 dstDevice, unsigned int ui, unsigned int N">,
    Version<"_v2", 3020, "CUdeviceptr dstDevice, unsigned int ui, size_t N", "ptds">]>;
def cuMemsetD2D8 : Full<"Fills a rectangle of bytes.", 
    [Version32<"", 2000, "CUdeviceptr_v1 dstDevice, unsigned int dstPitch, unsigned char uc, unsigned int Width, unsigned int Height">,
    Version<"_v2", 3020, "CUdeviceptr dstDevice, size_t dstPitch, unsigned char uc, size_t Width, size_t Height", "ptds">]>;
def cuMemsetD2D16 : Full<"Fills a rectangle of 16-bit values.", 
    [Version32<"", 2000, "CUdeviceptr_v1 dstDevice, unsigned int dstPitch, unsigned short us, unsigned int Width, unsigned int Height">,
    Version<"_v2", 3020, "CUdeviceptr dstDevice, size_t dstPitch, unsigned short us, size_t Width, size_t Height", "ptds">]>;
def cuMemsetD2D32 : Full<"Fills a rectangle of 32-bit values.", 
    [Version32<"", 2000, "CUdeviceptr_v1 dstDevice, unsigned int dstPitch, unsigned int ui, unsigned int Width, unsigned int Height">,
    Version<"_v2", 3020, "CUdeviceptr dstDevice, size_t dstPitch, unsigned int ui, size_t Width, size_t Height", "ptds">]>;
def cuMemsetD8Async : Full<"Fills bytes in stream order.", 
    [Version<"", 3020, "CUdeviceptr dstDevice, unsigned char uc, size_t N, CUstream hStream", "ptsz">]>;
def cuMemsetD16Async : Full<"Fills 16-bit values in stream order.", 
    [Version<"", 3020, "CUdeviceptr dstDevice, unsigned short us, size_t N, CUstream hStream", "ptsz">]>;
def cuMemsetD32Async : Full<"Fills 32-bit values in stream order.", 
    [Version<"", 3020, "CUdeviceptr dstDevice, unsigned int ui, size_t N, CUstream hStream", "ptsz">]>;
def cuMemsetD2D8Async : Full<"Fills a rectangle of bytes in stream order.", 
    [Version<"", 3020, "CUdeviceptr dstDevice, size_t dstPitch, unsigned char uc, size_t Width, size_t Height, CUstream hStream", "ptsz">]>;
def cuMemsetD2D16Async : Full<"Fills a rectangle of 16-bit values in stream order.", 
    [Version<"", 3020, "CUdeviceptr dstDevice, size_t dstPitch, unsigned short us, size_t Width, size_t Height, CUstream hStream", "ptsz">]>;
def cuMemsetD2D32Async : Full<"Fills a rectangle of 32-bit values in stream order.", 
    [Version<"", 3020, "CUdeviceptr dstDevice, size_t dstPitch, unsigned int ui, size_t Width, size_t Height, CUstream hStream", "ptsz">]>;

} // Object
