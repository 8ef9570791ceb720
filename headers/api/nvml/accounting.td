// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "accounting" in {

def nvmlDeviceGetAccountingMode : Stub<"Gives the accounting mode of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlEnableState_t* mode">]>;
def nvmlDeviceGetAccountingStats : Stub<"Gives the accounting stats of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int pid, out nvmlAccountingStats_t* stats">]>;
def nvmlDeviceGetAccountingPids : Stub<"Gives the accounting pids of a device.",
    [Version<"", 0, "nvmlDevice_t device, inout unsigned int* count, out unsigned int* pids">]>;
def nvmlDeviceGetAccountingBufferSize : Stub<"Gives the accounting buffer size of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* bufferSize">]>;
def nvmlDeviceSetAccountingMode : Stub<"Sets the accounting mode of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlEnableState_t mode">]>;
def nvmlDeviceClearAccountingPids : Stub<"Clears the accounting pids of a device.",
    [Version<"", 0, "nvmlDevice_t device">]>;

} // Object
