// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "managed" in {

def cudaMemAdvise : Partial<"Gives advice on the use of managed memory.", "checked; kept nowhere",
    [OldVersion<"", 11000, 13000, "const void* devPtr, size_t count, cudaMemoryAdvise advice, int device">,
    OldVersion<"_v2", 12000, 13000, "const void* devPtr, size_t count, cudaMemoryAdvise advice, cudaMemLocation location">,
    Version<"", 13000, "const void* devPtr, size_t count, cudaMemoryAdvise advice, cudaMemLocation location">]>;
def cudaMemDiscardAndPrefetchBatchAsync : Partial<"Discards ranges and moves them to other places.", "checked; nothing to do",
    [Version<"", 13000, "void** dptrs, size_t* sizes, size_t count, cudaMemLocation* prefetchLocs, size_t* prefetchLocIdxs, size_t numPrefetchLocs, unsigned long long flags, cudaStream_t stream", "ptsz">]>;
def cudaMemDiscardBatchAsync : Partial<"Discards the contents of ranges.", "checked; nothing to do",
    [Version<"", 13000, "void** dptrs, size_t* sizes, size_t count, unsigned long long flags, cudaStream_t stream", "ptsz">]>;
def cudaMemPrefetchAsync : Partial<"Moves managed memory to a place in stream order.", "checked; memory is the same everywhere",
    [OldVersion<"", 11000, 13000, "const void* devPtr, size_t count, int dstDevice, cudaStream_t stream", "ptsz">,
    OldVersion<"_v2", 12000, 13000, "const void* devPtr, size_t count, cudaMemLocation location, unsigned int flags, cudaStream_t stream", "ptsz">,
    Version<"", 13000, "const void* devPtr, size_t count, cudaMemLocation location, unsigned int flags, cudaStream_t stream", "ptsz">]>;
def cudaMemPrefetchBatchAsync : Partial<"Moves ranges of managed memory in stream order.", "checked; memory is the same everywhere",
    [Version<"", 13000, "void** dptrs, size_t* sizes, size_t count, cudaMemLocation* prefetchLocs, size_t* prefetchLocIdxs, size_t numPrefetchLocs, unsigned long long flags, cudaStream_t stream", "ptsz">]>;
def cudaMemRangeGetAttribute : Partial<"Gives an attribute of a managed range.", "answers as for a range without advice",
    [Version<"", 11000, "void* data, size_t dataSize, cudaMemRangeAttribute attribute, const void* devPtr, size_t count">]>;
def cudaMemRangeGetAttributes : Partial<"Gives several attributes of a managed range.", "answers as for a range without advice",
    [Version<"", 11000, "void** data, size_t* dataSizes, cudaMemRangeAttribute* attributes, size_t numAttributes, const void* devPtr, size_t count">]>;

} // Object
