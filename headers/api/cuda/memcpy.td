// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "memcpy" in {

def cuMemcpy : Full<"Copies memory of any kind.", 
    [Version<"", 4000, "CUdeviceptr dst, CUdeviceptr src, size_t ByteCount", "ptds">]>;
def cuMemcpyPeer : Full<"Copies between contexts.", 
    [Version<"", 4000, "CUdeviceptr dstDevice, CUcontext dstContext, CUdeviceptr srcDevice, CUcontext srcContext, size_t ByteCount", "ptds">]>;
def cuMemcpyHtoD : Full<"Copies from the host to the device.", 
    [Version32<"", 2000, "CUdeviceptr_v1 dstDevice, const void* srcHost, unsigned int ByteCount">,
    Version<"_v2", 3020, "CUdeviceptr dstDevice, const void* srcHost, size_t ByteCount", "ptds">]>;
def cuMemcpyDtoH : Full<"Copies from the device to the host.", 
    [Version32<"", 2000, "void* dstHost, CUdeviceptr_v1 srcDevice, unsigned int ByteCount">,
    Version<"_v2", 3020, "void* dstHost, CUdeviceptr srcDevice, size_t ByteCount", "ptds">]>;
def cuMemcpyDtoD : Full<"Copies within devices.", 
    [Version32<"", 2000, "CUdeviceptr_v1 dstDevice, CUdeviceptr_v1 srcDevice, unsigned int ByteCount">,
    Version<"_v2", 3020, "CUdeviceptr dstDevice, CUdeviceptr srcDevice, size_t ByteCount", "ptds">]>;
def cuMemcpyDtoA : Full<"Copies from device memory to a 1D array.", 
    [Version32<"", 2000, "CUarray dstArray, unsigned int dstOffset, CUdeviceptr_v1 srcDevice, unsigned int ByteCount">,
    Version<"_v2", 3020, "CUarray dstArray, size_t dstOffset, CUdeviceptr srcDevice, size_t ByteCount", "ptds">]>;
def cuMemcpyAtoD : Full<"Copies from a 1D array to device memory.", 
    [Version32<"", 2000, "CUdeviceptr_v1 dstDevice, CUarray srcArray, unsigned int srcOffset, unsigned int ByteCount">,
    Version<"_v2", 3020, "CUdeviceptr dstDevice, CUarray srcArray, size_t srcOffset, size_t ByteCount", "ptds">]>;
def cuMemcpyHtoA : Full<"Copies from the host to a 1D array.", 
    [Version32<"", 2000, "CUarray dstArray, unsigned int dstOffset, const void* srcHost, unsigned int ByteCount">,
    Version<"_v2", 3020, "CUarray dstArray, size_t dstOffset, const void* srcHost, size_t ByteCount", "ptds">]>;
def cuMemcpyAtoH : Full<"Copies from a 1D array to the host.", 
    [Version32<"", 2000, "void* dstHost, CUarray srcArray, unsigned int srcOffset, unsigned int ByteCount">,
    Version<"_v2", 3020, "void* dstHost, CUarray srcArray, size_t srcOffset, size_t ByteCount", "ptds">]>;
def cuMemcpyAtoA : Full<"Copies between 1D arrays.", 
    [Version32<"", 2000, "CUarray dstArray, unsigned int dstOffset, CUarray srcArray, unsigned int srcOffset, unsigned int ByteCount">,
    Version<"_v2", 3020, "CUarray dstArray, size_t dstOffset, CUarray srcArray, size_t srcOffset, size_t ByteCount", "ptds">]>;
def cuMemcpyHtoAAsync : Full<"Copies from the host to a 1D array in stream order.", 
    [Version32<"", 2000, "CUarray dstArray, unsigned int dstOffset, const void* srcHost, unsigned int ByteCount, CUstream hStream">,
    Version<"_v2", 3020, "CUarray dstArray, size_t dstOffset, const void* srcHost, size_t ByteCount, CUstream hStream", "ptsz">]>;
def cuMemcpyAtoHAsync : Full<"Copies from a 1D array to the host in stream order.", 
    [Version32<"", 2000, "void* dstHost, CUarray srcArray, unsigned int srcOffset, unsigned int ByteCount, CUstream hStream">,
    Version<"_v2", 3020, "void* dstHost, CUarray srcArray, size_t srcOffset, size_t ByteCount, CUstream hStream", "ptsz">]>;
def cuMemcpy2D : Full<"Copies a rectangle.", 
    [Version32<"", 2000, "const CUDA_MEMCPY2D_v1* pCopy">,
    Version<"_v2", 3020, "const CUDA_MEMCPY2D* pCopy", "ptds">]>;
