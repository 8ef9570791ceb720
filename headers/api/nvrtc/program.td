// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "program" in {

def nvrtcCreateProgram : Full<"Makes a program of a source and of headers, all texts.",
    [Version<"", 7000, "out nvrtcProgram* prog, const char* src, const char* name, int numHeaders, const char* const* headers, const char* const* includeNames">]>;
def nvrtcDestroyProgram : Full<"Frees a program and sets the handle to null.",
    [Version<"", 7000, "inout nvrtcProgram* prog">]>;
def nvrtcCompileProgram : Partial<"Compiles the program.", "options about machine code (--maxrregcount, --ptxas-options, --split-compile) are checked and have no effect, divisions and roots are always precise; OptiX IR is not made",
    [Version<"", 7000, "nvrtcProgram prog, int numOptions, const char* const* options">]>;
def nvrtcGetProgramLogSize : Full<"Gives the size of the last compilation's log with its NUL.",
    [Version<"", 7000, "nvrtcProgram prog, out size_t* logSizeRet">]>;
def nvrtcGetProgramLog : Full<"Copies the log.",
    [Version<"", 7000, "nvrtcProgram prog, out char* log">]>;
def nvrtcSetFlowCallback : Full<"Sets the function that may end a compilation early.",
    [Version<"", 12080, "nvrtcProgram prog, nvrtcFlowCallback callback, void* payload">]>;

} // Object
