// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "vgpu" in {

def nvmlDeviceGetHostVgpuMode : Stub<"Gives the host vgpu mode of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlHostVgpuMode_t* pHostVgpuMode">]>;
def nvmlDeviceGetVgpuHeterogeneousMode : Stub<"Gives the vgpu heterogeneous mode of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlVgpuHeterogeneousMode_t* pHeterogeneousMode">]>;
def nvmlDeviceSetVgpuHeterogeneousMode : Stub<"Sets the vgpu heterogeneous mode of a device.",
    [Version<"", 0, "nvmlDevice_t device, const nvmlVgpuHeterogeneousMode_t* pHeterogeneousMode">]>;
def nvmlVgpuInstanceGetPlacementId : Stub<"Vgpu instance get placement id.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, out nvmlVgpuPlacementId_t* pPlacement">]>;
def nvmlDeviceGetVgpuTypeSupportedPlacements : Stub<"Gives the vgpu type supported placements of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlVgpuTypeId_t vgpuTypeId, out nvmlVgpuPlacementList_t* pPlacementList">]>;
def nvmlDeviceGetVgpuTypeCreatablePlacements : Stub<"Gives the vgpu type creatable placements of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlVgpuTypeId_t vgpuTypeId, out nvmlVgpuPlacementList_t* pPlacementList">]>;
def nvmlVgpuTypeGetGspHeapSize : Stub<"Vgpu type get gsp heap size.",
    [Version<"", 0, "nvmlVgpuTypeId_t vgpuTypeId, out unsigned long long* gspHeapSize">]>;
def nvmlVgpuTypeGetFbReservation : Stub<"Vgpu type get fb reservation.",
    [Version<"", 0, "nvmlVgpuTypeId_t vgpuTypeId, out unsigned long long* fbReservation">]>;
def nvmlVgpuInstanceGetRuntimeStateSize : Stub<"Vgpu instance get runtime state size.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, out nvmlVgpuRuntimeState_t* pState">]>;
def nvmlDeviceSetVgpuCapabilities : Stub<"Sets the vgpu capabilities of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlDeviceVgpuCapability_t capability, nvmlEnableState_t state">]>;
def nvmlDeviceGetGridLicensableFeatures : Stub<"Gives the grid licensable features of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlGridLicensableFeatures_t* pGridLicensableFeatures">,
    Version<"_v2", 0, "nvmlDevice_t device, out nvmlGridLicensableFeatures_t* pGridLicensableFeatures">,
    Version<"_v3", 0, "nvmlDevice_t device, out nvmlGridLicensableFeatures_t* pGridLicensableFeatures">,
    Version<"_v4", 0, "nvmlDevice_t device, out nvmlGridLicensableFeatures_t* pGridLicensableFeatures">]>;
def nvmlGetVgpuDriverCapabilities : Stub<"Gives the vgpu driver capabilities.",
    [Version<"", 0, "nvmlVgpuDriverCapability_t capability, out unsigned int* capResult">]>;
def nvmlDeviceGetVgpuCapabilities : Stub<"Gives the vgpu capabilities of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlDeviceVgpuCapability_t capability, out unsigned int* capResult">]>;
def nvmlDeviceGetSupportedVgpus : Stub<"Gives the supported vgpus of a device.",
    [Version<"", 0, "nvmlDevice_t device, inout unsigned int* vgpuCount, out nvmlVgpuTypeId_t* vgpuTypeIds">]>;
def nvmlDeviceGetCreatableVgpus : Stub<"Gives the creatable vgpus of a device.",
    [Version<"", 0, "nvmlDevice_t device, inout unsigned int* vgpuCount, out nvmlVgpuTypeId_t* vgpuTypeIds">]>;
def nvmlVgpuTypeGetClass : Stub<"Vgpu type get class.",
    [Version<"", 0, "nvmlVgpuTypeId_t vgpuTypeId, out char* vgpuTypeClass, out unsigned int* size">]>;
def nvmlVgpuTypeGetName : Stub<"Vgpu type get name.",
    [Version<"", 0, "nvmlVgpuTypeId_t vgpuTypeId, out char* vgpuTypeName, out unsigned int* size">]>;
