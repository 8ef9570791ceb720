// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "memcpy_2d" in {

def cudaMemcpy2D : Full<"Copies a rectangle.",
    [Version<"", 11000, "void* dst, size_t dpitch, const void* src, size_t spitch, size_t width, size_t height, cudaMemcpyKind kind", "ptds">]>;
def cudaMemcpy2DAsync : Full<"Copies a rectangle in stream order.",
    [Version<"", 11000, "void* dst, size_t dpitch, const void* src, size_t spitch, size_t width, size_t height, cudaMemcpyKind kind, cudaStream_t stream", "ptsz">]>;

} // Object
