// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "launch" in {

def __cudaPushCallConfiguration : Full<"Keeps the execution configuration of a kernel call for the stub that follows.",
    [Version<"", 11000, "dim3 gridDim, dim3 blockDim, size_t sharedMem, void* stream">]> { let Returns = "unsigned int"; }
def __cudaPopCallConfiguration : Full<"Takes the execution configuration that the caller left.",
    [Version<"", 11000, "out dim3* gridDim, out dim3* blockDim, out size_t* sharedMem, void* stream">]>;
def __cudaGetKernel : Full<"Gives the kernel behind a host stub.",
    [Version<"", 12000, "out cudaKernel_t* kernel, const void* hostFunction">]>;
def __cudaLaunchKernel : Full<"Launches a kernel that __cudaGetKernel gave.",
    [Version<"", 12000, "cudaKernel_t kernel, dim3 gridDim, dim3 blockDim, void** args, size_t sharedMem, cudaStream_t stream", "ptsz">]>;
def cudaLaunchCooperativeKernel : Full<"Launches a kernel whose blocks can wait for each other.",
    [Version<"", 11000, "const void* func, dim3 gridDim, dim3 blockDim, void** args, size_t sharedMem, cudaStream_t stream", "ptsz">]>;
def cudaLaunchCooperativeKernelMultiDevice : Full<"Launches a cooperative kernel on several devices.",
    [OldVersion<"", 11000, 13000, "cudaLaunchParams* launchParamsList, unsigned int numDevices, unsigned int flags">]>;
def cudaLaunchKernel : Full<"Launches a kernel.",
    [Version<"", 11000, "const void* func, dim3 gridDim, dim3 blockDim, void** args, size_t sharedMem, cudaStream_t stream", "ptsz">]>;
def cudaLaunchKernelExC : Full<"Launches a kernel with launch attributes.",
    [Version<"", 11000, "const cudaLaunchConfig_t* config, const void* func, void** args", "ptsz">]>;

} // Object
