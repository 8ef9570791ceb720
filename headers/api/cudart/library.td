// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "library" in {

def cudaKernelSetAttributeForDevice : Full<"Sets an attribute of a kernel on one device.",
    [Version<"", 12000, "cudaKernel_t kernel, cudaFuncAttribute attr, int value, int device">]>;
def cudaLibraryEnumerateKernels : Full<"Lists the kernels of a library.",
    [Version<"", 12000, "cudaKernel_t* kernels, unsigned int numKernels, cudaLibrary_t lib">]>;
def cudaLibraryGetGlobal : Full<"Gives a variable of a library.",
    [Version<"", 12000, "out void** dptr, out size_t* bytes, cudaLibrary_t library, const char* name">]>;
def cudaLibraryGetKernel : Full<"Gives a kernel of a library by name.",
    [Version<"", 12000, "out cudaKernel_t* pKernel, cudaLibrary_t library, const char* name">]>;
def cudaLibraryGetKernelCount : Full<"Gives the number of kernels of a library.",
    [Version<"", 12000, "out unsigned int* count, cudaLibrary_t lib">]>;
def cudaLibraryGetManaged : Full<"Gives a managed variable of a library.",
    [Version<"", 12000, "out void** dptr, out size_t* bytes, cudaLibrary_t library, const char* name">]>;
def cudaLibraryGetUnifiedFunction : Full<"Gives a unified function of a library.",
    [Version<"", 12000, "out void** fptr, cudaLibrary_t library, const char* symbol">]>;
def cudaLibraryLoadData : Full<"Loads device code from memory.",
    [Version<"", 12000, "out cudaLibrary_t* library, const void* code, cudaJitOption* jitOptions, void** jitOptionsValues, unsigned int numJitOptions, cudaLibraryOption* libraryOptions, void** libraryOptionValues, unsigned int numLibraryOptions">]>;
def cudaLibraryLoadFromFile : Full<"Loads device code from a file.",
    [Version<"", 12000, "out cudaLibrary_t* library, const char* fileName, cudaJitOption* jitOptions, void** jitOptionsValues, unsigned int numJitOptions, cudaLibraryOption* libraryOptions, void** libraryOptionValues, unsigned int numLibraryOptions">]>;
def cudaLibraryUnload : Full<"Unloads a library.",
    [Version<"", 12000, "cudaLibrary_t library">]>;

} // Object
