// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "device" in {

def cudaChooseDevice : Full<"Picks the device that fits the wanted properties best.",
    [Version<"", 11000, "out int* device, const cudaDeviceProp* prop">]>;
def cudaCtxResetPersistingL2Cache : Full<"Gives persisting lines of the L2 cache back.",
    [Version<"", 11000, "void">]>;
def cudaDeviceFlushGPUDirectRDMAWrites : Full<"Waits for remote writes to become visible.",
    [Version<"", 11000, "cudaFlushGPUDirectRDMAWritesTarget target, cudaFlushGPUDirectRDMAWritesScope scope">]>;
def cudaDeviceGetAttribute : Full<"Gives one attribute of a device.",
    [Version<"", 11000, "out int* value, cudaDeviceAttr attr, int device">]>;
def cudaDeviceGetByPCIBusId : Full<"Finds a device by its PCI address.",
    [Version<"", 11000, "out int* device, const char* pciBusId">]>;
def cudaDeviceGetCacheConfig : Full<"Gives the preferred split of L1 cache and shared memory.",
    [Version<"", 11000, "out cudaFuncCache* pCacheConfig">]>;
def cudaDeviceGetHostAtomicCapabilities : Full<"Says which atomic operations work between host and device.",
    [Version<"", 13000, "out unsigned int* capabilities, const cudaAtomicOperation* operations, unsigned int count, int device">]>;
def cudaDeviceGetLimit : Full<"Gives a limit of the current device.",
    [Version<"", 11000, "out size_t* pValue, cudaLimit limit">]>;
def cudaDeviceGetNvSciSyncAttributes : Refused<"Gives a device's NvSciSync attributes.", "NvSciSync is a library of NVIDIA's embedded systems",
    [Version<"", 11000, "void* nvSciSyncAttrList, int device, int flags">]>;
def cudaDeviceGetP2PAtomicCapabilities : Full<"Says which atomic operations work between two devices.",
    [Version<"", 13000, "out unsigned int* capabilities, const cudaAtomicOperation* operations, unsigned int count, int srcDevice, int dstDevice">]>;
def cudaDeviceGetPCIBusId : Full<"Gives a device's PCI address as text.",
    [Version<"", 11000, "char* pciBusId, int len, int device">]>;
def cudaDeviceGetSharedMemConfig : Full<"Gives the bank size of shared memory.",
    [Version<"", 11000, "out cudaSharedMemConfig* pConfig">]>;
def cudaDeviceGetTexture1DLinearMaxWidth : Full<"Gives the most elements of a one-dimensional linear texture.",
    [Version<"", 11000, "out size_t* maxWidthInElements, const cudaChannelFormatDesc* fmtDesc, int device">]>;
def cudaDeviceRegisterAsyncNotification : Full<"Registers a callback for notices of a device.",
    [Version<"", 12000, "int device, cudaAsyncCallback callbackFunc, void* userData, cudaAsyncCallbackHandle_t* callback">]>;
def cudaDeviceReset : Full<"Destroys everything of the current device in this process.",
    [Version<"", 11000, "void">]>;
def cudaDeviceSetCacheConfig : Full<"Sets the preferred split of L1 cache and shared memory.",
    [Version<"", 11000, "cudaFuncCache cacheConfig">]>;
def cudaDeviceSetLimit : Full<"Sets a limit of the current device.",
    [Version<"", 11000, "cudaLimit limit, size_t value">]>;
def cudaDeviceSetSharedMemConfig : Full<"Sets the bank size of shared memory.",
    [Version<"", 11000, "cudaSharedMemConfig config">]>;
def cudaDeviceSynchronize : Full<"Waits for all work of the current device.",
    [Version<"", 11000, "void">]>;
def cudaDeviceUnregisterAsyncNotification : Full<"Takes a callback for notices out again.",
    [Version<"", 12000, "int device, cudaAsyncCallbackHandle_t callback">]>;
def cudaGetDevice : Full<"Gives the calling thread's current device.",
    [Version<"", 11000, "out int* device">]>;
def cudaGetDeviceCount : Full<"Gives the number of devices.",
    [Version<"", 11000, "out int* count">]>;
def cudaGetDeviceFlags : Full<"Gives the flags of the current device.",
    [Version<"", 11000, "out unsigned int* flags">]>;
def cudaGetDeviceProperties : Full<"Gives all properties of a device.",
    [OldVersion<"", 11000, 13000, "out cudaDevicePropV1* prop, int device">,
    OldVersion<"_v2", 12000, 13000, "out cudaDeviceProp* prop, int device">,
    Version<"", 13000, "out cudaDeviceProp* prop, int device">]>;
def cudaInitDevice : Full<"Prepares a device without making it current.",
    [Version<"", 12000, "int device, unsigned int deviceFlags, unsigned int flags">]>;
def cudaSetDevice : Full<"Makes a device current for the calling thread.",
    [Version<"", 11000, "int device">]>;
def cudaSetDeviceFlags : Full<"Sets the flags of the current device.",
    [Version<"", 11000, "unsigned int flags">]>;
def cudaSetValidDevices : Full<"Sets the devices that may be chosen without asking.",
    [Version<"", 11000, "int* device_arr, int len">]>;

} // Object
