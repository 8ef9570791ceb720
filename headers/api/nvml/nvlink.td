// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "nvlink" in {

def nvmlDeviceGetNvLinkState : Stub<"Gives the nv link state of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int link, out nvmlEnableState_t* isActive">]>;
def nvmlDeviceGetNvLinkVersion : Stub<"Gives the nv link version of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int link, out unsigned int* version">]>;
def nvmlDeviceGetNvLinkCapability : Stub<"Gives the nv link capability of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int link, nvmlNvLinkCapability_t capability, out unsigned int* capResult">]>;
def nvmlDeviceGetNvLinkRemotePciInfo : Stub<"Gives the nv link remote pci info of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int link, out nvmlPciInfo_t* pci">,
    Version<"_v2", 0, "nvmlDevice_t device, unsigned int link, out nvmlPciInfo_t* pci">]>;
def nvmlDeviceGetNvLinkErrorCounter : Stub<"Gives the nv link error counter of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int link, nvmlNvLinkErrorCounter_t counter, out unsigned long long* counterValue">]>;
def nvmlDeviceResetNvLinkErrorCounters : Stub<"Resets the nv link error counters of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int link">]>;
def nvmlDeviceSetNvLinkUtilizationControl : Stub<"Sets the nv link utilization control of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int link, unsigned int counter, out nvmlNvLinkUtilizationControl_t* control, unsigned int reset">]>;
def nvmlDeviceGetNvLinkUtilizationControl : Stub<"Gives the nv link utilization control of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int link, unsigned int counter, out nvmlNvLinkUtilizationControl_t* control">]>;
def nvmlDeviceGetNvLinkUtilizationCounter : Stub<"Gives the nv link utilization counter of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int link, unsigned int counter, out unsigned long long* rxcounter, out unsigned long long* txcounter">]>;
def nvmlDeviceFreezeNvLinkUtilizationCounter : Stub<"Device freeze nv link utilization counter.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int link, unsigned int counter, nvmlEnableState_t freeze">]>;
def nvmlDeviceResetNvLinkUtilizationCounter : Stub<"Resets the nv link utilization counter of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int link, unsigned int counter">]>;
def nvmlDeviceGetNvLinkRemoteDeviceType : Stub<"Gives the nv link remote device type of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int link, out nvmlIntNvLinkDeviceType_t* pNvLinkDeviceType">]>;
def nvmlDeviceSetNvLinkDeviceLowPowerThreshold : Stub<"Sets the nv link device low power threshold of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlNvLinkPowerThres_t* info">]>;
def nvmlSystemSetNvlinkBwMode : Stub<"Sets the nvlink bw mode of the system.",
    [Version<"", 0, "unsigned int nvlinkBwMode">]>;
def nvmlSystemGetNvlinkBwMode : Stub<"Gives the nvlink bw mode of the system.",
    [Version<"", 0, "out unsigned int* nvlinkBwMode">]>;
def nvmlDeviceGetNvlinkSupportedBwModes : Stub<"Gives the nvlink supported bw modes of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlNvlinkSupportedBwModes_t* supportedBwMode">]>;
def nvmlDeviceGetNvlinkBwMode : Stub<"Gives the nvlink bw mode of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlNvlinkGetBwMode_t* getBwMode">]>;
def nvmlDeviceSetNvlinkBwMode : Stub<"Sets the nvlink bw mode of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlNvlinkSetBwMode_t* setBwMode">]>;
def nvmlDeviceGetNvLinkInfo : Stub<"Gives the nv link info of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlNvLinkInfo_t* info">]>;

} // Object
