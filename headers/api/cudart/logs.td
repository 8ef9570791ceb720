// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "logs" in {

def cudaLogsCurrent : Partial<"Gives the place of the newest log entry.", "the log is always empty; errors go to Anywarp's own log",
    [Version<"", 13000, "out cudaLogIterator* iterator_out, unsigned int flags">]>;
def cudaLogsDumpToFile : Partial<"Writes the error log to a file.", "the log is always empty",
    [Version<"", 13000, "cudaLogIterator* iterator, const char* pathToFile, unsigned int flags">]>;
def cudaLogsDumpToMemory : Partial<"Writes the error log to memory.", "the log is always empty",
    [Version<"", 13000, "cudaLogIterator* iterator, char* buffer, size_t* size, unsigned int flags">]>;
def cudaLogsRegisterCallback : Partial<"Registers a callback for log entries.", "never called",
    [Version<"", 13000, "cudaLogsCallback_t callbackFunc, void* userData, out cudaLogsCallbackHandle* callback_out">]>;
def cudaLogsUnregisterCallback : Partial<"Takes a log callback out again.", "see cudaLogsRegisterCallback",
    [Version<"", 13000, "cudaLogsCallbackHandle callback">]>;

} // Object
