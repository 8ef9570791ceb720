// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "device" in {

def nvmlDeviceGetCount : Full<"Counts the devices of ANYWARP_DEVICES.",
    [Version<"", 0, "out unsigned int* deviceCount">,
    Version<"_v2", 0, "out unsigned int* deviceCount">]>;
def nvmlDeviceGetAttributes : Full<"Gives counts of engines and memory.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlDeviceAttributes_t* attributes">,
    Version<"_v2", 0, "nvmlDevice_t device, out nvmlDeviceAttributes_t* attributes">]>;
def nvmlDeviceGetHandleByIndex : Full<"Finds a device by its index.",
    [Version<"", 0, "unsigned int index, out nvmlDevice_t* device">,
    Version<"_v2", 0, "unsigned int index, out nvmlDevice_t* device">]>;
def nvmlDeviceGetHandleBySerial : Full<"Finds a device by its serial number.",
    [Version<"", 0, "const char* serial, out nvmlDevice_t* device">]>;
def nvmlDeviceGetHandleByUUID : Full<"Finds a device by its UUID as text.",
    [Version<"", 0, "const char* uuid, out nvmlDevice_t* device">]>;
def nvmlDeviceGetHandleByUUIDV : Full<"Finds a device by its UUID.",
    [Version<"", 0, "const nvmlUUID_t* uuid, out nvmlDevice_t* device">]>;
def nvmlDeviceGetHandleByPciBusId : Full<"Finds a device by its PCI bus id.",
    [Version<"", 0, "const char* pciBusId, out nvmlDevice_t* device">,
    Version<"_v2", 0, "const char* pciBusId, out nvmlDevice_t* device">]>;
def nvmlDeviceGetName : Full<"Writes the device's name.",
    [Version<"", 0, "nvmlDevice_t device, out char* name, unsigned int length">]>;
def nvmlDeviceGetBrand : Full<"Gives the brand: unknown.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlBrandType_t* type">]>;
def nvmlDeviceGetIndex : Full<"Gives the device's index.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* index">]>;
def nvmlDeviceGetSerial : Full<"Writes the device's serial number, made of its UUID.",
    [Version<"", 0, "nvmlDevice_t device, out char* serial, unsigned int length">]>;
def nvmlDeviceGetAddressingMode : Full<"Tells how the device reaches host memory.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlDeviceAddressingMode_t* mode">]>;
def nvmlDeviceGetUUID : Full<"Writes the device's UUID.",
    [Version<"", 0, "nvmlDevice_t device, out char* uuid, unsigned int length">]>;
def nvmlDeviceGetMinorNumber : Full<"Gives the number of the device file: the index.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* minorNumber">]>;
def nvmlDeviceGetPciInfoExt : Full<"Gives the PCI address and class.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlPciInfoExt_t* pci">]>;
def nvmlDeviceGetPciInfo : Full<"Gives the PCI address.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlPciInfo_t* pci">,
    Version<"_v2", 0, "nvmlDevice_t device, out nvmlPciInfo_t* pci">,
    Version<"_v3", 0, "nvmlDevice_t device, out nvmlPciInfo_t* pci">]>;
def nvmlDeviceGetCudaComputeCapability : Full<"Gives the compute capability.",
    [Version<"", 0, "nvmlDevice_t device, out int* major, out int* minor">]>;
def nvmlDeviceGetBoardId : Full<"Gives the board id of a device.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* boardId">]>;
def nvmlDeviceGetMultiGpuBoard : Full<"Tells whether the board has several devices: no.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* multiGpuBool">]>;
def nvmlDeviceOnSameBoard : Full<"Tells whether two devices share a board.",
    [Version<"", 0, "nvmlDevice_t device1, nvmlDevice_t device2, out int* onSameBoard">]>;
def nvmlDeviceGetNumGpuCores : Full<"Counts CUDA cores as the capability has them.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* numCores">]>;
def nvmlDeviceGetMemoryBusWidth : Full<"Gives the width of the memory bus in bits.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* busWidth">]>;
def nvmlDeviceGetBusType : Full<"Gives the kind of bus: unknown.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlBusType_t* type">]>;
def nvmlDeviceGetArchitecture : Full<"Gives the architecture that has the compute capability.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlDeviceArchitecture_t* arch">]>;

} // Object
