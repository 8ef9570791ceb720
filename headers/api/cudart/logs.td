// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "logs" in {

def cudaLogsCurrent : Full<"Gives the place of the newest log entry.",
    [Version<"", 13000, "out cudaLogIterator* iterator_out, unsigned int flags">]>;
def cudaLogsDumpToFile : Full<"Writes the error log to a file.",
    [Version<"", 13000, "cudaLogIterator* iterator, const char* pathToFile, unsigned int flags">]>;
def cudaLogsDumpToMemory : Full<"Writes the error log to memory.",
    [Version<"", 13000, "cudaLogIterator* iterator, char* buffer, size_t* size, unsigned int flags">]>;
def cudaLogsRegisterCallback : Full<"Registers a callback for log entries.",
    [Version<"", 13000, "cudaLogsCallback_t callbackFunc, void* userData, out cudaLogsCallbackHandle* callback_out">]>;
def cudaLogsUnregisterCallback : Full<"Takes a log callback out again.",
    [Version<"", 13000, "cudaLogsCallbackHandle callback">]>;

} // Object
