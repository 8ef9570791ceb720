// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "program" in {

def nvvmGetErrorString : Full<"Gives the name of a result.",
    [Version<"", 5000, "nvvmResult result">]> { let Returns = "const char*"; }
def nvvmVersion : Full<"Gives the version of libNVVM.",
    [Version<"", 5000, "out int* major, out int* minor">]>;
def nvvmIRVersion : Full<"Gives the versions of NVVM IR and of its debug information.",
    [Version<"", 7000, "out int* majorIR, out int* minorIR, out int* majorDbg, out int* minorDbg">]>;
def nvvmCreateProgram : Full<"Makes an empty program.",
    [Version<"", 5000, "out nvvmProgram* prog">]>;
def nvvmDestroyProgram : Full<"Frees a program and sets the handle to null.",
    [Version<"", 5000, "inout nvvmProgram* prog">]>;
def nvvmAddModuleToProgram : Full<"Adds a module, as text (with typed or opaque pointers) or bitcode.",
    [Version<"", 5000, "nvvmProgram prog, const char* buffer, size_t size, const char* name">]>;
def nvvmLazyAddModuleToProgram : Full<"Adds a module of which only what is used is taken.",
    [Version<"", 10000, "nvvmProgram prog, const char* buffer, size_t size, const char* name">]>;
def nvvmCompileProgram : Partial<"Links and compiles the modules to PTX.", "-g writes line directives only, -gen-lto is refused; divisions and roots are always precise",
    [Version<"", 5000, "nvvmProgram prog, int numOptions, const char** options">]>;
def nvvmVerifyProgram : Full<"Checks the modules.",
    [Version<"", 5000, "nvvmProgram prog, int numOptions, const char** options">]>;
def nvvmGetCompiledResultSize : Full<"Gives the size of the PTX with its NUL.",
    [Version<"", 5000, "nvvmProgram prog, out size_t* bufferSizeRet">]>;
def nvvmGetCompiledResult : Full<"Copies the PTX.",
    [Version<"", 5000, "nvvmProgram prog, out char* buffer">]>;
def nvvmGetProgramLogSize : Full<"Gives the size of the log with its NUL.",
    [Version<"", 5000, "nvvmProgram prog, out size_t* bufferSizeRet">]>;
def nvvmGetProgramLog : Full<"Copies the log.",
    [Version<"", 5000, "nvvmProgram prog, out char* buffer">]>;

} // Object
