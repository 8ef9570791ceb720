// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Structures and unions of NVML.
include "Base.td"

def nvmlPciInfoExt_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int domain",
  "unsigned int bus",
  "unsigned int device",
  "unsigned int pciDeviceId",
  "unsigned int pciSubSystemId",
  "unsigned int baseClass",
  "unsigned int subClass",
  "char busId[NVML_DEVICE_PCI_BUS_ID_BUFFER_SIZE]"]>;
def nvmlPciInfo_t : Struct<"nvmlPciInfo_st", [
  "char busIdLegacy[NVML_DEVICE_PCI_BUS_ID_BUFFER_V2_SIZE]",
  "unsigned int domain",
  "unsigned int bus",
  "unsigned int device",
  "unsigned int pciDeviceId",
  "unsigned int pciSubSystemId",
  "char busId[NVML_DEVICE_PCI_BUS_ID_BUFFER_SIZE]"]>;
def nvmlEccErrorCounts_t : Struct<"nvmlEccErrorCounts_st", [
  "unsigned long long l1Cache",
  "unsigned long long l2Cache",
  "unsigned long long deviceMemory",
  "unsigned long long registerFile"]>;
def nvmlUtilization_t : Struct<"nvmlUtilization_st", [
  "unsigned int gpu",
  "unsigned int memory"]>;
def nvmlMemory_t : Struct<"nvmlMemory_st", [
  "unsigned long long total",
  "unsigned long long free",
  "unsigned long long used"]>;
def nvmlMemory_v2_t : Struct<"nvmlMemory_v2_st", [
  "unsigned int version",
  "unsigned long long total",
  "unsigned long long reserved",
  "unsigned long long free",
  "unsigned long long used"]>;
def nvmlBAR1Memory_t : Struct<"nvmlBAR1Memory_st", [
  "unsigned long long bar1Total",
  "unsigned long long bar1Free",
  "unsigned long long bar1Used"]>;
def nvmlProcessInfo_v1_t : Struct<"nvmlProcessInfo_v1_st", [
  "unsigned int pid",
  "unsigned long long usedGpuMemory"]>;
def nvmlProcessInfo_v2_t : Struct<"nvmlProcessInfo_v2_st", [
  "unsigned int pid",
  "unsigned long long usedGpuMemory",
  "unsigned int gpuInstanceId",
  "unsigned int computeInstanceId"]>;
def nvmlProcessDetail_v1_t : Struct<"", [
  "unsigned int pid",
  "unsigned long long usedGpuMemory",
  "unsigned int gpuInstanceId",
  "unsigned int computeInstanceId",
  "unsigned long long usedGpuCcProtectedMemory"]>;
def nvmlProcessDetailList_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int mode",
  "unsigned int numProcArrayEntries",
  "nvmlProcessDetail_v1_t* procArray"]>;
def nvmlDeviceAttributes_t : Struct<"nvmlDeviceAttributes_st", [
  "unsigned int multiprocessorCount",
  "unsigned int sharedCopyEngineCount",
  "unsigned int sharedDecoderCount",
  "unsigned int sharedEncoderCount",
  "unsigned int sharedJpegCount",
  "unsigned int sharedOfaCount",
  "unsigned int gpuInstanceSliceCount",
  "unsigned int computeInstanceSliceCount",
  "unsigned long long memorySizeMB"]>;
def nvmlC2cModeInfo_v1_t : Struct<"", [
  "unsigned int isC2cEnabled"]>;
def nvmlDeviceAddressingMode_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int value"]>;
def nvmlRepairStatus_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int bChannelRepairPending",
  "unsigned int bTpcRepairPending"]>;
def nvmlRowRemapperHistogramValues_t : Struct<"nvmlRowRemapperHistogramValues_st", [
  "unsigned int max",
  "unsigned int high",
  "unsigned int partial",
  "unsigned int low",
  "unsigned int none"]>;
def nvmlNvLinkUtilizationControl_t : Struct<"nvmlNvLinkUtilizationControl_st", [
  "nvmlNvLinkUtilizationCountUnits_t units",
  "nvmlNvLinkUtilizationCountPktTypes_t pktfilter"]>;
def nvmlBridgeChipInfo_t : Struct<"nvmlBridgeChipInfo_st", [
  "nvmlBridgeChipType_t type",
  "unsigned int fwVersion"]>;
def nvmlBridgeChipHierarchy_t : Struct<"nvmlBridgeChipHierarchy_st", [
  "unsigned char bridgeCount",
  "nvmlBridgeChipInfo_t bridgeChipInfo[NVML_MAX_PHYSICAL_BRIDGE]"]>;
