// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "link" in {

def cuLinkCreate : Full<"Starts a link.", 
    [Version<"", 5050, "unsigned int numOptions, CUjit_option* options, void** optionValues, out CUlinkState* stateOut">,
    Version<"_v2", 6050, "unsigned int numOptions, CUjit_option* options, void** optionValues, out CUlinkState* stateOut">]>;
def cuLinkAddData : Partial<"Adds an image in memory to a link.", "PTX, and fatbins, objects and libraries that hold PTX; machine code is NO_BINARY_FOR_GPU; CU_JIT_INPUT_NVVM is NOT_SUPPORTED: that is LTO-IR of nvcc before CUDA 12, whose form is documented nowhere", 
    [Version<"", 5050, "CUlinkState state, CUjitInputType type, void* data, size_t size, const char* name, unsigned int numOptions, CUjit_option* options, void** optionValues">,
    Version<"_v2", 6050, "CUlinkState state, CUjitInputType type, void* data, size_t size, const char* name, unsigned int numOptions, CUjit_option* options, void** optionValues">]>;
def cuLinkAddFile : Partial<"Adds a file to a link.", "PTX, and fatbins, objects and libraries that hold PTX; machine code is NO_BINARY_FOR_GPU; CU_JIT_INPUT_NVVM is NOT_SUPPORTED: that is LTO-IR of nvcc before CUDA 12, whose form is documented nowhere", 
    [Version<"", 5050, "CUlinkState state, CUjitInputType type, const char* path, unsigned int numOptions, CUjit_option* options, void** optionValues">,
    Version<"_v2", 6050, "CUlinkState state, CUjitInputType type, const char* path, unsigned int numOptions, CUjit_option* options, void** optionValues">]>;
def cuLinkComplete : Full<"Ends the link and gives the image.", 
    [Version<"", 5050, "CUlinkState state, out void** cubinOut, out size_t* sizeOut">]>;
def cuLinkDestroy : Full<"Frees a link and its image.", 
    [Version<"", 5050, "CUlinkState state">]>;

} // Object
