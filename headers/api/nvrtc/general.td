// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "general" in {

def nvrtcGetErrorString : Full<"Gives the name of a result.",
    [Version<"", 7000, "nvrtcResult result">]> { let Returns = "const char*"; }
def nvrtcVersion : Full<"Gives the version of NVRTC that this library stands for.",
    [Version<"", 7000, "out int* major, out int* minor">]>;
def nvrtcGetNumSupportedArchs : Full<"Gives the number of architectures.",
    [Version<"", 11020, "out int* numArchs">]>;
def nvrtcGetSupportedArchs : Full<"Gives the architectures, ascending.",
    [Version<"", 11020, "out int* supportedArchs">]>;

} // Object
