// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "memcpy" in {

def cudaMemcpy : Full<"Copies memory.",
    [Version<"", 11000, "void* dst, const void* src, size_t count, cudaMemcpyKind kind", "ptds">]>;
def cudaMemcpyAsync : Full<"Copies memory in stream order.",
    [Version<"", 11000, "void* dst, const void* src, size_t count, cudaMemcpyKind kind, cudaStream_t stream", "ptsz">]>;
def cudaMemcpyBatchAsync : Full<"Makes several copies in stream order.",
    [OldVersion<"", 12000, 13000, "void** dsts, void** srcs, size_t* sizes, size_t count, cudaMemcpyAttributes* attrs, size_t* attrsIdxs, size_t numAttrs, size_t* failIdx, cudaStream_t stream", "ptsz">,
    Version<"", 13000, "void* const* dsts, const void* const* srcs, const size_t* sizes, size_t count, cudaMemcpyAttributes* attrs, size_t* attrsIdxs, size_t numAttrs, cudaStream_t stream", "ptsz">]>;
def cudaMemcpyPeer : Full<"Copies memory between devices.",
    [Version<"", 11000, "void* dst, int dstDevice, const void* src, int srcDevice, size_t count">]>;
def cudaMemcpyPeerAsync : Full<"Copies memory between devices in stream order.",
    [Version<"", 11000, "void* dst, int dstDevice, const void* src, int srcDevice, size_t count, cudaStream_t stream">]>;

} // Object
