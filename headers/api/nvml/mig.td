// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "mig" in {

def nvmlDeviceSetMigMode : Stub<"Sets the mig mode of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int mode, out nvmlReturn_t* activationStatus">]>;
def nvmlDeviceGetMigMode : Stub<"Gives the mig mode of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* currentMode, out unsigned int* pendingMode">]>;
def nvmlDeviceGetGpuInstanceProfileInfo : Stub<"Gives the gpu instance profile info of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int profile, out nvmlGpuInstanceProfileInfo_t* info">]>;
def nvmlDeviceGetGpuInstanceProfileInfoV : Stub<"Gives the gpu instance profile info v of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int profile, out nvmlGpuInstanceProfileInfo_v2_t* info">]>;
def nvmlDeviceGetGpuInstanceProfileInfoByIdV : Stub<"Gives the gpu instance profile info by id v of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int profileId, out nvmlGpuInstanceProfileInfo_v2_t* info">]>;
def nvmlDeviceGetGpuInstancePossiblePlacements : Stub<"Gives the gpu instance possible placements of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int profileId, out nvmlGpuInstancePlacement_t* placements, inout unsigned int* count">,
    Version<"_v2", 0, "nvmlDevice_t device, unsigned int profileId, out nvmlGpuInstancePlacement_t* placements, inout unsigned int* count">]>;
def nvmlDeviceGetGpuInstanceRemainingCapacity : Stub<"Gives the gpu instance remaining capacity of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int profileId, out unsigned int* count">]>;
def nvmlDeviceCreateGpuInstance : Stub<"Device create gpu instance.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int profileId, out nvmlGpuInstance_t* gpuInstance">]>;
def nvmlDeviceCreateGpuInstanceWithPlacement : Stub<"Device create gpu instance with placement.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int profileId, const nvmlGpuInstancePlacement_t* placement, out nvmlGpuInstance_t* gpuInstance">]>;
def nvmlGpuInstanceDestroy : Stub<"Gpu instance destroy.",
    [Version<"", 0, "nvmlGpuInstance_t gpuInstance">]>;
def nvmlDeviceGetGpuInstances : Stub<"Gives the gpu instances of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int profileId, out nvmlGpuInstance_t* gpuInstances, inout unsigned int* count">]>;
def nvmlDeviceGetGpuInstanceById : Stub<"Gives the gpu instance by id of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int id, out nvmlGpuInstance_t* gpuInstance">]>;
def nvmlGpuInstanceGetInfo : Stub<"Gpu instance get info.",
    [Version<"", 0, "nvmlGpuInstance_t gpuInstance, out nvmlGpuInstanceInfo_t* info">]>;
def nvmlGpuInstanceGetComputeInstanceProfileInfo : Stub<"Gpu instance get compute instance profile info.",
    [Version<"", 0, "nvmlGpuInstance_t gpuInstance, unsigned int profile, unsigned int engProfile, out nvmlComputeInstanceProfileInfo_t* info">]>;
def nvmlGpuInstanceGetComputeInstanceProfileInfoV : Stub<"Gpu instance get compute instance profile info v.",
    [Version<"", 0, "nvmlGpuInstance_t gpuInstance, unsigned int profile, unsigned int engProfile, out nvmlComputeInstanceProfileInfo_v2_t* info">]>;
def nvmlGpuInstanceGetComputeInstanceRemainingCapacity : Stub<"Gpu instance get compute instance remaining capacity.",
    [Version<"", 0, "nvmlGpuInstance_t gpuInstance, unsigned int profileId, out unsigned int* count">]>;
def nvmlGpuInstanceGetComputeInstancePossiblePlacements : Stub<"Gpu instance get compute instance possible placements.",
    [Version<"", 0, "nvmlGpuInstance_t gpuInstance, unsigned int profileId, out nvmlComputeInstancePlacement_t* placements, inout unsigned int* count">]>;
def nvmlGpuInstanceCreateComputeInstance : Stub<"Gpu instance create compute instance.",
    [Version<"", 0, "nvmlGpuInstance_t gpuInstance, unsigned int profileId, out nvmlComputeInstance_t* computeInstance">]>;
def nvmlGpuInstanceCreateComputeInstanceWithPlacement : Stub<"Gpu instance create compute instance with placement.",
    [Version<"", 0, "nvmlGpuInstance_t gpuInstance, unsigned int profileId, const nvmlComputeInstancePlacement_t* placement, out nvmlComputeInstance_t* computeInstance">]>;
def nvmlComputeInstanceDestroy : Stub<"Compute instance destroy.",
    [Version<"", 0, "nvmlComputeInstance_t computeInstance">]>;
def nvmlGpuInstanceGetComputeInstances : Stub<"Gpu instance get compute instances.",
    [Version<"", 0, "nvmlGpuInstance_t gpuInstance, unsigned int profileId, out nvmlComputeInstance_t* computeInstances, inout unsigned int* count">]>;
def nvmlGpuInstanceGetComputeInstanceById : Stub<"Gpu instance get compute instance by id.",
    [Version<"", 0, "nvmlGpuInstance_t gpuInstance, unsigned int id, out nvmlComputeInstance_t* computeInstance">]>;
def nvmlComputeInstanceGetInfo : Stub<"Compute instance get info.",
    [Version<"", 0, "nvmlComputeInstance_t computeInstance, out nvmlComputeInstanceInfo_t* info">,
    Version<"_v2", 0, "nvmlComputeInstance_t computeInstance, out nvmlComputeInstanceInfo_t* info">]>;
def nvmlDeviceGetGpuInstanceId : Stub<"Gives the gpu instance id of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* id">]>;
def nvmlDeviceGetComputeInstanceId : Stub<"Gives the compute instance id of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* id">]>;
def nvmlDeviceGetMigDeviceHandleByIndex : Stub<"Gives the mig device handle by index of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int index, out nvmlDevice_t* migDevice">]>;
def nvmlDeviceGetDeviceHandleFromMigDeviceHandle : Stub<"Gives the device handle from mig device handle of a device.",
    [Version<"", 0, "nvmlDevice_t migDevice, out nvmlDevice_t* device">]>;
def nvmlGpmMigSampleGet : Stub<"Gpm mig sample get.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int gpuInstanceId, nvmlGpmSample_t gpmSample">]>;

} // Object
