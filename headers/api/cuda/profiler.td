// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "profiler" in {

def cuProfilerInitialize : Full<"Configures the profiler (old); nothing to do.", 
    [Version<"", 4000, "const char* configFile, const char* outputFile, CUoutput_mode outputMode">]> { let NeedsInit = false; }
def cuProfilerStart : Full<"Starts profiling; nothing to do.", 
    [Version<"", 4000, "">]>;
def cuProfilerStop : Full<"Stops profiling; nothing to do.", 
    [Version<"", 4000, "">]>;

} // Object
