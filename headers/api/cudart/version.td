// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "version" in {

def cudaDriverGetVersion : Full<"Gives the CUDA version of the driver.",
    [Version<"", 11000, "out int* driverVersion">]>;
def cudaRuntimeGetVersion : Full<"Gives the CUDA version of the runtime.",
    [Version<"", 11000, "out int* runtimeVersion">]>;

} // Object
