// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "memset" in {

def cudaMemset : Full<"Fills memory with a byte.",
    [Version<"", 11000, "void* devPtr, int value, size_t count", "ptds">]>;
def cudaMemset2D : Full<"Fills a rectangle with a byte.",
    [Version<"", 11000, "void* devPtr, size_t pitch, int value, size_t width, size_t height", "ptds">]>;
def cudaMemset2DAsync : Full<"Fills a rectangle with a byte in stream order.",
    [Version<"", 11000, "void* devPtr, size_t pitch, int value, size_t width, size_t height, cudaStream_t stream", "ptsz">]>;
def cudaMemset3D : Full<"Fills a box with a byte.",
    [Version<"", 11000, "cudaPitchedPtr pitchedDevPtr, int value, cudaExtent extent", "ptds">]>;
def cudaMemset3DAsync : Full<"Fills a box with a byte in stream order.",
    [Version<"", 11000, "cudaPitchedPtr pitchedDevPtr, int value, cudaExtent extent, cudaStream_t stream", "ptsz">]>;
def cudaMemsetAsync : Full<"Fills memory with a byte in stream order.",
    [Version<"", 11000, "void* devPtr, int value, size_t count, cudaStream_t stream", "ptsz">]>;

} // Object
