// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "ipc" in {

def cuIpcGetEventHandle : Full<"Exports an event to another process.", 
    [Version<"", 4010, "out CUipcEventHandle* pHandle, CUevent event">]>;
def cuIpcOpenEventHandle : Full<"Opens another process's event.", 
    [Version<"", 4010, "out CUevent* phEvent, CUipcEventHandle handle">]>;
def cuIpcGetMemHandle : Full<"Exports an allocation to another process.", 
    [Version<"", 4010, "out CUipcMemHandle* pHandle, CUdeviceptr dptr">]>;
def cuIpcOpenMemHandle : Full<"Opens another process's allocation.", 
    [Version<"", 4010, "out CUdeviceptr* pdptr, CUipcMemHandle handle, unsigned int Flags">,
    Version<"_v2", 11000, "out CUdeviceptr* pdptr, CUipcMemHandle handle, unsigned int Flags">]>;
def cuIpcCloseMemHandle : Full<"Closes another process's allocation.", 
    [Version<"", 4010, "CUdeviceptr dptr">]>;

} // Object
