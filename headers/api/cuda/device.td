// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "device" in {

def cuDeviceGet : Full<"Gives the handle of a device by its ordinal.", 
    [Version<"", 2000, "out CUdevice* device, int ordinal">]>;
def cuDeviceGetCount : Full<"Counts the devices.", 
    [Version<"", 2000, "out int* count">]>;
def cuDeviceGetName : Full<"Copies the device's name.", 
    [Version<"", 2000, "out char* name, int len, CUdevice dev">]>;
def cuDeviceGetUuid : Full<"Gives the device's UUID.", 
    [Version<"", 9020, "out CUuuid* uuid, CUdevice dev">,
    Version<"_v2", 11040, "out CUuuid* uuid, CUdevice dev">]>;
def cuDeviceGetLuid : Full<"Gives the device's LUID.", 
    [Version<"", 10000, "out char* luid, out unsigned int* deviceNodeMask, CUdevice dev">]>;
def cuDeviceTotalMem : Full<"Gives the bytes of memory on the device.", 
    [Version32<"", 2000, "out unsigned int* bytes, CUdevice dev">,
    Version<"_v2", 3020, "out size_t* bytes, CUdevice dev">]>;
def cuDeviceGetTexture1DLinearMaxWidth : Full<"Gives the largest 1D linear texture for a format.", 
    [Version<"", 11010, "out size_t* maxWidthInElements, CUarray_format format, unsigned int numChannels, CUdevice dev">]>;
def cuDeviceGetAttribute : Full<"Reads one attribute of the device.", 
    [Version<"", 2000, "out int* pi, CUdevice_attribute attrib, CUdevice dev">]>;
def cuDeviceGetHostAtomicCapabilities : Full<"Tells which atomics the device can do on host memory.", 
    [Version<"", 13000, "out unsigned int* capabilities, const CUatomicOperation* operations, unsigned int count, CUdevice dev">]>;
def cuDeviceGetNvSciSyncAttributes : Refused<"Fills NvSciSync attributes.", "NvSciSync is a library of NVIDIA's embedded systems", 
    [Version<"", 10020, "void* nvSciSyncAttrList, CUdevice dev, int flags">]>;
def cuDeviceSetMemPool : Full<"Sets the device's current memory pool.", 
    [Version<"", 11020, "CUdevice dev, CUmemoryPool pool">]>;
def cuDeviceGetMemPool : Full<"Gives the device's current memory pool.", 
    [Version<"", 11020, "out CUmemoryPool* pool, CUdevice dev">]>;
def cuDeviceGetDefaultMemPool : Full<"Gives the device's default memory pool.", 
    [Version<"", 11020, "out CUmemoryPool* pool_out, CUdevice dev">]>;
def cuDeviceGetExecAffinitySupport : Full<"Tells whether an execution affinity is supported.", 
    [Version<"", 11040, "out int* pi, CUexecAffinityType type, CUdevice dev">]>;
def cuDeviceGetProperties : Full<"Reads the old property structure.", 
    [Version<"", 2000, "out CUdevprop* prop, CUdevice dev">]>;
def cuDeviceComputeCapability : Full<"Reads the compute capability.", 
    [Version<"", 2000, "out int* major, out int* minor, CUdevice dev">]>;
def cuDeviceGetByPCIBusId : Full<"Finds a device by its PCI bus id.", 
    [Version<"", 4010, "out CUdevice* dev, const char* pciBusId">]>;
def cuDeviceGetPCIBusId : Full<"Writes the device's PCI bus id as text.", 
    [Version<"", 4010, "out char* pciBusId, int len, CUdevice dev">]>;
def cuDeviceRegisterAsyncNotification : Full<"Registers a callback for device events.", 
    [Version<"", 12040, "CUdevice device, CUasyncCallback callbackFunc, void* userData, out CUasyncCallbackHandle* callback">]>;
def cuDeviceUnregisterAsyncNotification : Full<"Removes a callback for device events.", 
    [Version<"", 12040, "CUdevice device, CUasyncCallbackHandle callback">]>;
def cuFlushGPUDirectRDMAWrites : Full<"Orders remote writes; nothing to do where memory is the host's.", 
    [Version<"", 11030, "CUflushGPUDirectRDMAWritesTarget target, CUflushGPUDirectRDMAWritesScope scope">]>;

} // Object
