// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "entry_point" in {

def __cudaGetProcAddress : Partial<"Finds a runtime function by name.", "undocumented; answers with the exported symbol of that name and looks at no version, flags or status",
    [Version<"", 13000, "const char* symbol, out void** function, int version, unsigned long long flags, void* status">]>;
def cudaGetDriverEntryPoint : Full<"Finds a driver function by name.",
    [OldVersion<"", 11000, 12000, "const char* symbol, out void** funcPtr, unsigned long long flags", "ptsz">,
    Version<"", 12000, "const char* symbol, out void** funcPtr, unsigned long long flags, out cudaDriverEntryPointQueryResult* driverStatus", "ptsz">]>;
def cudaGetDriverEntryPointByVersion : Full<"Finds a driver function by name and CUDA version.",
    [Version<"", 12000, "const char* symbol, out void** funcPtr, unsigned int cudaVersion, unsigned long long flags, out cudaDriverEntryPointQueryResult* driverStatus", "ptsz">]>;
def cudaGetExportTable : Partial<"Gives a private table of functions.", "checks its arguments; every table is NOT_SUPPORTED, for the runtime's are private and no caller of one is known",
    [Version<"", 11000, "const void** ppExportTable, const cudaUUID_t* pExportTableId">]>;

} // Object
