// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "logs" in {

def cuLogsRegisterCallback : Full<"Registers a callback for log lines.", 
    [Version<"", 12090, "CUlogsCallback callbackFunc, void* userData, out CUlogsCallbackHandle* callback_out">]>;
def cuLogsUnregisterCallback : Full<"Removes a callback for log lines.", 
    [Version<"", 12090, "CUlogsCallbackHandle callback">]>;
def cuLogsCurrent : Full<"Gives the current end of the log.", 
    [Version<"", 12090, "out CUlogIterator* iterator_out, unsigned int flags">]>;
def cuLogsDumpToFile : Full<"Writes the log to a file.", 
    [Version<"", 12090, "out CUlogIterator* iterator, const char* pathToFile, unsigned int flags">]>;
def cuLogsDumpToMemory : Full<"Writes the log to memory.", 
    [Version<"", 12090, "out CUlogIterator* iterator, char* buffer, inout size_t* size, unsigned int flags">]>;

} // Object
