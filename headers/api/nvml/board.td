// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "board" in {

def nvmlDeviceGetModuleId : Stub<"Gives the module id of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* moduleId">]>;
def nvmlDeviceGetC2cModeInfoV : Stub<"Gives the c2c mode info v of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlC2cModeInfo_v1_t* c2cModeInfo">]>;
def nvmlDeviceSetCpuAffinity : Stub<"Sets the cpu affinity of a device.",
    [Version<"", 0, "nvmlDevice_t device">]>;
def nvmlDeviceClearCpuAffinity : Stub<"Clears the cpu affinity of a device.",
    [Version<"", 0, "nvmlDevice_t device">]>;
def nvmlDeviceGetNumaNodeId : Stub<"Gives the numa node id of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* node">]>;
def nvmlDeviceGetBoardPartNumber : Stub<"Gives the board part number of a device.",
    [Version<"", 0, "nvmlDevice_t device, out char* partNumber, unsigned int length">]>;
def nvmlDeviceGetInforomVersion : Stub<"Gives the inforom version of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlInforomObject_t object, out char* version, unsigned int length">]>;
def nvmlDeviceGetInforomImageVersion : Stub<"Gives the inforom image version of a device.",
    [Version<"", 0, "nvmlDevice_t device, out char* version, unsigned int length">]>;
def nvmlDeviceGetInforomConfigurationChecksum : Stub<"Gives the inforom configuration checksum of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* checksum">]>;
def nvmlDeviceValidateInforom : Stub<"Device validate inforom.",
    [Version<"", 0, "nvmlDevice_t device">]>;
def nvmlDeviceGetLastBBXFlushTime : Stub<"Gives the last BBX flush time of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned long long* timestamp, out unsigned long* durationUs">]>;
def nvmlDeviceGetMaxPcieLinkGeneration : Stub<"Gives the max pcie link generation of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* maxLinkGen">]>;
def nvmlDeviceGetGpuMaxPcieLinkGeneration : Stub<"Gives the gpu max pcie link generation of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* maxLinkGenDevice">]>;
def nvmlDeviceGetMaxPcieLinkWidth : Stub<"Gives the max pcie link width of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* maxLinkWidth">]>;
def nvmlDeviceGetCurrPcieLinkGeneration : Stub<"Gives the curr pcie link generation of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* currLinkGen">]>;
def nvmlDeviceGetCurrPcieLinkWidth : Stub<"Gives the curr pcie link width of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* currLinkWidth">]>;
def nvmlDeviceGetPcieThroughput : Stub<"Gives the pcie throughput of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlPcieUtilCounter_t counter, out unsigned int* value">]>;
def nvmlDeviceGetPcieReplayCounter : Stub<"Gives the pcie replay counter of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* value">]>;
def nvmlDeviceGetGpuOperationMode : Stub<"Gives the gpu operation mode of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlGpuOperationMode_t* current, out nvmlGpuOperationMode_t* pending">]>;
def nvmlDeviceGetMemoryErrorCounter : Stub<"Gives the memory error counter of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlMemoryErrorType_t errorType, nvmlEccCounterType_t counterType, nvmlMemoryLocation_t locationType, out unsigned long long* count">]>;
def nvmlDeviceGetDriverModel : Stub<"Gives the driver model of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlDriverModel_t* current, out nvmlDriverModel_t* pending">,
    Version<"_v2", 0, "nvmlDevice_t device, out nvmlDriverModel_t* current, out nvmlDriverModel_t* pending">]>;
def nvmlDeviceGetVbiosVersion : Stub<"Gives the vbios version of a device.",
    [Version<"", 0, "nvmlDevice_t device, out char* version, unsigned int length">]>;
