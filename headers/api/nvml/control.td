// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "control" in {

def nvmlUnitGetTemperature : Stub<"Gives the temperature of a unit.",
    [Version<"", 0, "nvmlUnit_t unit, unsigned int type, out unsigned int* temp">]>;
def nvmlUnitGetFanSpeedInfo : Stub<"Gives the fan speed info of a unit.",
    [Version<"", 0, "nvmlUnit_t unit, out nvmlUnitFanSpeeds_t* fanSpeeds">]>;
def nvmlDeviceGetGpcClkVfOffset : Stub<"Gives the gpc clk vf offset of a device.",
    [Version<"", 0, "nvmlDevice_t device, out int* offset">]>;
def nvmlDeviceGetApplicationsClock : Stub<"Gives the applications clock of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlClockType_t clockType, out unsigned int* clockMHz">]>;
def nvmlDeviceGetDefaultApplicationsClock : Stub<"Gives the default applications clock of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlClockType_t clockType, out unsigned int* clockMHz">]>;
def nvmlDeviceGetMaxCustomerBoostClock : Stub<"Gives the max customer boost clock of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlClockType_t clockType, out unsigned int* clockMHz">]>;
def nvmlDeviceGetSupportedMemoryClocks : Stub<"Gives the supported memory clocks of a device.",
    [Version<"", 0, "nvmlDevice_t device, inout unsigned int* count, out unsigned int* clocksMHz">]>;
def nvmlDeviceGetSupportedGraphicsClocks : Stub<"Gives the supported graphics clocks of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int memoryClockMHz, inout unsigned int* count, out unsigned int* clocksMHz">]>;
def nvmlDeviceGetAutoBoostedClocksEnabled : Stub<"Gives the auto boosted clocks enabled of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlEnableState_t* isEnabled, out nvmlEnableState_t* defaultIsEnabled">]>;
def nvmlDeviceGetFanSpeed : Stub<"Gives the fan speed of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* speed">,
    Version<"_v2", 0, "nvmlDevice_t device, unsigned int fan, out unsigned int* speed">]> { let Current = "nvmlDeviceGetFanSpeed"; }
def nvmlDeviceGetTargetFanSpeed : Stub<"Gives the target fan speed of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int fan, out unsigned int* targetSpeed">]>;
def nvmlDeviceGetMinMaxFanSpeed : Stub<"Gives the min max fan speed of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* minSpeed, out unsigned int* maxSpeed">]>;
def nvmlDeviceGetFanControlPolicy : Stub<"Gives the fan control policy of a device.",
    [Version<"_v2", 0, "nvmlDevice_t device, unsigned int fan, out nvmlFanControlPolicy_t* policy">]>;
def nvmlDeviceGetCoolerInfo : Stub<"Gives the cooler info of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlCoolerInfo_t* coolerInfo">]>;
def nvmlDeviceGetMarginTemperature : Stub<"Gives the margin temperature of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlMarginTemperature_t* marginTempInfo">]>;
def nvmlDeviceGetThermalSettings : Stub<"Gives the thermal settings of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int sensorIndex, out nvmlGpuThermalSettings_t* pThermalSettings">]>;
def nvmlDeviceGetDynamicPstatesInfo : Stub<"Gives the dynamic pstates info of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlGpuDynamicPstatesInfo_t* pDynamicPstatesInfo">]>;
def nvmlDeviceGetMemClkVfOffset : Stub<"Gives the mem clk vf offset of a device.",
    [Version<"", 0, "nvmlDevice_t device, out int* offset">]>;
def nvmlDeviceGetMinMaxClockOfPState : Stub<"Gives the min max clock of p state of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlClockType_t type, nvmlPstates_t pstate, out unsigned int* minClockMHz, out unsigned int* maxClockMHz">]>;
def nvmlDeviceGetSupportedPerformanceStates : Stub<"Gives the supported performance states of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlPstates_t* pstates, unsigned int size">]>;
def nvmlDeviceGetGpcClkMinMaxVfOffset : Stub<"Gives the gpc clk min max vf offset of a device.",
    [Version<"", 0, "nvmlDevice_t device, out int* minOffset, out int* maxOffset">]>;
def nvmlDeviceGetMemClkMinMaxVfOffset : Stub<"Gives the mem clk min max vf offset of a device.",
    [Version<"", 0, "nvmlDevice_t device, out int* minOffset, out int* maxOffset">]>;
