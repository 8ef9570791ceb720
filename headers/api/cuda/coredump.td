// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "coredump" in {

def cuCoredumpGetAttribute : Stub<"Reads a core dump setting of the context.", 
    [Version<"", 12010, "CUcoredumpSettings attrib, out void* value, inout size_t* size">]>;
def cuCoredumpGetAttributeGlobal : Stub<"Reads a core dump setting of the process.", 
    [Version<"", 12010, "CUcoredumpSettings attrib, out void* value, inout size_t* size">]>;
def cuCoredumpSetAttribute : Stub<"Sets a core dump setting of the context.", 
    [Version<"", 12010, "CUcoredumpSettings attrib, void* value, inout size_t* size">]>;
def cuCoredumpSetAttributeGlobal : Stub<"Sets a core dump setting of the process.", 
    [Version<"", 12010, "CUcoredumpSettings attrib, void* value, inout size_t* size">]>;

} // Object
