// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "ipc" in {

def cudaIpcCloseMemHandle : Full<"Closes memory of another process.",
    [Version<"", 11000, "void* devPtr">]>;
def cudaIpcGetEventHandle : Full<"Makes an event usable by other processes.",
    [Version<"", 11000, "out cudaIpcEventHandle_t* handle, cudaEvent_t event">]>;
def cudaIpcGetMemHandle : Full<"Makes memory usable by other processes.",
    [Version<"", 11000, "out cudaIpcMemHandle_t* handle, void* devPtr">]>;
def cudaIpcOpenEventHandle : Full<"Opens an event of another process.",
    [Version<"", 11000, "cudaEvent_t* event, cudaIpcEventHandle_t handle">]>;
def cudaIpcOpenMemHandle : Full<"Opens memory of another process.",
    [Version<"", 11000, "void** devPtr, cudaIpcMemHandle_t handle, unsigned int flags">]>;

} // Object
