// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "stream" in {

def cudaDeviceGetStreamPriorityRange : Full<"Gives the least and greatest stream priority.",
    [Version<"", 11000, "out int* leastPriority, out int* greatestPriority">]>;
def cudaLaunchHostFunc : Full<"Calls a host function in stream order.",
    [Version<"", 11000, "cudaStream_t stream, cudaHostFn_t fn, void* userData", "ptsz">]>;
def cudaStreamAddCallback : Full<"Calls a host function with the stream's status in stream order.",
    [Version<"", 11000, "cudaStream_t stream, cudaStreamCallback_t callback, void* userData, unsigned int flags", "ptsz">]>;
def cudaStreamAttachMemAsync : Full<"Attaches managed memory to a stream.",
    [Version<"", 11000, "cudaStream_t stream, void* devPtr, size_t length, unsigned int flags", "ptsz">]>;
def cudaStreamCopyAttributes : Full<"Copies a stream's attributes to another one.",
    [Version<"", 11000, "cudaStream_t dst, cudaStream_t src", "ptsz">]>;
def cudaStreamCreate : Full<"Makes a stream.",
    [Version<"", 11000, "out cudaStream_t* pStream">]>;
def cudaStreamCreateWithFlags : Full<"Makes a stream with flags.",
    [Version<"", 11000, "out cudaStream_t* pStream, unsigned int flags">]>;
def cudaStreamCreateWithPriority : Full<"Makes a stream with flags and a priority.",
    [Version<"", 11000, "out cudaStream_t* pStream, unsigned int flags, int priority">]>;
def cudaStreamDestroy : Full<"Destroys a stream; its work goes on.",
    [Version<"", 11000, "cudaStream_t stream">]>;
def cudaStreamGetAttribute : Full<"Gives an attribute of a stream.",
    [Version<"", 11000, "cudaStream_t hStream, cudaLaunchAttributeID attr, out cudaLaunchAttributeValue* value_out", "ptsz">]>;
def cudaStreamGetDevice : Full<"Gives a stream's device.",
    [Version<"", 12000, "cudaStream_t hStream, out int* device", "ptsz">]>;
def cudaStreamGetFlags : Full<"Gives a stream's flags.",
    [Version<"", 11000, "cudaStream_t hStream, out unsigned int* flags", "ptsz">]>;
def cudaStreamGetId : Full<"Gives a stream's number.",
    [Version<"", 12000, "cudaStream_t hStream, out unsigned long long* streamId", "ptsz">]>;
def cudaStreamGetPriority : Full<"Gives a stream's priority.",
    [Version<"", 11000, "cudaStream_t hStream, out int* priority", "ptsz">]>;
def cudaStreamQuery : Full<"Says whether a stream has done its work.",
    [Version<"", 11000, "cudaStream_t stream", "ptsz">]>;
def cudaStreamSetAttribute : Full<"Sets an attribute of a stream.",
    [Version<"", 11000, "cudaStream_t hStream, cudaLaunchAttributeID attr, const cudaLaunchAttributeValue* value", "ptsz">]>;
def cudaStreamSynchronize : Full<"Waits for a stream's work.",
    [Version<"", 11000, "cudaStream_t stream", "ptsz">]>;
def cudaStreamWaitEvent : Full<"Makes later work of a stream wait for an event.",
    [Version<"", 11000, "cudaStream_t stream, cudaEvent_t event, unsigned int flags", "ptsz">]>;

} // Object
