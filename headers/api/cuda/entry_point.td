// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "entry_point" in {

def cuGetProcAddress : Full<"Finds an entry point by name, CUDA version and default-stream flavour.", 
    [Version<"", 11030, "const char* symbol, out void** pfn, int cudaVersion, cuuint64_t flags">,
    Version<"_v2", 12000, "const char* symbol, out void** pfn, int cudaVersion, cuuint64_t flags, out CUdriverProcAddressQueryResult* symbolStatus">]> { let NeedsInit = false; }
def cuGetExportTable : Partial<"Finds one of the driver's private tables by id.", "the tables that static cudart and CUDA's libraries ask for; others are NOT_FOUND, and slots of these that nobody is known to call return NOT_SUPPORTED", 
    [Version<"", 3000, "const void** ppExportTable, const CUuuid* pExportTableId">]> { let NeedsInit = false; }

} // Object