def nvmlVgpuTypeGetGpuInstanceProfileId : Stub<"Vgpu type get gpu instance profile id.",
    [Version<"", 0, "nvmlVgpuTypeId_t vgpuTypeId, out unsigned int* gpuInstanceProfileId">]>;
def nvmlVgpuTypeGetDeviceID : Stub<"Vgpu type get device id.",
    [Version<"", 0, "nvmlVgpuTypeId_t vgpuTypeId, out unsigned long long* deviceID, out unsigned long long* subsystemID">]>;
def nvmlVgpuTypeGetFramebufferSize : Stub<"Vgpu type get framebuffer size.",
    [Version<"", 0, "nvmlVgpuTypeId_t vgpuTypeId, out unsigned long long* fbSize">]>;
def nvmlVgpuTypeGetNumDisplayHeads : Stub<"Vgpu type get num display heads.",
    [Version<"", 0, "nvmlVgpuTypeId_t vgpuTypeId, out unsigned int* numDisplayHeads">]>;
def nvmlVgpuTypeGetResolution : Stub<"Vgpu type get resolution.",
    [Version<"", 0, "nvmlVgpuTypeId_t vgpuTypeId, unsigned int displayIndex, out unsigned int* xdim, out unsigned int* ydim">]>;
def nvmlVgpuTypeGetLicense : Stub<"Vgpu type get license.",
    [Version<"", 0, "nvmlVgpuTypeId_t vgpuTypeId, out char* vgpuTypeLicenseString, unsigned int size">]>;
def nvmlVgpuTypeGetFrameRateLimit : Stub<"Vgpu type get frame rate limit.",
    [Version<"", 0, "nvmlVgpuTypeId_t vgpuTypeId, out unsigned int* frameRateLimit">]>;
def nvmlVgpuTypeGetMaxInstances : Stub<"Vgpu type get max instances.",
    [Version<"", 0, "nvmlDevice_t device, nvmlVgpuTypeId_t vgpuTypeId, out unsigned int* vgpuInstanceCount">]>;
def nvmlVgpuTypeGetMaxInstancesPerVm : Stub<"Vgpu type get max instances per vm.",
    [Version<"", 0, "nvmlVgpuTypeId_t vgpuTypeId, out unsigned int* vgpuInstanceCountPerVm">]>;
def nvmlVgpuTypeGetBAR1Info : Stub<"Vgpu type get bar1 info.",
    [Version<"", 0, "nvmlVgpuTypeId_t vgpuTypeId, out nvmlVgpuTypeBar1Info_t* bar1Info">]>;
def nvmlDeviceGetActiveVgpus : Stub<"Gives the active vgpus of a device.",
    [Version<"", 0, "nvmlDevice_t device, inout unsigned int* vgpuCount, out nvmlVgpuInstance_t* vgpuInstances">]>;
