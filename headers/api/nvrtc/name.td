// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "name" in {

def nvrtcAddNameExpression : Full<"Asks for the lowered name of a kernel or variable.",
    [Version<"", 8000, "nvrtcProgram prog, const char* name_expression">]>;
def nvrtcGetLoweredName : Full<"Gives the lowered name for an expression; it lives as long as the program.",
    [Version<"", 8000, "nvrtcProgram prog, const char* name_expression, out const char** lowered_name">]>;

} // Object
