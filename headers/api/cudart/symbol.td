// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "symbol" in {

def cudaGetSymbolAddress : Full<"Gives the device address of a variable.",
    [Version<"", 11000, "out void** devPtr, const void* symbol">]>;
def cudaGetSymbolSize : Full<"Gives the size of a device variable.",
    [Version<"", 11000, "out size_t* size, const void* symbol">]>;
def cudaMemcpyFromSymbol : Full<"Copies out of a device variable.",
    [Version<"", 11000, "void* dst, const void* symbol, size_t count, size_t offset, cudaMemcpyKind kind", "ptds">]>;
def cudaMemcpyFromSymbolAsync : Full<"Copies out of a device variable in stream order.",
    [Version<"", 11000, "void* dst, const void* symbol, size_t count, size_t offset, cudaMemcpyKind kind, cudaStream_t stream", "ptsz">]>;
def cudaMemcpyToSymbol : Full<"Copies into a device variable.",
    [Version<"", 11000, "const void* symbol, const void* src, size_t count, size_t offset, cudaMemcpyKind kind", "ptds">]>;
def cudaMemcpyToSymbolAsync : Full<"Copies into a device variable in stream order.",
    [Version<"", 11000, "const void* symbol, const void* src, size_t count, size_t offset, cudaMemcpyKind kind, cudaStream_t stream", "ptsz">]>;

} // Object
