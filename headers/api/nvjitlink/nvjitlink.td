// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// nvJitLink of CUDA 12.0 to 13.0: libnvJitLink.so.12 and .13. The public header of NVIDIA's calls each function by a
// name with the version of the toolkit, so every version is a symbol of its own.
include "Base.td"

def NvJitLink : Library<"nvjitlink", "nvJitLink", "nvJitLinkResult", "nvJitLink.h">;

def nvJitLinkResult : Enum<"", [
    "NVJITLINK_SUCCESS=0", "NVJITLINK_ERROR_UNRECOGNIZED_OPTION=1", "NVJITLINK_ERROR_MISSING_ARCH=2",
    "NVJITLINK_ERROR_INVALID_INPUT=3", "NVJITLINK_ERROR_PTX_COMPILE=4", "NVJITLINK_ERROR_NVVM_COMPILE=5",
    "NVJITLINK_ERROR_INTERNAL=6", "NVJITLINK_ERROR_THREADPOOL=7", "NVJITLINK_ERROR_UNRECOGNIZED_INPUT=8",
    "NVJITLINK_ERROR_FINALIZE=9", "NVJITLINK_ERROR_NULL_INPUT=10", "NVJITLINK_ERROR_INCOMPATIBLE_OPTIONS=11",
    "NVJITLINK_ERROR_INCORRECT_INPUT_TYPE=12", "NVJITLINK_ERROR_ARCH_MISMATCH=13", "NVJITLINK_ERROR_OUTDATED_LIBRARY=14",
    "NVJITLINK_ERROR_MISSING_FATBIN=15", "NVJITLINK_ERROR_UNRECOGNIZED_ARCH=16", "NVJITLINK_ERROR_UNSUPPORTED_ARCH=17",
    "NVJITLINK_ERROR_LTO_NOT_ENABLED=18"]>;
def nvJitLinkInputType : Enum<"", [
    "NVJITLINK_INPUT_NONE=0", "NVJITLINK_INPUT_CUBIN=1", "NVJITLINK_INPUT_PTX=2", "NVJITLINK_INPUT_LTOIR=3",
    "NVJITLINK_INPUT_FATBIN=4", "NVJITLINK_INPUT_OBJECT=5", "NVJITLINK_INPUT_LIBRARY=6", "NVJITLINK_INPUT_INDEX=7",
    "NVJITLINK_INPUT_ANY=10"]>;
def nvJitLinkHandle : Handle<"nvJitLink">;

class Numbered<string name, string number, int major, string params> : Version<"", !mul(major, 1000), params> {
  let Symbol = "__" # name # "_" # number;
  let Removed = !mul(!add(major, 1), 1000);
}
// All symbols of a function; the plain name is last, as it is what our header declares.
class Numbers<string name, string params> {
  list<Version> All = [
    Numbered<name, "12_0", 12, params>, Numbered<name, "12_1", 12, params>, Numbered<name, "12_2", 12, params>,
    Numbered<name, "12_3", 12, params>, Numbered<name, "12_4", 12, params>, Numbered<name, "12_5", 12, params>,
    Numbered<name, "12_6", 12, params>, Numbered<name, "12_7", 12, params>, Numbered<name, "12_8", 12, params>,
    Numbered<name, "12_9", 12, params>, Numbered<name, "13_0", 13, params>, Version<"", 12000, params>];
}

include "nvjitlink/link.td"
