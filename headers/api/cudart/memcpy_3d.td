// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "memcpy_3d" in {

def cudaMemcpy3D : Full<"Copies a box.",
    [Version<"", 11000, "const cudaMemcpy3DParms* p", "ptds">]>;
def cudaMemcpy3DAsync : Full<"Copies a box in stream order.",
    [Version<"", 11000, "const cudaMemcpy3DParms* p, cudaStream_t stream", "ptsz">]>;
def cudaMemcpy3DBatchAsync : Full<"Copies several boxes in stream order.",
    [OldVersion<"", 12000, 13000, "size_t numOps, cudaMemcpy3DBatchOp* opList, size_t* failIdx, unsigned long long flags, cudaStream_t stream", "ptsz">,
    Version<"", 13000, "size_t numOps, cudaMemcpy3DBatchOp* opList, unsigned long long flags, cudaStream_t stream", "ptsz">]>;
def cudaMemcpy3DPeer : Full<"Copies a box between devices.",
    [Version<"", 11000, "const cudaMemcpy3DPeerParms* p", "ptds">]>;
def cudaMemcpy3DPeerAsync : Full<"Copies a box between devices in stream order.",
    [Version<"", 11000, "const cudaMemcpy3DPeerParms* p, cudaStream_t stream", "ptsz">]>;

} // Object
