// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "process" in {

def nvmlDeviceGetUtilizationRates : Partial<"Percent of time with a kernel running, all processes together.", "Use of memory is not measured: 0.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlUtilization_t* utilization">]>;
def nvmlDeviceGetComputeRunningProcesses : Full<"Lists processes with a context on the device.",
    [Version<"", 0, "nvmlDevice_t device, inout unsigned int* infoCount, out nvmlProcessInfo_v1_t* infos">,
    Version<"_v2", 0, "nvmlDevice_t device, inout unsigned int* infoCount, out nvmlProcessInfo_t* infos">,
    Version<"_v3", 0, "nvmlDevice_t device, inout unsigned int* infoCount, out nvmlProcessInfo_t* infos">]>;
def nvmlDeviceGetGraphicsRunningProcesses : Full<"Lists processes with graphics; there are none.",
    [Version<"", 0, "nvmlDevice_t device, inout unsigned int* infoCount, out nvmlProcessInfo_v1_t* infos">,
    Version<"_v2", 0, "nvmlDevice_t device, inout unsigned int* infoCount, out nvmlProcessInfo_t* infos">,
    Version<"_v3", 0, "nvmlDevice_t device, inout unsigned int* infoCount, out nvmlProcessInfo_t* infos">]>;
def nvmlDeviceGetMPSComputeRunningProcesses : Full<"Lists MPS clients; there are none.",
    [Version<"", 0, "nvmlDevice_t device, inout unsigned int* infoCount, out nvmlProcessInfo_v1_t* infos">,
    Version<"_v2", 0, "nvmlDevice_t device, inout unsigned int* infoCount, out nvmlProcessInfo_t* infos">,
    Version<"_v3", 0, "nvmlDevice_t device, inout unsigned int* infoCount, out nvmlProcessInfo_t* infos">]>;
def nvmlDeviceGetRunningProcessDetailList : Full<"Lists processes on the device by kind, as a versioned structure.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlProcessDetailList_t* plist">]>;
def nvmlDeviceGetProcessUtilization : Partial<"Utilisation by process.", "Use of memory is not measured: 0.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlProcessUtilizationSample_t* utilization, inout unsigned int* processSamplesCount, unsigned long long lastSeenTimeStamp">]>;
def nvmlDeviceGetProcessesUtilizationInfo : Partial<"Utilisation by process, as a versioned structure.", "Use of memory is not measured: 0.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlProcessesUtilizationInfo_t* procesesUtilInfo">]>;

} // Object