def nvmlValue_t : Union<"nvmlValue_st", [
  "double dVal",
  "int siVal",
  "unsigned int uiVal",
  "unsigned long ulVal",
  "unsigned long long ullVal",
  "signed long long sllVal",
  "unsigned short usVal"]>;
def nvmlSample_t : Struct<"nvmlSample_st", [
  "unsigned long long timeStamp",
  "nvmlValue_t sampleValue"]>;
def nvmlViolationTime_t : Struct<"nvmlViolationTime_st", [
  "unsigned long long referenceTime",
  "unsigned long long violationTime"]>;
def nvmlGpuThermalSettings_t : Struct<"", [
  "unsigned int count",
  "struct { nvmlThermalController_t controller; int defaultMinTemp; int defaultMaxTemp; int currentTemp; nvmlThermalTarget_t target; } sensor[NVML_MAX_THERMAL_SENSORS_PER_GPU]"]>;
def nvmlCoolerInfo_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int index",
  "nvmlCoolerControl_t signalType",
  "nvmlCoolerTarget_t target"]>;
def nvmlUUIDValue_t : Union<"", [
  "char str[NVML_DEVICE_UUID_ASCII_LEN]",
  "unsigned char bytes[NVML_DEVICE_UUID_BINARY_LEN]"]>;
def nvmlUUID_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int type",
  "nvmlUUIDValue_t value"]>;
def nvmlPdi_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned long long value"]>;
def nvmlDramEncryptionInfo_v1_t : Struct<"", [
  "unsigned int version",
  "nvmlEnableState_t encryptionState"]>;
def nvmlMarginTemperature_v1_t : Struct<"", [
  "unsigned int version",
  "int marginTemperature"]>;
def nvmlClkMonFaultInfo_t : Struct<"nvmlClkMonFaultInfo_struct", [
  "unsigned int clkApiDomain",
  "unsigned int clkDomainFaultMask"]>;
def nvmlClkMonStatus_t : Struct<"nvmlClkMonStatus_status", [
  "unsigned int bGlobalStatus",
  "unsigned int clkMonListSize",
  "nvmlClkMonFaultInfo_t clkMonList[MAX_CLK_DOMAINS]"]>;
def nvmlClockOffset_v1_t : Struct<"", [
  "unsigned int version",
  "nvmlClockType_t type",
  "nvmlPstates_t pstate",
  "int clockOffsetMHz",
  "int minClockOffsetMHz",
  "int maxClockOffsetMHz"]>;
def nvmlFanSpeedInfo_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int fan",
  "unsigned int speed"]>;
def nvmlDevicePerfModes_v1_t : Struct<"", [
  "unsigned int version",
  "char str[NVML_PERF_MODES_BUFFER_SIZE]"]>;
def nvmlDeviceCurrentClockFreqs_v1_t : Struct<"", [
  "unsigned int version",
  "char str[NVML_PERF_MODES_BUFFER_SIZE]"]>;
def nvmlDevicePowerMizerModes_v1_t : Struct<"", [
  "unsigned int currentMode",
  "unsigned int mode",
  "unsigned int supportedPowerMizerModes"]>;
def nvmlProcessUtilizationSample_t : Struct<"nvmlProcessUtilizationSample_st", [
  "unsigned int pid",
  "unsigned long long timeStamp",
  "unsigned int smUtil",
  "unsigned int memUtil",
  "unsigned int encUtil",
  "unsigned int decUtil"]>;
def nvmlProcessUtilizationInfo_v1_t : Struct<"", [
  "unsigned long long timeStamp",
  "unsigned int pid",
  "unsigned int smUtil",
  "unsigned int memUtil",
  "unsigned int encUtil",
  "unsigned int decUtil",
  "unsigned int jpgUtil",
  "unsigned int ofaUtil"]>;
def nvmlProcessesUtilizationInfo_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int processSamplesCount",
  "unsigned long long lastSeenTimeStamp",
  "nvmlProcessUtilizationInfo_v1_t* procUtilArray"]>;
def nvmlEccSramErrorStatus_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned long long aggregateUncParity",
  "unsigned long long aggregateUncSecDed",
  "unsigned long long aggregateCor",
  "unsigned long long volatileUncParity",
  "unsigned long long volatileUncSecDed",
  "unsigned long long volatileCor",
  "unsigned long long aggregateUncBucketL2",
  "unsigned long long aggregateUncBucketSm",
  "unsigned long long aggregateUncBucketPcie",
  "unsigned long long aggregateUncBucketMcu",
  "unsigned long long aggregateUncBucketOther",
  "unsigned int bThresholdExceeded"]>;
def nvmlPlatformInfo_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned char ibGuid[16]",
  "unsigned char rackGuid[16]",
  "unsigned char chassisPhysicalSlotNumber",
  "unsigned char computeSlotIndex",
  "unsigned char nodeIndex",
  "unsigned char peerType",
  "unsigned char moduleId"]>;
