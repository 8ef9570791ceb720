// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "mode" in {

def nvmlDeviceGetDisplayMode : Full<"Tells whether a display is connected: no.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlEnableState_t* display">]>;
def nvmlDeviceGetDisplayActive : Full<"Tells whether a display is in use: no.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlEnableState_t* isActive">]>;
def nvmlDeviceGetPersistenceMode : Full<"Gives the persistence mode: on.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlEnableState_t* mode">]>;
def nvmlDeviceGetComputeMode : Full<"Gives the compute mode: default.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlComputeMode_t* mode">]>;
def nvmlDeviceSetPersistenceMode : Full<"Sets the persistence mode; it is always on.",
    [Version<"", 0, "nvmlDevice_t device, nvmlEnableState_t mode">]>;
def nvmlDeviceSetComputeMode : Full<"Sets the compute mode; only the default exists.",
    [Version<"", 0, "nvmlDevice_t device, nvmlComputeMode_t mode">]>;
def nvmlDeviceGetVirtualizationMode : Full<"Gives the virtualisation mode: none.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlGpuVirtualizationMode_t* pVirtualMode">]>;
def nvmlDeviceIsMigDeviceHandle : Full<"Tells whether a handle is a MIG device; none is.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* isMigDevice">]>;
def nvmlDeviceGetMaxMigDeviceCount : Full<"Counts possible MIG devices; none.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* count">]>;

} // Object
