// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libNVVM of CUDA 13.0: libnvvm.so.4. Its symbols have no versions.
include "Base.td"

def Nvvm : Library<"nvvm", "nvvm", "nvvmResult", "nvvm.h">;

def nvvmResult : Enum<"", [
    "NVVM_SUCCESS=0", "NVVM_ERROR_OUT_OF_MEMORY=1", "NVVM_ERROR_PROGRAM_CREATION_FAILURE=2",
    "NVVM_ERROR_IR_VERSION_MISMATCH=3", "NVVM_ERROR_INVALID_INPUT=4", "NVVM_ERROR_INVALID_PROGRAM=5",
    "NVVM_ERROR_INVALID_IR=6", "NVVM_ERROR_INVALID_OPTION=7", "NVVM_ERROR_NO_MODULE_IN_PROGRAM=8",
    "NVVM_ERROR_COMPILATION=9", "NVVM_ERROR_CANCELLED=10"]>;
def nvvmProgram : Handle<"_nvvmProgram">;

include "nvvm/program.td"