def nvmlPlatformInfo_v2_t : Struct<"", [
  "unsigned int version",
  "unsigned char ibGuid[16]",
  "unsigned char chassisSerialNumber[16]",
  "unsigned char slotNumber",
  "unsigned char trayIndex",
  "unsigned char hostId",
  "unsigned char peerType",
  "unsigned char moduleId"]>;
def nvmlHostname_v1_t : Struct<"", [
  "char value[NVML_DEVICE_HOSTNAME_BUFFER_SIZE]"]>;
def nvmlEccSramUniqueUncorrectedErrorEntry_v1_t : Struct<"", [
  "unsigned int unit",
  "unsigned int location",
  "unsigned int sublocation",
  "unsigned int extlocation",
  "unsigned int address",
  "unsigned int isParity",
  "unsigned int count"]>;
def nvmlEccSramUniqueUncorrectedErrorCounts_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int entryCount",
  "nvmlEccSramUniqueUncorrectedErrorEntry_v1_t* entries"]>;
def nvmlGpuDynamicPstatesInfo_t : Struct<"nvmlGpuDynamicPstatesInfo_st", [
  "unsigned int flags",
  "struct { unsigned int bIsPresent; unsigned int percentage; unsigned int incThreshold; unsigned int decThreshold; } utilization[NVML_MAX_GPU_UTILIZATIONS]"]>;
def nvmlPowerValue_v2_t : Struct<"", [
  "unsigned int version",
  "nvmlPowerScopeType_t powerScope",
  "unsigned int powerValueMw"]>;
def nvmlVgpuHeterogeneousMode_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int mode"]>;
def nvmlVgpuPlacementId_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int placementId"]>;
def nvmlVgpuPlacementList_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int placementSize",
  "unsigned int count",
  "unsigned int* placementIds"]>;
def nvmlVgpuPlacementList_v2_t : Struct<"", [
  "unsigned int version",
  "unsigned int placementSize",
  "unsigned int count",
  "unsigned int* placementIds",
  "unsigned int mode"]>;
def nvmlVgpuTypeBar1Info_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned long long bar1Size"]>;
def nvmlVgpuInstanceUtilizationSample_t : Struct<"nvmlVgpuInstanceUtilizationSample_st", [
  "nvmlVgpuInstance_t vgpuInstance",
  "unsigned long long timeStamp",
  "nvmlValue_t smUtil",
  "nvmlValue_t memUtil",
  "nvmlValue_t encUtil",
  "nvmlValue_t decUtil"]>;
def nvmlVgpuInstanceUtilizationInfo_v1_t : Struct<"", [
  "unsigned long long timeStamp",
  "nvmlVgpuInstance_t vgpuInstance",
  "nvmlValue_t smUtil",
  "nvmlValue_t memUtil",
  "nvmlValue_t encUtil",
  "nvmlValue_t decUtil",
  "nvmlValue_t jpgUtil",
  "nvmlValue_t ofaUtil"]>;
def nvmlVgpuInstancesUtilizationInfo_v1_t : Struct<"", [
  "unsigned int version",
  "nvmlValueType_t sampleValType",
  "unsigned int vgpuInstanceCount",
  "unsigned long long lastSeenTimeStamp",
  "nvmlVgpuInstanceUtilizationInfo_v1_t* vgpuUtilArray"]>;
def nvmlVgpuProcessUtilizationSample_t : Struct<"nvmlVgpuProcessUtilizationSample_st", [
  "nvmlVgpuInstance_t vgpuInstance",
  "unsigned int pid",
  "char processName[NVML_VGPU_NAME_BUFFER_SIZE]",
  "unsigned long long timeStamp",
  "unsigned int smUtil",
  "unsigned int memUtil",
  "unsigned int encUtil",
  "unsigned int decUtil"]>;
def nvmlVgpuProcessUtilizationInfo_v1_t : Struct<"", [
  "char processName[NVML_VGPU_NAME_BUFFER_SIZE]",
  "unsigned long long timeStamp",
  "nvmlVgpuInstance_t vgpuInstance",
  "unsigned int pid",
  "unsigned int smUtil",
  "unsigned int memUtil",
  "unsigned int encUtil",
  "unsigned int decUtil",
  "unsigned int jpgUtil",
  "unsigned int ofaUtil"]>;
def nvmlVgpuProcessesUtilizationInfo_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int vgpuProcessCount",
  "unsigned long long lastSeenTimeStamp",
  "nvmlVgpuProcessUtilizationInfo_v1_t* vgpuProcUtilArray"]>;
