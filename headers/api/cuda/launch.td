// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "launch" in {

def cuLaunchKernel : Full<"Launches a kernel.", 
    [Version<"", 4000, "CUfunction f, unsigned int gridDimX, unsigned int gridDimY, unsigned int gridDimZ, unsigned int blockDimX, unsigned int blockDimY, unsigned int blockDimZ, unsigned int sharedMemBytes, CUstream hStream, void** kernelParams, void** extra", "ptsz">]>;
def cuLaunchKernelEx : Full<"Launches a kernel with attributes.", 
    [Version<"", 11060, "const CUlaunchConfig* config, CUfunction f, void** kernelParams, void** extra", "ptsz", 11060>]>;
def cuLaunchCooperativeKernel : Full<"Launches a kernel whose blocks run together.", 
    [Version<"", 9000, "CUfunction f, unsigned int gridDimX, unsigned int gridDimY, unsigned int gridDimZ, unsigned int blockDimX, unsigned int blockDimY, unsigned int blockDimZ, unsigned int sharedMemBytes, CUstream hStream, void** kernelParams", "ptsz", 9000>]>;
def cuLaunchCooperativeKernelMultiDevice : Full<"Launches cooperative kernels on several devices.",
    [Version<"", 9000, "CUDA_LAUNCH_PARAMS* launchParamsList, unsigned int numDevices, unsigned int flags">]>;
def cuLaunch : Full<"Launches one block (old).", 
    [Version<"", 2000, "CUfunction f">]>;
def cuLaunchGrid : Full<"Launches a grid (old).", 
    [Version<"", 2000, "CUfunction f, int grid_width, int grid_height">]>;
def cuLaunchGridAsync : Full<"Launches a grid in a stream (old).", 
    [Version<"", 2000, "CUfunction f, int grid_width, int grid_height, CUstream hStream">]>;

} // Object