def nvmlDeviceGetBridgeChipInfo : Stub<"Gives the bridge chip info of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlBridgeChipHierarchy_t* bridgeHierarchy">]>;
def nvmlDeviceGetAPIRestriction : Stub<"Gives the API restriction of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlRestrictedAPI_t apiType, out nvmlEnableState_t* isRestricted">]>;
def nvmlDeviceGetSamples : Stub<"Gives the samples of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlSamplingType_t type, unsigned long long lastSeenTimeStamp, out nvmlValueType_t* sampleValType, inout unsigned int* sampleCount, out nvmlSample_t* samples">]>;
def nvmlDeviceGetViolationStatus : Stub<"Gives the violation status of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlPerfPolicyType_t perfPolicyType, out nvmlViolationTime_t* violTime">]>;
def nvmlDeviceGetIrqNum : Stub<"Gives the irq num of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* irqNum">]>;
def nvmlDeviceGetPcieLinkMaxSpeed : Stub<"Gives the pcie link max speed of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* maxSpeed">]>;
def nvmlDeviceGetPcieSpeed : Stub<"Gives the pcie speed of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* pcieSpeed">]>;
def nvmlDeviceGetGpuFabricInfo : Stub<"Gives the gpu fabric info of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlGpuFabricInfo_t* gpuFabricInfo">]>;
def nvmlDeviceGetGpuFabricInfoV : Stub<"Gives the gpu fabric info v of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlGpuFabricInfoV_t* gpuFabricInfo">]>;
def nvmlDeviceGetGspFirmwareVersion : Stub<"Gives the gsp firmware version of a device.",
    [Version<"", 0, "nvmlDevice_t device, out char* version">]>;
def nvmlDeviceGetGspFirmwareMode : Stub<"Gives the gsp firmware mode of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* isEnabled, out unsigned int* defaultMode">]>;
def nvmlDeviceGetPlatformInfo : Stub<"Gives the platform info of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlPlatformInfo_t* platformInfo">]>;
def nvmlDeviceGetPdi : Stub<"Gives the pdi of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlPdi_t* pdi">]>;
def nvmlDeviceSetHostname_v1 : Stub<"Sets the hostname of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlHostname_v1_t* hostname">]>;
def nvmlDeviceGetHostname_v1 : Stub<"Gives the hostname of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlHostname_v1_t* hostname">]>;
def nvmlDeviceSetDriverModel : Stub<"Sets the driver model of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlDriverModel_t driverModel, unsigned int flags">]>;
def nvmlDeviceSetGpuOperationMode : Stub<"Sets the gpu operation mode of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlGpuOperationMode_t mode">]>;
def nvmlDeviceSetAPIRestriction : Stub<"Sets the API restriction of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlRestrictedAPI_t apiType, nvmlEnableState_t isRestricted">]>;
def nvmlDeviceModifyDrainState : Stub<"Device modify drain state.",
    [Version<"", 0, "out nvmlPciInfo_t* pciInfo, nvmlEnableState_t newState">]>;
def nvmlDeviceQueryDrainState : Stub<"Device query drain state.",
    [Version<"", 0, "out nvmlPciInfo_t* pciInfo, out nvmlEnableState_t* currentState">]>;
def nvmlDeviceRemoveGpu : Stub<"Device remove gpu.",
    [Version<"", 0, "out nvmlPciInfo_t* pciInfo">,
    Version<"_v2", 0, "out nvmlPciInfo_t* pciInfo, nvmlDetachGpuState_t gpuState, nvmlPcieLinkState_t linkState">]>;
def nvmlDeviceDiscoverGpus : Stub<"Device discover gpus.",
    [Version<"", 0, "out nvmlPciInfo_t* pciInfo">]>;
def nvmlDeviceClearFieldValues : Stub<"Clears the field values of a device.",
    [Version<"", 0, "nvmlDevice_t device, int valuesCount, out nvmlFieldValue_t* values">]>;
def nvmlDeviceSetVirtualizationMode : Stub<"Sets the virtualization mode of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlGpuVirtualizationMode_t virtualMode">]>;
def nvmlDeviceGetPgpuMetadataString : Stub<"Gives the pgpu metadata string of a device.",
    [Version<"", 0, "nvmlDevice_t device, out char* pgpuMetadata, inout unsigned int* bufferSize">]>;
def nvmlGetExcludedDeviceInfoByIndex : Stub<"Gives the excluded device info by index.",
    [Version<"", 0, "unsigned int index, out nvmlExcludedDeviceInfo_t* info">]>;
def nvmlDeviceReadWritePRM_v1 : Stub<"Device read write prm.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlPRMTLV_v1_t* buffer">]>;
def nvmlDeviceGetCapabilities : Stub<"Gives the capabilities of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlDeviceCapabilities_t* caps">]>;

} // Object