def nvmlVgpuRuntimeState_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned long long size"]>;
def nvmlVgpuSchedulerParams_t : Union<"", [
  "struct { unsigned int avgFactor; unsigned int timeslice; } vgpuSchedDataWithARR",
  "struct { unsigned int timeslice; } vgpuSchedData"]>;
def nvmlVgpuSchedulerLogEntry_t : Struct<"nvmlVgpuSchedulerLogEntries_st", [
  "unsigned long long timestamp",
  "unsigned long long timeRunTotal",
  "unsigned long long timeRun",
  "unsigned int swRunlistId",
  "unsigned long long targetTimeSlice",
  "unsigned long long cumulativePreemptionTime"]>;
def nvmlVgpuSchedulerLog_t : Struct<"nvmlVgpuSchedulerLog_st", [
  "unsigned int engineId",
  "unsigned int schedulerPolicy",
  "unsigned int arrMode",
  "nvmlVgpuSchedulerParams_t schedulerParams",
  "unsigned int entriesCount",
  "nvmlVgpuSchedulerLogEntry_t logEntries[NVML_SCHEDULER_SW_MAX_LOG_ENTRIES]"]>;
def nvmlVgpuSchedulerGetState_t : Struct<"nvmlVgpuSchedulerGetState_st", [
  "unsigned int schedulerPolicy",
  "unsigned int arrMode",
  "nvmlVgpuSchedulerParams_t schedulerParams"]>;
def nvmlVgpuSchedulerSetParams_t : Union<"", [
  "struct { unsigned int avgFactor; unsigned int frequency; } vgpuSchedDataWithARR",
  "struct { unsigned int timeslice; } vgpuSchedData"]>;
def nvmlVgpuSchedulerSetState_t : Struct<"nvmlVgpuSchedulerSetState_st", [
  "unsigned int schedulerPolicy",
  "unsigned int enableARRMode",
  "nvmlVgpuSchedulerSetParams_t schedulerParams"]>;
def nvmlVgpuSchedulerCapabilities_t : Struct<"nvmlVgpuSchedulerCapabilities_st", [
  "unsigned int supportedSchedulers[NVML_SUPPORTED_VGPU_SCHEDULER_POLICY_COUNT]",
  "unsigned int maxTimeslice",
  "unsigned int minTimeslice",
  "unsigned int isArrModeSupported",
  "unsigned int maxFrequencyForARR",
  "unsigned int minFrequencyForARR",
  "unsigned int maxAvgFactorForARR",
  "unsigned int minAvgFactorForARR"]>;
def nvmlVgpuLicenseExpiry_t : Struct<"nvmlVgpuLicenseExpiry_st", [
  "unsigned int year",
  "unsigned short month",
  "unsigned short day",
  "unsigned short hour",
  "unsigned short min",
  "unsigned short sec",
  "unsigned char status"]>;
def nvmlVgpuLicenseInfo_t : Struct<"nvmlVgpuLicenseInfo_st", [
  "unsigned char isLicensed",
  "nvmlVgpuLicenseExpiry_t licenseExpiry",
  "unsigned int currentState"]>;
def nvmlGridLicenseExpiry_t : Struct<"nvmlGridLicenseExpiry_st", [
  "unsigned int year",
  "unsigned short month",
  "unsigned short day",
  "unsigned short hour",
  "unsigned short min",
  "unsigned short sec",
  "unsigned char status"]>;
def nvmlGridLicensableFeature_t : Struct<"nvmlGridLicensableFeature_st", [
  "nvmlGridLicenseFeatureCode_t featureCode",
  "unsigned int featureState",
  "char licenseInfo[NVML_GRID_LICENSE_BUFFER_SIZE]",
  "char productName[NVML_GRID_LICENSE_BUFFER_SIZE]",
  "unsigned int featureEnabled",
  "nvmlGridLicenseExpiry_t licenseExpiry"]>;
def nvmlGridLicensableFeatures_t : Struct<"nvmlGridLicensableFeatures_st", [
  "int isGridLicenseSupported",
  "unsigned int licensableFeaturesCount",
  "nvmlGridLicensableFeature_t gridLicensableFeatures[NVML_GRID_LICENSE_FEATURE_MAX_COUNT]"]>;
def nvmlVgpuTypeIdInfo_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int vgpuCount",
  "nvmlVgpuTypeId_t* vgpuTypeIds"]>;
def nvmlVgpuTypeMaxInstance_v1_t : Struct<"", [
  "unsigned int version",
  "nvmlVgpuTypeId_t vgpuTypeId",
  "unsigned int maxInstancePerGI"]>;
def nvmlActiveVgpuInstanceInfo_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int vgpuCount",
  "nvmlVgpuInstance_t* vgpuInstances"]>;
