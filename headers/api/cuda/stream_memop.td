// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

// The functions without _v2 differ in what their operations may say.
class First<string suffix, int since, string params, string perThread, int perThreadSince>
    : Version<suffix, since, params, perThread, perThreadSince> {
  let Own = true;
}

let Object = "stream_memop" in {

def cuStreamWaitValue32 : Full<"Makes a stream wait for a 32-bit value in memory.", 
    [First<"", 8000, "CUstream stream, CUdeviceptr addr, cuuint32_t value, unsigned int flags", "ptsz", 8000>,
    Version<"_v2", 11070, "CUstream stream, CUdeviceptr addr, cuuint32_t value, unsigned int flags", "ptsz", 11070>]>;
def cuStreamWaitValue64 : Full<"Makes a stream wait for a 64-bit value in memory.", 
    [First<"", 9000, "CUstream stream, CUdeviceptr addr, cuuint64_t value, unsigned int flags", "ptsz", 9000>,
    Version<"_v2", 11070, "CUstream stream, CUdeviceptr addr, cuuint64_t value, unsigned int flags", "ptsz", 11070>]>;
def cuStreamWriteValue32 : Full<"Writes a 32-bit value in stream order.", 
    [First<"", 8000, "CUstream stream, CUdeviceptr addr, cuuint32_t value, unsigned int flags", "ptsz", 8000>,
    Version<"_v2", 11070, "CUstream stream, CUdeviceptr addr, cuuint32_t value, unsigned int flags", "ptsz", 11070>]>;
def cuStreamWriteValue64 : Full<"Writes a 64-bit value in stream order.", 
    [First<"", 9000, "CUstream stream, CUdeviceptr addr, cuuint64_t value, unsigned int flags", "ptsz", 9000>,
    Version<"_v2", 11070, "CUstream stream, CUdeviceptr addr, cuuint64_t value, unsigned int flags", "ptsz", 11070>]>;
def cuStreamBatchMemOp : Full<"Does several waits and writes in stream order.", 
    [First<"", 8000, "CUstream stream, unsigned int count, CUstreamBatchMemOpParams* paramArray, unsigned int flags", "ptsz", 8000>,
    Version<"_v2", 11070, "CUstream stream, unsigned int count, CUstreamBatchMemOpParams* paramArray, unsigned int flags", "ptsz", 11070>]>;

} // Object