def nvmlVgpuInstanceGetVmID : Stub<"Vgpu instance get vm id.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, out char* vmId, unsigned int size, out nvmlVgpuVmIdType_t* vmIdType">]>;
def nvmlVgpuInstanceGetUUID : Stub<"Vgpu instance get uuid.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, out char* uuid, unsigned int size">]>;
def nvmlVgpuInstanceGetVmDriverVersion : Stub<"Vgpu instance get vm driver version.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, out char* version, unsigned int length">]>;
def nvmlVgpuInstanceGetFbUsage : Stub<"Vgpu instance get fb usage.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, out unsigned long long* fbUsage">]>;
def nvmlVgpuInstanceGetLicenseStatus : Stub<"Vgpu instance get license status.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, out unsigned int* licensed">]>;
def nvmlVgpuInstanceGetType : Stub<"Vgpu instance get type.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, out nvmlVgpuTypeId_t* vgpuTypeId">]>;
def nvmlVgpuInstanceGetFrameRateLimit : Stub<"Vgpu instance get frame rate limit.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, out unsigned int* frameRateLimit">]>;
def nvmlVgpuInstanceGetEccMode : Stub<"Vgpu instance get ecc mode.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, out nvmlEnableState_t* eccMode">]>;
def nvmlVgpuInstanceGetEncoderCapacity : Stub<"Vgpu instance get encoder capacity.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, out unsigned int* encoderCapacity">]>;
def nvmlVgpuInstanceSetEncoderCapacity : Stub<"Vgpu instance set encoder capacity.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, unsigned int encoderCapacity">]>;
def nvmlVgpuInstanceGetEncoderStats : Stub<"Vgpu instance get encoder stats.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, inout unsigned int* sessionCount, out unsigned int* averageFps, out unsigned int* averageLatency">]>;
def nvmlVgpuInstanceGetEncoderSessions : Stub<"Vgpu instance get encoder sessions.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, inout unsigned int* sessionCount, out nvmlEncoderSessionInfo_t* sessionInfo">]>;
def nvmlVgpuInstanceGetFBCStats : Stub<"Vgpu instance get fbc stats.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, out nvmlFBCStats_t* fbcStats">]>;
def nvmlVgpuInstanceGetFBCSessions : Stub<"Vgpu instance get fbc sessions.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, inout unsigned int* sessionCount, out nvmlFBCSessionInfo_t* sessionInfo">]>;
def nvmlVgpuInstanceGetGpuInstanceId : Stub<"Vgpu instance get gpu instance id.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, out unsigned int* gpuInstanceId">]>;
def nvmlVgpuInstanceGetGpuPciId : Stub<"Vgpu instance get gpu pci id.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, out char* vgpuPciId, out unsigned int* length">]>;
def nvmlVgpuTypeGetCapabilities : Stub<"Vgpu type get capabilities.",
    [Version<"", 0, "nvmlVgpuTypeId_t vgpuTypeId, nvmlVgpuCapability_t capability, out unsigned int* capResult">]>;
def nvmlVgpuInstanceGetMdevUUID : Stub<"Vgpu instance get mdev uuid.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, out char* mdevUuid, unsigned int size">]>;
def nvmlGpuInstanceGetCreatableVgpus : Stub<"Gpu instance get creatable vgpus.",
    [Version<"", 0, "nvmlGpuInstance_t gpuInstance, out nvmlVgpuTypeIdInfo_t* pVgpus">]>;
def nvmlVgpuTypeGetMaxInstancesPerGpuInstance : Stub<"Vgpu type get max instances per gpu instance.",
    [Version<"", 0, "out nvmlVgpuTypeMaxInstance_t* pMaxInstance">]>;
def nvmlGpuInstanceGetActiveVgpus : Stub<"Gpu instance get active vgpus.",
    [Version<"", 0, "nvmlGpuInstance_t gpuInstance, out nvmlActiveVgpuInstanceInfo_t* pVgpuInstanceInfo">]>;
def nvmlGpuInstanceSetVgpuSchedulerState : Stub<"Gpu instance set vgpu scheduler state.",
    [Version<"", 0, "nvmlGpuInstance_t gpuInstance, out nvmlVgpuSchedulerState_t* pScheduler">]>;
def nvmlGpuInstanceGetVgpuSchedulerState : Stub<"Gpu instance get vgpu scheduler state.",
    [Version<"", 0, "nvmlGpuInstance_t gpuInstance, out nvmlVgpuSchedulerStateInfo_t* pSchedulerStateInfo">]>;
def nvmlGpuInstanceGetVgpuSchedulerLog : Stub<"Gpu instance get vgpu scheduler log.",
    [Version<"", 0, "nvmlGpuInstance_t gpuInstance, out nvmlVgpuSchedulerLogInfo_t* pSchedulerLogInfo">]>;
def nvmlGpuInstanceGetVgpuTypeCreatablePlacements : Stub<"Gpu instance get vgpu type creatable placements.",
    [Version<"", 0, "nvmlGpuInstance_t gpuInstance, out nvmlVgpuCreatablePlacementInfo_t* pCreatablePlacementInfo">]>;
def nvmlGpuInstanceGetVgpuHeterogeneousMode : Stub<"Gpu instance get vgpu heterogeneous mode.",
    [Version<"", 0, "nvmlGpuInstance_t gpuInstance, out nvmlVgpuHeterogeneousMode_t* pHeterogeneousMode">]>;
