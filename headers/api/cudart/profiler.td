// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "profiler" in {

def cudaProfilerInitialize : Partial<"Configures the old profiler.", "accepted and not used",
    [OldVersion<"", 11000, 12000, "const char* configFile, const char* outputFile, int outputMode">]>;
def cudaProfilerStart : Partial<"Starts collecting profile data.", "accepted; there is no profiler",
    [Version<"", 11000, "void">]>;
def cudaProfilerStop : Partial<"Stops collecting profile data.", "accepted; there is no profiler",
    [Version<"", 11000, "void">]>;

} // Object
