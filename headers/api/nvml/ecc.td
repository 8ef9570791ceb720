// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "ecc" in {

def nvmlDeviceGetRepairStatus : Stub<"Gives the repair status of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlRepairStatus_t* repairStatus">]>;
def nvmlDeviceGetEccMode : Stub<"Gives the ecc mode of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlEnableState_t* current, out nvmlEnableState_t* pending">]>;
def nvmlDeviceGetDefaultEccMode : Stub<"Gives the default ecc mode of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlEnableState_t* defaultMode">]>;
def nvmlDeviceGetTotalEccErrors : Stub<"Gives the total ecc errors of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlMemoryErrorType_t errorType, nvmlEccCounterType_t counterType, out unsigned long long* eccCounts">]>;
def nvmlDeviceGetDetailedEccErrors : Stub<"Gives the detailed ecc errors of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlMemoryErrorType_t errorType, nvmlEccCounterType_t counterType, out nvmlEccErrorCounts_t* eccCounts">]>;
def nvmlDeviceGetSramEccErrorStatus : Stub<"Gives the sram ecc error status of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlEccSramErrorStatus_t* status">]>;
def nvmlDeviceGetRetiredPages : Stub<"Gives the retired pages of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlPageRetirementCause_t cause, inout unsigned int* pageCount, out unsigned long long* addresses">,
    Version<"_v2", 0, "nvmlDevice_t device, nvmlPageRetirementCause_t cause, inout unsigned int* pageCount, out unsigned long long* addresses, out unsigned long long* timestamps">]> { let Current = "nvmlDeviceGetRetiredPages"; }
def nvmlDeviceGetRetiredPagesPendingStatus : Stub<"Gives the retired pages pending status of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlEnableState_t* isPending">]>;
def nvmlDeviceGetRemappedRows : Stub<"Gives the remapped rows of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* corrRows, out unsigned int* uncRows, out unsigned int* isPending, out unsigned int* failureOccurred">]>;
def nvmlDeviceGetRowRemapperHistogram : Stub<"Gives the row remapper histogram of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlRowRemapperHistogramValues_t* values">]>;
def nvmlDeviceSetEccMode : Stub<"Sets the ecc mode of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlEnableState_t ecc">]>;
def nvmlDeviceClearEccErrorCounts : Stub<"Clears the ecc error counts of a device.",
    [Version<"", 0, "nvmlDevice_t device, nvmlEccCounterType_t counterType">]>;
def nvmlDeviceGetSramUniqueUncorrectedEccErrorCounts : Stub<"Gives the sram unique uncorrected ecc error counts of a device.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlEccSramUniqueUncorrectedErrorCounts_t* errorCounts">]>;

} // Object