def nvmlGpuInstanceSetVgpuHeterogeneousMode : Stub<"Gpu instance set vgpu heterogeneous mode.",
    [Version<"", 0, "nvmlGpuInstance_t gpuInstance, const nvmlVgpuHeterogeneousMode_t* pHeterogeneousMode">]>;
def nvmlVgpuInstanceGetMetadata : Stub<"Vgpu instance get metadata.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, out nvmlVgpuMetadata_t* vgpuMetadata, inout unsigned int* bufferSize">]>;
def nvmlDeviceGetVgpuMetadata : Stub<"Gives the vgpu metadata of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlVgpuPgpuMetadata_t* pgpuMetadata, inout unsigned int* bufferSize">]>;
def nvmlGetVgpuCompatibility : Stub<"Gives the vgpu compatibility.",
    [Version<"", 0, "out nvmlVgpuMetadata_t* vgpuMetadata, out nvmlVgpuPgpuMetadata_t* pgpuMetadata, out nvmlVgpuPgpuCompatibility_t* compatibilityInfo">]>;
def nvmlDeviceGetVgpuSchedulerLog : Stub<"Gives the vgpu scheduler log of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlVgpuSchedulerLog_t* pSchedulerLog">]>;
def nvmlDeviceGetVgpuSchedulerState : Stub<"Gives the vgpu scheduler state of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlVgpuSchedulerGetState_t* pSchedulerState">]>;
def nvmlDeviceGetVgpuSchedulerCapabilities : Stub<"Gives the vgpu scheduler capabilities of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlVgpuSchedulerCapabilities_t* pCapabilities">]>;
def nvmlDeviceSetVgpuSchedulerState : Stub<"Sets the vgpu scheduler state of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlVgpuSchedulerSetState_t* pSchedulerState">]>;
def nvmlGetVgpuVersion : Stub<"Gives the vgpu version.",
    [Version<"", 0, "out nvmlVgpuVersion_t* supported, out nvmlVgpuVersion_t* current">]>;
def nvmlSetVgpuVersion : Stub<"Sets the vgpu version.",
    [Version<"", 0, "out nvmlVgpuVersion_t* vgpuVersion">]>;
def nvmlDeviceGetVgpuUtilization : Stub<"Gives the vgpu utilization of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned long long lastSeenTimeStamp, out nvmlValueType_t* sampleValType, inout unsigned int* vgpuInstanceSamplesCount, out nvmlVgpuInstanceUtilizationSample_t* utilizationSamples">]>;
def nvmlDeviceGetVgpuInstancesUtilizationInfo : Stub<"Gives the vgpu instances utilization info of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlVgpuInstancesUtilizationInfo_t* vgpuUtilInfo">]>;
def nvmlDeviceGetVgpuProcessUtilization : Stub<"Gives the vgpu process utilization of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned long long lastSeenTimeStamp, inout unsigned int* vgpuProcessSamplesCount, out nvmlVgpuProcessUtilizationSample_t* utilizationSamples">]>;
def nvmlDeviceGetVgpuProcessesUtilizationInfo : Stub<"Gives the vgpu processes utilization info of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlVgpuProcessesUtilizationInfo_t* vgpuProcUtilInfo">]>;
def nvmlVgpuInstanceGetAccountingMode : Stub<"Vgpu instance get accounting mode.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, out nvmlEnableState_t* mode">]>;
def nvmlVgpuInstanceGetAccountingPids : Stub<"Vgpu instance get accounting pids.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, inout unsigned int* count, out unsigned int* pids">]>;
def nvmlVgpuInstanceGetAccountingStats : Stub<"Vgpu instance get accounting stats.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, unsigned int pid, out nvmlAccountingStats_t* stats">]>;
def nvmlVgpuInstanceClearAccountingPids : Stub<"Vgpu instance clear accounting pids.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance">]>;
def nvmlVgpuInstanceGetLicenseInfo : Stub<"Vgpu instance get license info.",
    [Version<"", 0, "nvmlVgpuInstance_t vgpuInstance, out nvmlVgpuLicenseInfo_t* licenseInfo">,
    Version<"_v2", 0, "nvmlVgpuInstance_t vgpuInstance, out nvmlVgpuLicenseInfo_t* licenseInfo">]>;

} // Object
