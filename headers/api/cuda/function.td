// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "function" in {

def cuFuncGetAttribute : Full<"Reads an attribute of a kernel.", 
    [Version<"", 2020, "out int* pi, CUfunction_attribute attrib, CUfunction hfunc">]>;
def cuFuncSetAttribute : Full<"Sets an attribute of a kernel.", 
    [Version<"", 9000, "CUfunction hfunc, CUfunction_attribute attrib, int value">]>;
def cuFuncSetCacheConfig : Full<"Sets a kernel's cache preference; a hint.", 
    [Version<"", 3000, "CUfunction hfunc, CUfunc_cache config">]>;
def cuFuncSetSharedMemConfig : Full<"Sets a kernel's bank size; a hint.", 
    [Version<"", 4020, "CUfunction hfunc, CUsharedconfig config">]>;
def cuFuncGetModule : Full<"Gives a kernel's module.", 
    [Version<"", 11000, "out CUmodule* hmod, CUfunction hfunc">]>;
def cuFuncGetName : Full<"Gives a kernel's name.", 
    [Version<"", 12030, "const char** name, CUfunction hfunc">]>;
def cuFuncGetParamInfo : Full<"Gives offset and size of a kernel parameter.", 
    [Version<"", 12040, "CUfunction func, size_t paramIndex, out size_t* paramOffset, inout size_t* paramSize">]>;
def cuFuncIsLoaded : Full<"Tells whether a kernel is loaded.", 
    [Version<"", 12040, "out CUfunctionLoadingState* state, CUfunction function">]>;
def cuFuncLoad : Full<"Loads a kernel.", 
    [Version<"", 12040, "CUfunction function">]>;
def cuFuncSetBlockShape : Full<"Sets the block of the old launch calls.", 
    [Version<"", 2000, "CUfunction hfunc, int x, int y, int z">]>;
def cuFuncSetSharedSize : Full<"Sets the shared memory of the old launch calls.", 
    [Version<"", 2000, "CUfunction hfunc, unsigned int bytes">]>;
def cuParamSetSize : Full<"Sets the parameter size of the old launch calls.", 
    [Version<"", 2000, "CUfunction hfunc, unsigned int numbytes">]>;
def cuParamSeti : Full<"Sets an integer parameter of the old launch calls.", 
    [Version<"", 2000, "CUfunction hfunc, int offset, unsigned int value">]>;
def cuParamSetf : Full<"Sets a float parameter of the old launch calls.", 
    [Version<"", 2000, "CUfunction hfunc, int offset, float value">]>;
def cuParamSetv : Full<"Sets a parameter of the old launch calls.", 
    [Version<"", 2000, "CUfunction hfunc, int offset, void* ptr, unsigned int numbytes">]>;
def cuParamSetTexRef : Full<"Sets a texture parameter of the old launch calls.", 
    [Version<"", 2000, "CUfunction hfunc, int texunit, CUtexref hTexRef">]>;

} // Object
