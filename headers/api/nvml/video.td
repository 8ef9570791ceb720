// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "video" in {

def nvmlDeviceGetEncoderUtilization : Stub<"Gives the encoder utilization of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* utilization, out unsigned int* samplingPeriodUs">]>;
def nvmlDeviceGetEncoderCapacity : Stub<"Gives the encoder capacity of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlEncoderType_t encoderQueryType, out unsigned int* encoderCapacity">]>;
def nvmlDeviceGetEncoderStats : Stub<"Gives the encoder stats of a device.",
    [Version<"", 0, "nvmlDevice_t device, inout unsigned int* sessionCount, out unsigned int* averageFps, out unsigned int* averageLatency">]>;
def nvmlDeviceGetEncoderSessions : Stub<"Gives the encoder sessions of a device.",
    [Version<"", 0, "nvmlDevice_t device, inout unsigned int* sessionCount, out nvmlEncoderSessionInfo_t* sessionInfos">]>;
def nvmlDeviceGetDecoderUtilization : Stub<"Gives the decoder utilization of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* utilization, out unsigned int* samplingPeriodUs">]>;
def nvmlDeviceGetJpgUtilization : Stub<"Gives the jpg utilization of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* utilization, out unsigned int* samplingPeriodUs">]>;
def nvmlDeviceGetOfaUtilization : Stub<"Gives the ofa utilization of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* utilization, out unsigned int* samplingPeriodUs">]>;
def nvmlDeviceGetFBCStats : Stub<"Gives the FBC stats of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlFBCStats_t* fbcStats">]>;
def nvmlDeviceGetFBCSessions : Stub<"Gives the FBC sessions of a device.",
    [Version<"", 0, "nvmlDevice_t device, inout unsigned int* sessionCount, out nvmlFBCSessionInfo_t* sessionInfo">]>;

} // Object
