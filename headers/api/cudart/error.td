// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "error" in {

def cudaGetErrorName : Full<"Gives the name of an error code.",
    [Version<"", 11000, "cudaError_t error">]> { let Returns = "const char*"; }
def cudaGetErrorString : Full<"Gives the description of an error code.",
    [Version<"", 11000, "cudaError_t error">]> { let Returns = "const char*"; }
def cudaGetLastError : Full<"Gives and clears the calling thread's last error.",
    [Version<"", 11000, "void">]> { let Returns = "cudaError_t"; }
def cudaPeekAtLastError : Full<"Gives the calling thread's last error and keeps it.",
    [Version<"", 11000, "void">]> { let Returns = "cudaError_t"; }

} // Object
