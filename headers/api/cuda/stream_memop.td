// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "stream_memop" in {

def cuStreamWaitValue32 : Stub<"Makes a stream wait for a 32-bit value in memory.", 
    [Version<"", 8000, "CUstream stream, CUdeviceptr addr, cuuint32_t value, unsigned int flags", "ptsz", 8000>,
    Version<"_v2", 11070, "CUstream stream, CUdeviceptr addr, cuuint32_t value, unsigned int flags", "ptsz", 11070>]>;
def cuStreamWaitValue64 : Stub<"Makes a stream wait for a 64-bit value in memory.", 
    [Version<"", 9000, "CUstream stream, CUdeviceptr addr, cuuint64_t value, unsigned int flags", "ptsz", 9000>,
    Version<"_v2", 11070, "CUstream stream, CUdeviceptr addr, cuuint64_t value, unsigned int flags", "ptsz", 11070>]>;
def cuStreamWriteValue32 : Stub<"Writes a 32-bit value in stream order.", 
    [Version<"", 8000, "CUstream stream, CUdeviceptr addr, cuuint32_t value, unsigned int flags", "ptsz", 8000>,
    Version<"_v2", 11070, "CUstream stream, CUdeviceptr addr, cuuint32_t value, unsigned int flags", "ptsz", 11070>]>;
def cuStreamWriteValue64 : Stub<"Writes a 64-bit value in stream order.", 
    [Version<"", 9000, "CUstream stream, CUdeviceptr addr, cuuint64_t value, unsigned int flags", "ptsz", 9000>,
    Version<"_v2", 11070, "CUstream stream, CUdeviceptr addr, cuuint64_t value, unsigned int flags", "ptsz", 11070>]>;
def cuStreamBatchMemOp : Stub<"Does several waits and writes in stream order.", 
    [Version<"", 8000, "CUstream stream, unsigned int count, CUstreamBatchMemOpParams* paramArray, unsigned int flags", "ptsz", 8000>,
    Version<"_v2", 11070, "CUstream stream, unsigned int count, CUstreamBatchMemOpParams* paramArray, unsigned int flags", "ptsz", 11070>]>;

} // Object
