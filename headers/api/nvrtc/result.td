// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

class Until13<string params> : Version<"", 11040, params> { let Removed = 13000; }

let Object = "result" in {

def nvrtcGetPTXSize : Full<"Gives the size of the PTX with its NUL.",
    [Version<"", 7000, "nvrtcProgram prog, out size_t* ptxSizeRet">]>;
def nvrtcGetPTX : Full<"Copies the PTX.",
    [Version<"", 7000, "nvrtcProgram prog, out char* ptx">]>;
def nvrtcGetCUBINSize : Full<"Gives the size of the image for sm_XX; 0 for compute_XX.",
    [Version<"", 11010, "nvrtcProgram prog, out size_t* cubinSizeRet">]>;
def nvrtcGetCUBIN : Partial<"Copies the image for sm_XX.", "a fatbin with the PTX in it, which cuModuleLoadData and our linkers take; no ELF file",
    [Version<"", 11010, "nvrtcProgram prog, out char* cubin">]>;
def nvrtcGetLTOIRSize : Full<"Gives the size of the code for link-time optimization (-dlto).",
    [Version<"", 12000, "nvrtcProgram prog, out size_t* LTOIRSizeRet">]>;
def nvrtcGetLTOIR : Partial<"Copies the code for link-time optimization.", "LLVM bitcode, which only our nvJitLink takes",
    [Version<"", 12000, "nvrtcProgram prog, out char* LTOIR">]>;
def nvrtcGetOptiXIRSize : Full<"Gives the size of the OptiX IR, which is always 0.",
    [Version<"", 12000, "nvrtcProgram prog, out size_t* optixirSizeRet">]>;
def nvrtcGetOptiXIR : Full<"Copies the OptiX IR: nothing.",
    [Version<"", 12000, "nvrtcProgram prog, out char* optixir">]>;
def nvrtcGetNVVMSize : Full<"Old name of nvrtcGetLTOIRSize.",
    [Until13<"nvrtcProgram prog, out size_t* nvvmSizeRet">]>;
def nvrtcGetNVVM : Full<"Old name of nvrtcGetLTOIR.",
    [Until13<"nvrtcProgram prog, out char* nvvm">]>;

} // Object
