// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "managed" in {

def cudaMemAdvise : Full<"Gives advice on the use of managed memory.",
    [OldVersion<"", 11000, 13000, "const void* devPtr, size_t count, cudaMemoryAdvise advice, int device">,
    OldVersion<"_v2", 12000, 13000, "const void* devPtr, size_t count, cudaMemoryAdvise advice, cudaMemLocation location">,
    Version<"", 13000, "const void* devPtr, size_t count, cudaMemoryAdvise advice, cudaMemLocation location">]>;
def cudaMemDiscardAndPrefetchBatchAsync : Full<"Discards ranges and moves them to other places.",
    [Version<"", 13000, "void** dptrs, size_t* sizes, size_t count, cudaMemLocation* prefetchLocs, size_t* prefetchLocIdxs, size_t numPrefetchLocs, unsigned long long flags, cudaStream_t stream", "ptsz">]>;
def cudaMemDiscardBatchAsync : Full<"Discards the contents of ranges.",
    [Version<"", 13000, "void** dptrs, size_t* sizes, size_t count, unsigned long long flags, cudaStream_t stream", "ptsz">]>;
def cudaMemPrefetchAsync : Full<"Moves managed memory to a place in stream order.",
    [OldVersion<"", 11000, 13000, "const void* devPtr, size_t count, int dstDevice, cudaStream_t stream", "ptsz">,
    OldVersion<"_v2", 12000, 13000, "const void* devPtr, size_t count, cudaMemLocation location, unsigned int flags, cudaStream_t stream", "ptsz">,
    Version<"", 13000, "const void* devPtr, size_t count, cudaMemLocation location, unsigned int flags, cudaStream_t stream", "ptsz">]>;
def cudaMemPrefetchBatchAsync : Full<"Moves ranges of managed memory in stream order.",
    [Version<"", 13000, "void** dptrs, size_t* sizes, size_t count, cudaMemLocation* prefetchLocs, size_t* prefetchLocIdxs, size_t numPrefetchLocs, unsigned long long flags, cudaStream_t stream", "ptsz">]>;
def cudaMemRangeGetAttribute : Full<"Gives an attribute of a managed range.",
    [Version<"", 11000, "void* data, size_t dataSize, cudaMemRangeAttribute attribute, const void* devPtr, size_t count">]>;
def cudaMemRangeGetAttributes : Full<"Gives several attributes of a managed range.",
    [Version<"", 11000, "void** data, size_t* dataSizes, cudaMemRangeAttribute* attributes, size_t numAttributes, const void* devPtr, size_t count">]>;

} // Object
