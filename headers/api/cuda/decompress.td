// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "decompress" in {

def cuMemBatchDecompressAsync : Full<"Decompresses buffers on the device.", 
    [Version<"", 12060, "CUmemDecompressParams* paramsArray, size_t count, unsigned int flags, out size_t* errorIndex, CUstream stream", "ptsz", 12060>]>;

} // Object
