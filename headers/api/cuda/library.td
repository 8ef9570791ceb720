// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "library" in {

def cuLibraryLoadData : Full<"Loads a library (context-independent module) from memory.", 
    [Version<"", 12000, "out CUlibrary* library, const void* code, CUjit_option* jitOptions, void** jitOptionsValues, unsigned int numJitOptions, CUlibraryOption* libraryOptions, void** libraryOptionValues, unsigned int numLibraryOptions">]>;
def cuLibraryLoadFromFile : Full<"Loads a library from a file.", 
    [Version<"", 12000, "out CUlibrary* library, const char* fileName, CUjit_option* jitOptions, void** jitOptionsValues, unsigned int numJitOptions, CUlibraryOption* libraryOptions, void** libraryOptionValues, unsigned int numLibraryOptions">]>;
def cuLibraryUnload : Full<"Unloads a library.", 
    [Version<"", 12000, "CUlibrary library">]>;
def cuLibraryGetKernel : Full<"Finds a kernel of a library by name.", 
    [Version<"", 12000, "out CUkernel* pKernel, CUlibrary library, const char* name">]>;
def cuLibraryGetKernelCount : Full<"Counts a library's kernels.", 
    [Version<"", 12040, "out unsigned int* count, CUlibrary lib">]>;
def cuLibraryEnumerateKernels : Full<"Lists a library's kernels.", 
    [Version<"", 12040, "out CUkernel* kernels, unsigned int numKernels, CUlibrary lib">]>;
def cuLibraryGetModule : Full<"Gives the module of a library in the current context.", 
    [Version<"", 12000, "out CUmodule* pMod, CUlibrary library">]>;
def cuLibraryGetGlobal : Full<"Finds a variable of a library in the current context.", 
    [Version<"", 12000, "out CUdeviceptr* dptr, out size_t* bytes, CUlibrary library, const char* name">]>;
def cuLibraryGetManaged : Full<"Finds a managed variable of a library.", 
    [Version<"", 12000, "out CUdeviceptr* dptr, out size_t* bytes, CUlibrary library, const char* name">]>;
def cuLibraryGetUnifiedFunction : Full<"Finds a function that host and device share.", 
    [Version<"", 12000, "out void** fptr, CUlibrary library, const char* symbol">]>;
def cuKernelGetFunction : Full<"Gives a library kernel's function in the current context.", 
    [Version<"", 12000, "out CUfunction* pFunc, CUkernel kernel">]>;
def cuKernelGetLibrary : Full<"Gives the library of a kernel.", 
    [Version<"", 12050, "out CUlibrary* pLib, CUkernel kernel">]>;
def cuKernelGetAttribute : Full<"Reads an attribute of a kernel.", 
    [Version<"", 12000, "out int* pi, CUfunction_attribute attrib, CUkernel kernel, CUdevice dev">]>;
def cuKernelSetAttribute : Full<"Sets an attribute of a kernel.", 
    [Version<"", 12000, "CUfunction_attribute attrib, int val, CUkernel kernel, CUdevice dev">]>;
def cuKernelSetCacheConfig : Full<"Sets a kernel's cache preference; a hint.", 
    [Version<"", 12000, "CUkernel kernel, CUfunc_cache config, CUdevice dev">]>;
def cuKernelGetName : Full<"Gives a kernel's name.", 
    [Version<"", 12030, "const char** name, CUkernel hfunc">]>;
def cuKernelGetParamInfo : Full<"Gives offset and size of a kernel parameter.", 
    [Version<"", 12040, "CUkernel kernel, size_t paramIndex, out size_t* paramOffset, inout size_t* paramSize">]>;

} // Object
