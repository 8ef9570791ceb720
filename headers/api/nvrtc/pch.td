// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "pch" in {

def nvrtcGetPCHHeapSize : Full<"Gives the size of the heap for precompiled headers.",
    [Version<"", 12080, "out size_t* ret">]>;
def nvrtcSetPCHHeapSize : Full<"Sets that size, which is only remembered: the heap is as large as it needs.",
    [Version<"", 12080, "size_t size">]>;
def nvrtcGetPCHCreateStatus : Partial<"Gives what came of writing a precompiled header.", "--pch and --create-pch write none, so it is always NVRTC_ERROR_NO_PCH_CREATE_ATTEMPTED; what a source has before its first line is precompiled anyway",
    [Version<"", 12080, "nvrtcProgram prog">]>;
def nvrtcGetPCHHeapSizeRequired : Full<"Gives the heap that a precompiled header needed: 0.",
    [Version<"", 12080, "nvrtcProgram prog, out size_t* size">]>;

} // Object