def nvmlVgpuSchedulerState_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int engineId",
  "unsigned int schedulerPolicy",
  "unsigned int enableARRMode",
  "nvmlVgpuSchedulerSetParams_t schedulerParams"]>;
def nvmlVgpuSchedulerStateInfo_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int engineId",
  "unsigned int schedulerPolicy",
  "unsigned int arrMode",
  "nvmlVgpuSchedulerParams_t schedulerParams"]>;
def nvmlVgpuSchedulerLogInfo_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int engineId",
  "unsigned int schedulerPolicy",
  "unsigned int arrMode",
  "nvmlVgpuSchedulerParams_t schedulerParams",
  "unsigned int entriesCount",
  "nvmlVgpuSchedulerLogEntry_t logEntries[NVML_SCHEDULER_SW_MAX_LOG_ENTRIES]"]>;
def nvmlVgpuCreatablePlacementInfo_v1_t : Struct<"", [
  "unsigned int version",
  "nvmlVgpuTypeId_t vgpuTypeId",
  "unsigned int count",
  "unsigned int* placementIds",
  "unsigned int placementSize"]>;
def nvmlNvLinkPowerThres_t : Struct<"nvmlNvLinkPowerThres_st", [
  "unsigned int lowPwrThreshold"]>;
def nvmlFieldValue_t : Struct<"nvmlFieldValue_st", [
  "unsigned int fieldId",
  "unsigned int scopeId",
  "long long timestamp",
  "long long latencyUsec",
  "nvmlValueType_t valueType",
  "nvmlReturn_t nvmlReturn",
  "nvmlValue_t value"]>;
def nvmlHwbcEntry_t : Struct<"nvmlHwbcEntry_st", [
  "unsigned int hwbcId",
  "char firmwareVersion[32]"]>;
def nvmlLedState_t : Struct<"nvmlLedState_st", [
  "char cause[256]",
  "nvmlLedColor_t color"]>;
def nvmlUnitInfo_t : Struct<"nvmlUnitInfo_st", [
  "char name[96]",
  "char id[96]",
  "char serial[96]",
  "char firmwareVersion[96]"]>;
def nvmlPSUInfo_t : Struct<"nvmlPSUInfo_st", [
  "char state[256]",
  "unsigned int current",
  "unsigned int voltage",
  "unsigned int power"]>;
def nvmlUnitFanInfo_t : Struct<"nvmlUnitFanInfo_st", [
  "unsigned int speed",
  "nvmlFanState_t state"]>;
def nvmlUnitFanSpeeds_t : Struct<"nvmlUnitFanSpeeds_st", [
  "nvmlUnitFanInfo_t fans[24]",
  "unsigned int count"]>;
def nvmlEventData_t : Struct<"nvmlEventData_st", [
  "nvmlDevice_t device",
  "unsigned long long eventType",
  "unsigned long long eventData",
  "unsigned int gpuInstanceId",
  "unsigned int computeInstanceId"]>;
def nvmlSystemEventSetCreateRequest_v1_t : Struct<"", [
  "unsigned int version",
  "nvmlSystemEventSet_t set"]>;
def nvmlSystemEventSetFreeRequest_v1_t : Struct<"", [
  "unsigned int version",
  "nvmlSystemEventSet_t set"]>;
def nvmlSystemRegisterEventRequest_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned long long eventTypes",
  "nvmlSystemEventSet_t set"]>;
def nvmlSystemEventData_v1_t : Struct<"", [
  "unsigned long long eventType",
  "unsigned int gpuId"]>;
def nvmlSystemEventSetWaitRequest_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int timeoutms",
  "nvmlSystemEventSet_t set",
  "nvmlSystemEventData_v1_t* data",
  "unsigned int dataSize",
  "unsigned int numEvent"]>;
def nvmlAccountingStats_t : Struct<"nvmlAccountingStats_st", [
  "unsigned int gpuUtilization",
  "unsigned int memoryUtilization",
  "unsigned long long maxMemoryUsage",
  "unsigned long long time",
  "unsigned long long startTime",
  "unsigned int isRunning",
  "unsigned int reserved[5]"]>;
def nvmlEncoderSessionInfo_t : Struct<"nvmlEncoderSessionInfo_st", [
  "unsigned int sessionId",
  "unsigned int pid",
  "nvmlVgpuInstance_t vgpuInstance",
  "nvmlEncoderType_t codecType",
  "unsigned int hResolution",
  "unsigned int vResolution",
  "unsigned int averageFps",
  "unsigned int averageLatency"]>;
def nvmlFBCStats_t : Struct<"nvmlFBCStats_st", [
  "unsigned int sessionsCount",
  "unsigned int averageFPS",
  "unsigned int averageLatency"]>;
