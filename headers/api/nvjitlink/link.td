// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "link" in {

def nvJitLinkCreate : Partial<"Starts a link.", "options about machine code are checked and have no effect",
    Numbers<"nvJitLinkCreate", "out nvJitLinkHandle* handle, uint32_t numOptions, const char** options">.All>;
def nvJitLinkDestroy : Full<"Frees a link and sets the handle to null.",
    Numbers<"nvJitLinkDestroy", "inout nvJitLinkHandle* handle">.All>;
def nvJitLinkAddData : Partial<"Adds code in memory.", "PTX and what holds PTX; LTO IR only as our NVRTC makes it; machine code is refused",
    Numbers<"nvJitLinkAddData", "nvJitLinkHandle handle, nvJitLinkInputType inputType, const void* data, size_t size, const char* name">.All>;
def nvJitLinkAddFile : Partial<"Adds a file.", "as nvJitLinkAddData",
    Numbers<"nvJitLinkAddFile", "nvJitLinkHandle handle, nvJitLinkInputType inputType, const char* fileName">.All>;
def nvJitLinkComplete : Full<"Links what was added.",
    Numbers<"nvJitLinkComplete", "nvJitLinkHandle handle">.All>;

} // Object
let Object = "result" in {

def nvJitLinkGetLinkedCubinSize : Full<"Gives the size of the linked image.",
    Numbers<"nvJitLinkGetLinkedCubinSize", "nvJitLinkHandle handle, out size_t* size">.All>;
def nvJitLinkGetLinkedCubin : Partial<"Copies the linked image.", "a container with the PTX of all units, which cuModuleLoadData takes; no ELF file",
    Numbers<"nvJitLinkGetLinkedCubin", "nvJitLinkHandle handle, out void* cubin">.All>;
def nvJitLinkGetLinkedPtxSize : Full<"Gives the size of the PTX of a link with -lto -ptx, with its NUL.",
    Numbers<"nvJitLinkGetLinkedPtxSize", "nvJitLinkHandle handle, out size_t* size">.All>;
def nvJitLinkGetLinkedPtx : Full<"Copies that PTX.",
    Numbers<"nvJitLinkGetLinkedPtx", "nvJitLinkHandle handle, out char* ptx">.All>;
def nvJitLinkGetErrorLogSize : Full<"Gives the size of the log of errors.",
    Numbers<"nvJitLinkGetErrorLogSize", "nvJitLinkHandle handle, out size_t* size">.All>;
def nvJitLinkGetErrorLog : Full<"Copies the log of errors.",
    Numbers<"nvJitLinkGetErrorLog", "nvJitLinkHandle handle, out char* log">.All>;
def nvJitLinkGetInfoLogSize : Full<"Gives the size of the log of information.",
    Numbers<"nvJitLinkGetInfoLogSize", "nvJitLinkHandle handle, out size_t* size">.All>;
def nvJitLinkGetInfoLog : Full<"Copies the log of information.",
    Numbers<"nvJitLinkGetInfoLog", "nvJitLinkHandle handle, out char* log">.All>;
def nvJitLinkVersion : Full<"Gives the version that this library stands for.",
    [Version<"", 12000, "out unsigned int* major, out unsigned int* minor">]>;

} // Object
