// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "coredump" in {

def cuCoredumpGetAttribute : Partial<"Reads a core dump setting of the context.", "dumps are text files without memory",
    [Version<"", 12010, "CUcoredumpSettings attrib, out void* value, inout size_t* size">]>;
def cuCoredumpGetAttributeGlobal : Partial<"Reads a core dump setting of the process.", "dumps are text files without memory",
    [Version<"", 12010, "CUcoredumpSettings attrib, out void* value, inout size_t* size">]>;
def cuCoredumpSetAttribute : Partial<"Sets a core dump setting of the context.", "dumps are text files without memory",
    [Version<"", 12010, "CUcoredumpSettings attrib, void* value, inout size_t* size">]>;
def cuCoredumpSetAttributeGlobal : Partial<"Sets a core dump setting of the process.", "dumps are text files without memory",
    [Version<"", 12010, "CUcoredumpSettings attrib, void* value, inout size_t* size">]>;

} // Object