def nvmlFBCSessionInfo_t : Struct<"nvmlFBCSessionInfo_st", [
  "unsigned int sessionId",
  "unsigned int pid",
  "nvmlVgpuInstance_t vgpuInstance",
  "unsigned int displayOrdinal",
  "nvmlFBCSessionType_t sessionType",
  "unsigned int sessionFlags",
  "unsigned int hMaxResolution",
  "unsigned int vMaxResolution",
  "unsigned int hResolution",
  "unsigned int vResolution",
  "unsigned int averageFPS",
  "unsigned int averageLatency"]>;
def nvmlConfComputeSystemCaps_t : Struct<"nvmlConfComputeSystemCaps_st", [
  "unsigned int cpuCaps",
  "unsigned int gpusCaps"]>;
def nvmlConfComputeSystemState_t : Struct<"nvmlConfComputeSystemState_st", [
  "unsigned int environment",
  "unsigned int ccFeature",
  "unsigned int devToolsMode"]>;
def nvmlSystemConfComputeSettings_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int environment",
  "unsigned int ccFeature",
  "unsigned int devToolsMode",
  "unsigned int multiGpuMode"]>;
def nvmlConfComputeMemSizeInfo_t : Struct<"nvmlConfComputeMemSizeInfo_st", [
  "unsigned long long protectedMemSizeKib",
  "unsigned long long unprotectedMemSizeKib"]>;
def nvmlConfComputeGpuCertificate_t : Struct<"nvmlConfComputeGpuCertificate_st", [
  "unsigned int certChainSize",
  "unsigned int attestationCertChainSize",
  "unsigned char certChain[NVML_GPU_CERT_CHAIN_SIZE]",
  "unsigned char attestationCertChain[NVML_GPU_ATTESTATION_CERT_CHAIN_SIZE]"]>;
def nvmlConfComputeGpuAttestationReport_t : Struct<"nvmlConfComputeGpuAttestationReport_st", [
  "unsigned int isCecAttestationReportPresent",
  "unsigned int attestationReportSize",
  "unsigned int cecAttestationReportSize",
  "unsigned char nonce[NVML_CC_GPU_CEC_NONCE_SIZE]",
  "unsigned char attestationReport[NVML_CC_GPU_ATTESTATION_REPORT_SIZE]",
  "unsigned char cecAttestationReport[NVML_CC_GPU_CEC_ATTESTATION_REPORT_SIZE]"]>;
def nvmlConfComputeSetKeyRotationThresholdInfo_v1_t : Struct<"nvmlConfComputeSetKeyRotationThresholdInfo_st", [
  "unsigned int version",
  "unsigned long long maxAttackerAdvantage"]>;
def nvmlConfComputeGetKeyRotationThresholdInfo_v1_t : Struct<"nvmlConfComputeGetKeyRotationThresholdInfo_st", [
  "unsigned int version",
  "unsigned long long attackerAdvantage"]>;
def nvmlGpuFabricInfo_t : Struct<"", [
  "unsigned char clusterUuid[NVML_GPU_FABRIC_UUID_LEN]",
  "nvmlReturn_t status",
  "unsigned int cliqueId",
  "nvmlGpuFabricState_t state"]>;
def nvmlGpuFabricInfo_v2_t : Struct<"", [
  "unsigned int version",
  "unsigned char clusterUuid[NVML_GPU_FABRIC_UUID_LEN]",
  "nvmlReturn_t status",
  "unsigned int cliqueId",
  "nvmlGpuFabricState_t state",
  "unsigned int healthMask"]>;
def nvmlGpuFabricInfo_v3_t : Struct<"", [
  "unsigned int version",
  "unsigned char clusterUuid[NVML_GPU_FABRIC_UUID_LEN]",
  "nvmlReturn_t status",
  "unsigned int cliqueId",
  "nvmlGpuFabricState_t state",
  "unsigned int healthMask",
  "unsigned char healthSummary"]>;
def nvmlSystemDriverBranchInfo_v1_t : Struct<"", [
  "unsigned int version",
  "char branch[NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE]"]>;
def nvmlTemperature_v1_t : Struct<"", [
  "unsigned int version",
  "nvmlTemperatureSensors_t sensorType",
  "int temperature"]>;
def nvmlNvlinkSupportedBwModes_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned char bwModes[NVML_NVLINK_TOTAL_SUPPORTED_BW_MODES]",
  "unsigned char totalBwModes"]>;
def nvmlNvlinkGetBwMode_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int bIsBest",
  "unsigned char bwMode"]>;
def nvmlNvlinkSetBwMode_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int bSetBest",
  "unsigned char bwMode"]>;
