// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "topology" in {

def nvmlDeviceGetMemoryAffinity : Full<"Gives the NUMA nodes near the device, as bits.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int nodeSetSize, out unsigned long* nodeSet, nvmlAffinityScope_t scope">]>;
def nvmlDeviceGetCpuAffinityWithinScope : Full<"Gives the processors near the device, as bits.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int cpuSetSize, out unsigned long* cpuSet, nvmlAffinityScope_t scope">]>;
def nvmlDeviceGetCpuAffinity : Full<"Gives the processors near the device, as bits.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int cpuSetSize, out unsigned long* cpuSet">]>;
def nvmlDeviceGetTopologyCommonAncestor : Full<"Tells how close two devices are.",
    [Version<"", 0, "nvmlDevice_t device1, nvmlDevice_t device2, out nvmlGpuTopologyLevel_t* pathInfo">]>;
def nvmlDeviceGetTopologyNearestGpus : Full<"Lists devices at a level.",
    [Version<"", 0, "nvmlDevice_t device, nvmlGpuTopologyLevel_t level, inout unsigned int* count, out nvmlDevice_t* deviceArray">]>;
def nvmlDeviceGetP2PStatus : Full<"Tells whether two devices reach each other.",
    [Version<"", 0, "nvmlDevice_t device1, nvmlDevice_t device2, nvmlGpuP2PCapsIndex_t p2pIndex, out nvmlGpuP2PStatus_t* p2pStatus">]>;

} // Object