def nvmlDeviceGetClockOffsets : Stub<"Gives the clock offsets of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlClockOffset_t* info">]>;
def nvmlDeviceSetClockOffsets : Stub<"Sets the clock offsets of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlClockOffset_t* info">]>;
def nvmlDeviceGetPerformanceModes : Stub<"Gives the performance modes of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlDevicePerfModes_t* perfModes">]>;
def nvmlDeviceGetCurrentClockFreqs : Stub<"Gives the current clock freqs of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlDeviceCurrentClockFreqs_t* currentClockFreqs">]>;
def nvmlDeviceGetPowerManagementLimitConstraints : Stub<"Gives the power management limit constraints of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* minLimit, out unsigned int* maxLimit">]>;
def nvmlDeviceGetPowerManagementDefaultLimit : Stub<"Gives the power management default limit of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* defaultLimit">]>;
def nvmlDeviceGetPowerMizerMode_v1 : Stub<"Gives the power mizer mode of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlDevicePowerMizerModes_v1_t* powerMizerMode">]>;
def nvmlDeviceSetPowerMizerMode_v1 : Stub<"Sets the power mizer mode of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlDevicePowerMizerModes_v1_t* powerMizerMode">]>;
def nvmlDeviceGetPowerSource : Stub<"Gives the power source of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlPowerSource_t* powerSource">]>;
def nvmlDeviceGetAdaptiveClockInfoStatus : Stub<"Gives the adaptive clock info status of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* adaptiveClockStatus">]>;
def nvmlDeviceSetPowerManagementLimit : Stub<"Sets the power management limit of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int limit">,
    Version<"_v2", 0, "nvmlDevice_t device, out nvmlPowerValue_v2_t* powerValue">]> { let Current = "nvmlDeviceSetPowerManagementLimit"; }
def nvmlDeviceGetClkMonStatus : Stub<"Gives the clk mon status of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlClkMonStatus_t* status">]>;
def nvmlDeviceSetGpuLockedClocks : Stub<"Sets the gpu locked clocks of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int minGpuClockMHz, unsigned int maxGpuClockMHz">]>;
def nvmlDeviceResetGpuLockedClocks : Stub<"Resets the gpu locked clocks of a device.",
    [Version<"", 0, "nvmlDevice_t device">]>;
def nvmlDeviceSetMemoryLockedClocks : Stub<"Sets the memory locked clocks of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int minMemClockMHz, unsigned int maxMemClockMHz">]>;
def nvmlDeviceResetMemoryLockedClocks : Stub<"Resets the memory locked clocks of a device.",
    [Version<"", 0, "nvmlDevice_t device">]>;
def nvmlDeviceSetApplicationsClocks : Stub<"Sets the applications clocks of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int memClockMHz, unsigned int graphicsClockMHz">]>;
def nvmlDeviceResetApplicationsClocks : Stub<"Resets the applications clocks of a device.",
    [Version<"", 0, "nvmlDevice_t device">]>;
def nvmlDeviceSetAutoBoostedClocksEnabled : Stub<"Sets the auto boosted clocks enabled of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlEnableState_t enabled">]>;
def nvmlDeviceSetDefaultAutoBoostedClocksEnabled : Stub<"Sets the default auto boosted clocks enabled of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlEnableState_t enabled, unsigned int flags">]>;
def nvmlDeviceSetDefaultFanSpeed : Stub<"Sets the default fan speed of a device.",
    [Version<"_v2", 0, "nvmlDevice_t device, unsigned int fan">]>;
def nvmlDeviceSetFanControlPolicy : Stub<"Sets the fan control policy of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int fan, nvmlFanControlPolicy_t policy">]>;
def nvmlDeviceSetTemperatureThreshold : Stub<"Sets the temperature threshold of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlTemperatureThresholds_t thresholdType, out int* temp">]>;
def nvmlDeviceSetFanSpeed : Stub<"Sets the fan speed of a device.",
    [Version<"_v2", 0, "nvmlDevice_t device, unsigned int fan, unsigned int speed">]>;
def nvmlDeviceSetGpcClkVfOffset : Stub<"Sets the gpc clk vf offset of a device.",
    [Version<"", 0, "nvmlDevice_t device, int offset">]>;
def nvmlDeviceSetMemClkVfOffset : Stub<"Sets the mem clk vf offset of a device.",
    [Version<"", 0, "nvmlDevice_t device, int offset">]>;
def nvmlDeviceWorkloadPowerProfileGetProfilesInfo : Stub<"Device workload power profile get profiles info.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlWorkloadPowerProfileProfilesInfo_t* profilesInfo">]>;
def nvmlDeviceWorkloadPowerProfileGetCurrentProfiles : Stub<"Device workload power profile get current profiles.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlWorkloadPowerProfileCurrentProfiles_t* currentProfiles">]>;
def nvmlDeviceWorkloadPowerProfileSetRequestedProfiles : Stub<"Device workload power profile set requested profiles.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlWorkloadPowerProfileRequestedProfiles_t* requestedProfiles">]>;
def nvmlDeviceWorkloadPowerProfileClearRequestedProfiles : Stub<"Device workload power profile clear requested profiles.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlWorkloadPowerProfileRequestedProfiles_t* requestedProfiles">]>;
def nvmlDevicePowerSmoothingActivatePresetProfile : Stub<"Device power smoothing activate preset profile.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlPowerSmoothingProfile_t* profile">]>;
def nvmlDevicePowerSmoothingUpdatePresetProfileParam : Stub<"Device power smoothing update preset profile param.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlPowerSmoothingProfile_t* profile">]>;
def nvmlDevicePowerSmoothingSetState : Stub<"Device power smoothing set state.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlPowerSmoothingState_t* state">]>;

} // Object