def nvmlNvLinkInfo_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int isNvleEnabled"]>;
def nvmlNvlinkFirmwareVersion_t : Struct<"", [
  "unsigned char ucodeType",
  "unsigned int major",
  "unsigned int minor",
  "unsigned int subMinor"]>;
def nvmlNvlinkFirmwareInfo_t : Struct<"", [
  "nvmlNvlinkFirmwareVersion_t firmwareVersion[NVML_NVLINK_FIRMWARE_VERSION_LENGTH]",
  "unsigned int numValidEntries"]>;
def nvmlNvLinkInfo_v2_t : Struct<"", [
  "unsigned int version",
  "unsigned int isNvleEnabled",
  "nvmlNvlinkFirmwareInfo_t firmwareInfo"]>;
def nvmlVgpuVersion_t : Struct<"nvmlVgpuVersion_st", [
  "unsigned int minVersion",
  "unsigned int maxVersion"]>;
def nvmlVgpuMetadata_t : Struct<"nvmlVgpuMetadata_st", [
  "unsigned int version",
  "unsigned int revision",
  "nvmlVgpuGuestInfoState_t guestInfoState",
  "char guestDriverVersion[NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE]",
  "char hostDriverVersion[NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE]",
  "unsigned int reserved[6]",
  "unsigned int vgpuVirtualizationCaps",
  "unsigned int guestVgpuVersion",
  "unsigned int opaqueDataSize",
  "char opaqueData[4]"]>;
def nvmlVgpuPgpuMetadata_t : Struct<"nvmlVgpuPgpuMetadata_st", [
  "unsigned int version",
  "unsigned int revision",
  "char hostDriverVersion[NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE]",
  "unsigned int pgpuVirtualizationCaps",
  "unsigned int reserved[5]",
  "nvmlVgpuVersion_t hostSupportedVgpuRange",
  "unsigned int opaqueDataSize",
  "char opaqueData[4]"]>;
def nvmlVgpuPgpuCompatibility_t : Struct<"nvmlVgpuPgpuCompatibility_st", [
  "nvmlVgpuVmCompatibility_t vgpuVmCompatibility",
  "nvmlVgpuPgpuCompatibilityLimitCode_t compatibilityLimitCode"]>;
def nvmlExcludedDeviceInfo_t : Struct<"nvmlExcludedDeviceInfo_st", [
  "nvmlPciInfo_t pciInfo",
  "char uuid[NVML_DEVICE_UUID_BUFFER_SIZE]"]>;
def nvmlPRMTLV_v1_t : Struct<"", [
  "unsigned dataSize",
  "unsigned status",
  "union { unsigned char inData[NVML_PRM_DATA_MAX_SIZE]; unsigned char outData[NVML_PRM_DATA_MAX_SIZE]; }"]>;
def nvmlGpuInstancePlacement_t : Struct<"nvmlGpuInstancePlacement_st", [
  "unsigned int start",
  "unsigned int size"]>;
def nvmlGpuInstanceProfileInfo_t : Struct<"nvmlGpuInstanceProfileInfo_st", [
  "unsigned int id",
  "unsigned int isP2pSupported",
  "unsigned int sliceCount",
  "unsigned int instanceCount",
  "unsigned int multiprocessorCount",
  "unsigned int copyEngineCount",
  "unsigned int decoderCount",
  "unsigned int encoderCount",
  "unsigned int jpegCount",
  "unsigned int ofaCount",
  "unsigned long long memorySizeMB"]>;
def nvmlGpuInstanceProfileInfo_v2_t : Struct<"nvmlGpuInstanceProfileInfo_v2_st", [
  "unsigned int version",
  "unsigned int id",
  "unsigned int isP2pSupported",
  "unsigned int sliceCount",
  "unsigned int instanceCount",
  "unsigned int multiprocessorCount",
  "unsigned int copyEngineCount",
  "unsigned int decoderCount",
  "unsigned int encoderCount",
  "unsigned int jpegCount",
  "unsigned int ofaCount",
  "unsigned long long memorySizeMB",
  "char name[NVML_DEVICE_NAME_V2_BUFFER_SIZE]"]>;
def nvmlGpuInstanceProfileInfo_v3_t : Struct<"nvmlGpuInstanceProfileInfo_v3_st", [
  "unsigned int version",
  "unsigned int id",
  "unsigned int sliceCount",
  "unsigned int instanceCount",
  "unsigned int multiprocessorCount",
  "unsigned int copyEngineCount",
  "unsigned int decoderCount",
  "unsigned int encoderCount",
  "unsigned int jpegCount",
  "unsigned int ofaCount",
  "unsigned long long memorySizeMB",
  "char name[NVML_DEVICE_NAME_V2_BUFFER_SIZE]",
  "unsigned int capabilities"]>;
