// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "module" in {

def cuModuleLoad : Full<"Loads a module from a file.", 
    [Version<"", 2000, "out CUmodule* module, const char* fname">]>;
def cuModuleLoadData : Full<"Loads a module from memory.", 
    [Version<"", 2000, "out CUmodule* module, const void* image">]>;
def cuModuleLoadDataEx : Full<"Loads a module from memory with compiler options.", 
    [Version<"", 2010, "out CUmodule* module, const void* image, unsigned int numOptions, CUjit_option* options, void** optionValues">]>;
def cuModuleLoadFatBinary : Full<"Loads a module from a fatbin.", 
    [Version<"", 2000, "out CUmodule* module, const void* fatCubin">]>;
def cuModuleUnload : Full<"Unloads a module.", 
    [Version<"", 2000, "CUmodule hmod">]>;
def cuModuleGetLoadingMode : Full<"Tells whether modules load lazily.", 
    [Version<"", 11070, "inout CUmoduleLoadingMode* mode">]> { let NeedsInit = false; }
def cuModuleGetFunction : Full<"Finds a kernel by name.", 
    [Version<"", 2000, "out CUfunction* hfunc, CUmodule hmod, const char* name">]>;
def cuModuleGetFunctionCount : Full<"Counts a module's kernels.", 
    [Version<"", 12040, "out unsigned int* count, CUmodule mod">]>;
def cuModuleEnumerateFunctions : Full<"Lists a module's kernels.", 
    [Version<"", 12040, "out CUfunction* functions, unsigned int numFunctions, CUmodule mod">]>;
def cuModuleGetGlobal : Full<"Finds a variable by name.", 
    [Version32<"", 2000, "out CUdeviceptr_v1* dptr, out unsigned int* bytes, CUmodule hmod, const char* name">,
    Version<"_v2", 3020, "out CUdeviceptr* dptr, out size_t* bytes, CUmodule hmod, const char* name">]>;
def cuModuleGetTexRef : Full<"Finds a texture reference by name.", 
    [Version<"", 2000, "out CUtexref* pTexRef, CUmodule hmod, const char* name">]>;
def cuModuleGetSurfRef : Full<"Finds a surface reference by name.", 
    [Version<"", 3000, "out CUsurfref* pSurfRef, CUmodule hmod, const char* name">]>;

} // Object