def cuMemcpy2DUnaligned : Full<"Copies a rectangle of any pitch.", 
    [Version32<"", 2000, "const CUDA_MEMCPY2D_v1* pCopy">,
    Version<"_v2", 3020, "const CUDA_MEMCPY2D* pCopy", "ptds">]>;
def cuMemcpy3D : Full<"Copies a box.", 
    [Version32<"", 2000, "const CUDA_MEMCPY3D_v1* pCopy">,
    Version<"_v2", 3020, "const CUDA_MEMCPY3D* pCopy", "ptds">]>;
def cuMemcpy3DPeer : Full<"Copies a box between contexts.", 
    [Version<"", 4000, "const CUDA_MEMCPY3D_PEER* pCopy", "ptds">]>;
def cuMemcpyAsync : Full<"Copies memory of any kind in stream order.", 
    [Version<"", 4000, "CUdeviceptr dst, CUdeviceptr src, size_t ByteCount, CUstream hStream", "ptsz">]>;
def cuMemcpyPeerAsync : Full<"Copies between contexts in stream order.", 
    [Version<"", 4000, "CUdeviceptr dstDevice, CUcontext dstContext, CUdeviceptr srcDevice, CUcontext srcContext, size_t ByteCount, CUstream hStream", "ptsz">]>;
def cuMemcpyHtoDAsync : Full<"Copies from the host to the device in stream order.", 
    [Version32<"", 2000, "CUdeviceptr_v1 dstDevice, const void* srcHost, unsigned int ByteCount, CUstream hStream">,
    Version<"_v2", 3020, "CUdeviceptr dstDevice, const void* srcHost, size_t ByteCount, CUstream hStream", "ptsz">]>;
def cuMemcpyDtoHAsync : Full<"Copies from the device to the host in stream order.", 
    [Version32<"", 2000, "void* dstHost, CUdeviceptr_v1 srcDevice, unsigned int ByteCount, CUstream hStream">,
    Version<"_v2", 3020, "void* dstHost, CUdeviceptr srcDevice, size_t ByteCount, CUstream hStream", "ptsz">]>;
def cuMemcpyDtoDAsync : Full<"Copies within devices in stream order.", 
    [Version32<"", 3000, "CUdeviceptr_v1 dstDevice, CUdeviceptr_v1 srcDevice, unsigned int ByteCount, CUstream hStream">,
    Version<"_v2", 3020, "CUdeviceptr dstDevice, CUdeviceptr srcDevice, size_t ByteCount, CUstream hStream", "ptsz">]>;
def cuMemcpy2DAsync : Full<"Copies a rectangle in stream order.", 
    [Version32<"", 2000, "const CUDA_MEMCPY2D_v1* pCopy, CUstream hStream">,
    Version<"_v2", 3020, "const CUDA_MEMCPY2D* pCopy, CUstream hStream", "ptsz">]>;
def cuMemcpy3DAsync : Full<"Copies a box in stream order.", 
    [Version32<"", 2000, "const CUDA_MEMCPY3D_v1* pCopy, CUstream hStream">,
    Version<"_v2", 3020, "const CUDA_MEMCPY3D* pCopy, CUstream hStream", "ptsz">]>;
def cuMemcpy3DPeerAsync : Full<"Copies a box between contexts in stream order.", 
    [Version<"", 4000, "const CUDA_MEMCPY3D_PEER* pCopy, CUstream hStream", "ptsz">]>;
def cuMemcpyBatchAsync : Stub<"Does several copies in one call.", 
    [Version<"", 12080, "CUdeviceptr* dsts, CUdeviceptr* srcs, size_t* sizes, size_t count, CUmemcpyAttributes* attrs, size_t* attrsIdxs, size_t numAttrs, out size_t* failIdx, CUstream hStream", "ptsz", 12080>,
    Version<"_v2", 13000, "CUdeviceptr* dsts, CUdeviceptr* srcs, size_t* sizes, size_t count, CUmemcpyAttributes* attrs, size_t* attrsIdxs, size_t numAttrs, CUstream hStream", "ptsz", 13000>]>;
def cuMemcpy3DBatchAsync : Stub<"Does several box copies in one call.", 
    [Version<"", 12080, "size_t numOps, CUDA_MEMCPY3D_BATCH_OP* opList, out size_t* failIdx, unsigned long long flags, CUstream hStream", "ptsz", 12080>,
    Version<"_v2", 13000, "size_t numOps, CUDA_MEMCPY3D_BATCH_OP* opList, unsigned long long flags, CUstream hStream", "ptsz", 13000>]>;

} // Object
