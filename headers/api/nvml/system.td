// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "system" in {

def nvmlSystemGetDriverVersion : Full<"Writes the driver's version.",
    [Version<"", 0, "out char* version, unsigned int length">]>;
def nvmlSystemGetNVMLVersion : Full<"Writes NVML's version.",
    [Version<"", 0, "out char* version, unsigned int length">]>;
def nvmlSystemGetCudaDriverVersion : Full<"Gives the CUDA version of the driver.",
    [Version<"", 0, "out int* cudaDriverVersion">,
    Version<"_v2", 0, "out int* cudaDriverVersion">]> {
  let Current = "nvmlSystemGetCudaDriverVersion";
  let NeedsInit = false;
}
def nvmlSystemGetProcessName : Full<"Writes a process's command.",
    [Version<"", 0, "unsigned int pid, out char* name, unsigned int length">]>;
def nvmlSystemGetHicVersion : Full<"Lists host interface cards; there are none.",
    [Version<"", 0, "inout unsigned int* hwbcCount, out nvmlHwbcEntry_t* hwbcEntries">]>;
def nvmlSystemGetTopologyGpuSet : Full<"Lists the devices near a processor.",
    [Version<"", 0, "unsigned int cpuNumber, inout unsigned int* count, out nvmlDevice_t* deviceArray">]>;
def nvmlSystemGetDriverBranch : Full<"Writes the driver's branch.",
    [Version<"", 0, "out nvmlSystemDriverBranchInfo_t* branchInfo, unsigned int length">]>;
def nvmlUnitGetCount : Full<"Counts S-class units; there are none.",
    [Version<"", 0, "out unsigned int* unitCount">]>;
def nvmlGetExcludedDeviceCount : Full<"Counts excluded devices; there are none.",
    [Version<"", 0, "out unsigned int* deviceCount">]>;

} // Object
