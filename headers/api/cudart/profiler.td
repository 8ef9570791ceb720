// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "profiler" in {

def cudaProfilerInitialize : Full<"Configures the old profiler.",
    [OldVersion<"", 11000, 12000, "const char* configFile, const char* outputFile, int outputMode">]>;
def cudaProfilerStart : Full<"Starts collecting profile data.",
    [Version<"", 11000, "void">]>;
def cudaProfilerStop : Full<"Stops collecting profile data.",
    [Version<"", 11000, "void">]>;

} // Object
