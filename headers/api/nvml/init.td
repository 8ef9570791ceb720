// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "init" in {

def nvmlInit : Full<"Starts NVML; every start needs a shutdown.",
    [Version<"", 0, "">,
    Version<"_v2", 0, "">]> { let NeedsInit = false; }
def nvmlInitWithFlags : Full<"Starts NVML with flags.",
    [Version<"", 0, "unsigned int flags">]> { let NeedsInit = false; }
def nvmlShutdown : Full<"Undoes one start.",
    [Version<"", 0, "">]>;
def nvmlErrorString : Full<"Gives the text of a return code.",
    [Version<"", 0, "nvmlReturn_t result">]> {
  let Returns = "const char*";
  let NeedsInit = false;
}

} // Object
