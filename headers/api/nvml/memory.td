// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "memory" in {

def nvmlDeviceGetMemoryInfo : Full<"Total, used and free memory; used by the processes of Anywarp.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlMemory_t* memory">,
    Version<"_v2", 0, "nvmlDevice_t device, out nvmlMemory_v2_t* memory">]> { let Current = "nvmlDeviceGetMemoryInfo"; }
def nvmlDeviceGetBAR1MemoryInfo : Full<"The window through which the host sees device memory: all of it.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlBAR1Memory_t* bar1Memory">]>;

} // Object