def nvmlGpuInstanceInfo_t : Struct<"nvmlGpuInstanceInfo_st", [
  "nvmlDevice_t device",
  "unsigned int id",
  "unsigned int profileId",
  "nvmlGpuInstancePlacement_t placement"]>;
def nvmlComputeInstancePlacement_t : Struct<"nvmlComputeInstancePlacement_st", [
  "unsigned int start",
  "unsigned int size"]>;
def nvmlComputeInstanceProfileInfo_t : Struct<"nvmlComputeInstanceProfileInfo_st", [
  "unsigned int id",
  "unsigned int sliceCount",
  "unsigned int instanceCount",
  "unsigned int multiprocessorCount",
  "unsigned int sharedCopyEngineCount",
  "unsigned int sharedDecoderCount",
  "unsigned int sharedEncoderCount",
  "unsigned int sharedJpegCount",
  "unsigned int sharedOfaCount"]>;
def nvmlComputeInstanceProfileInfo_v2_t : Struct<"nvmlComputeInstanceProfileInfo_v2_st", [
  "unsigned int version",
  "unsigned int id",
  "unsigned int sliceCount",
  "unsigned int instanceCount",
  "unsigned int multiprocessorCount",
  "unsigned int sharedCopyEngineCount",
  "unsigned int sharedDecoderCount",
  "unsigned int sharedEncoderCount",
  "unsigned int sharedJpegCount",
  "unsigned int sharedOfaCount",
  "char name[NVML_DEVICE_NAME_V2_BUFFER_SIZE]"]>;
def nvmlComputeInstanceProfileInfo_v3_t : Struct<"nvmlComputeInstanceProfileInfo_v3_st", [
  "unsigned int version",
  "unsigned int id",
  "unsigned int sliceCount",
  "unsigned int instanceCount",
  "unsigned int multiprocessorCount",
  "unsigned int sharedCopyEngineCount",
  "unsigned int sharedDecoderCount",
  "unsigned int sharedEncoderCount",
  "unsigned int sharedJpegCount",
  "unsigned int sharedOfaCount",
  "char name[NVML_DEVICE_NAME_V2_BUFFER_SIZE]",
  "unsigned int capabilities"]>;
def nvmlComputeInstanceInfo_t : Struct<"nvmlComputeInstanceInfo_st", [
  "nvmlDevice_t device",
  "nvmlGpuInstance_t gpuInstance",
  "unsigned int id",
  "unsigned int profileId",
  "nvmlComputeInstancePlacement_t placement"]>;
def nvmlGpmMetric_t : Struct<"", [
  "unsigned int metricId",
  "nvmlReturn_t nvmlReturn",
  "double value",
  "struct { char* shortName; char* longName; char* unit; } metricInfo"]>;
def nvmlGpmMetricsGet_t : Struct<"", [
  "unsigned int version",
  "unsigned int numMetrics",
  "nvmlGpmSample_t sample1",
  "nvmlGpmSample_t sample2",
  "nvmlGpmMetric_t metrics[NVML_GPM_METRIC_MAX]"]>;
def nvmlGpmSupport_t : Struct<"", [
  "unsigned int version",
  "unsigned int isSupportedDevice"]>;
def nvmlDeviceCapabilities_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int capMask"]>;
def nvmlMask255_t : Struct<"", [
  "unsigned int mask[NVML_255_MASK_NUM_ELEMS]"]>;
def nvmlWorkloadPowerProfileInfo_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int profileId",
  "unsigned int priority",
  "nvmlMask255_t conflictingMask"]>;
def nvmlWorkloadPowerProfileProfilesInfo_v1_t : Struct<"", [
  "unsigned int version",
  "nvmlMask255_t perfProfilesMask",
  "nvmlWorkloadPowerProfileInfo_t perfProfile[NVML_WORKLOAD_POWER_MAX_PROFILES]"]>;
def nvmlWorkloadPowerProfileCurrentProfiles_v1_t : Struct<"", [
  "unsigned int version",
  "nvmlMask255_t perfProfilesMask",
  "nvmlMask255_t requestedProfilesMask",
  "nvmlMask255_t enforcedProfilesMask"]>;
def nvmlWorkloadPowerProfileRequestedProfiles_v1_t : Struct<"", [
  "unsigned int version",
  "nvmlMask255_t requestedProfilesMask"]>;
def nvmlPowerSmoothingProfile_v1_t : Struct<"", [
  "unsigned int version",
  "unsigned int profileId",
  "unsigned int paramId",
  "double value"]>;
def nvmlPowerSmoothingState_v1_t : Struct<"", [
  "unsigned int version",
  "nvmlEnableState_t state"]>;
