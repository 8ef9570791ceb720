// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "conf_compute" in {

def nvmlDeviceGetDramEncryptionMode : Stub<"Gives the dram encryption mode of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlDramEncryptionInfo_t* current, out nvmlDramEncryptionInfo_t* pending">]>;
def nvmlDeviceSetDramEncryptionMode : Stub<"Sets the dram encryption mode of a device.",
    [Version<"", 0, "nvmlDevice_t device, const nvmlDramEncryptionInfo_t* dramEncryption">]>;
def nvmlSystemGetConfComputeCapabilities : Stub<"Gives the conf compute capabilities of the system.",
    [Version<"", 0, "out nvmlConfComputeSystemCaps_t* capabilities">]>;
def nvmlSystemGetConfComputeState : Stub<"Gives the conf compute state of the system.",
    [Version<"", 0, "out nvmlConfComputeSystemState_t* state">]>;
def nvmlDeviceGetConfComputeMemSizeInfo : Stub<"Gives the conf compute mem size info of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlConfComputeMemSizeInfo_t* memInfo">]>;
def nvmlSystemGetConfComputeGpusReadyState : Stub<"Gives the conf compute gpus ready state of the system.",
    [Version<"", 0, "out unsigned int* isAcceptingWork">]>;
def nvmlDeviceGetConfComputeProtectedMemoryUsage : Stub<"Gives the conf compute protected memory usage of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlMemory_t* memory">]>;
def nvmlDeviceGetConfComputeGpuCertificate : Stub<"Gives the conf compute gpu certificate of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlConfComputeGpuCertificate_t* gpuCert">]>;
def nvmlDeviceGetConfComputeGpuAttestationReport : Stub<"Gives the conf compute gpu attestation report of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlConfComputeGpuAttestationReport_t* gpuAtstReport">]>;
def nvmlSystemGetConfComputeKeyRotationThresholdInfo : Stub<"Gives the conf compute key rotation threshold info of the system.",
    [Version<"", 0, "out nvmlConfComputeGetKeyRotationThresholdInfo_t* pKeyRotationThrInfo">]>;
def nvmlDeviceSetConfComputeUnprotectedMemSize : Stub<"Sets the conf compute unprotected mem size of a device.",
    [Version<"", 0, "nvmlDevice_t device, unsigned long long sizeKiB">]>;
def nvmlSystemSetConfComputeGpusReadyState : Stub<"Sets the conf compute gpus ready state of the system.",
    [Version<"", 0, "unsigned int isAcceptingWork">]>;
def nvmlSystemSetConfComputeKeyRotationThresholdInfo : Stub<"Sets the conf compute key rotation threshold info of the system.",
    [Version<"", 0, "out nvmlConfComputeSetKeyRotationThresholdInfo_t* pKeyRotationThrInfo">]>;
def nvmlSystemGetConfComputeSettings : Stub<"Gives the conf compute settings of the system.",
    [Version<"", 0, "out nvmlSystemConfComputeSettings_t* settings">]>;

} // Object
