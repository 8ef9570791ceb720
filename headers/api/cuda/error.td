// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "error" in {

def cuGetErrorString : Full<"Gives the description of an error code.", 
    [Version<"", 6000, "CUresult error, const char** pStr">]> { let NeedsInit = false; }
def cuGetErrorName : Full<"Gives the name of an error code.", 
    [Version<"", 6000, "CUresult error, const char** pStr">]> { let NeedsInit = false; }

} // Object
