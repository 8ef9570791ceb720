// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "init" in {

def cuInit : Full<"Initialises the driver; must come before other calls.", 
    [Version<"", 2000, "unsigned int Flags">]> { let NeedsInit = false; }
def cuDriverGetVersion : Full<"Reports the CUDA version the driver implements.", 
    [Version<"", 2020, "out int* driverVersion">]> { let NeedsInit = false; }

} // Object
