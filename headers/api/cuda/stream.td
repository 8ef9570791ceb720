// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "stream" in {

def cuStreamCreate : Full<"Creates a stream.", 
    [Version<"", 2000, "out CUstream* phStream, unsigned int Flags">]>;
def cuStreamCreateWithPriority : Full<"Creates a stream with a priority.", 
    [Version<"", 5050, "out CUstream* phStream, unsigned int flags, int priority">]>;
def cuStreamDestroy : Full<"Destroys a stream once its work is done.", 
    [Version<"", 2000, "CUstream hStream">,
    Version<"_v2", 4000, "CUstream hStream">]>;
def cuStreamGetPriority : Full<"Gives a stream's priority.", 
    [Version<"", 5050, "CUstream hStream, out int* priority", "ptsz">]>;
def cuStreamGetFlags : Full<"Gives a stream's flags.", 
    [Version<"", 5050, "CUstream hStream, out unsigned int* flags", "ptsz">]>;
def cuStreamGetId : Full<"Gives a stream's number.", 
    [Version<"", 12000, "CUstream hStream, out unsigned long long* streamId", "ptsz", 12000>]>;
def cuStreamGetDevice : Full<"Gives a stream's device.", 
    [Version<"", 12080, "CUstream hStream, out CUdevice* device", "ptsz", 12080>]>;
def cuStreamGetCtx : Full<"Gives a stream's context.", 
    [Version<"", 9020, "CUstream hStream, out CUcontext* pctx", "ptsz", 9020>,
    Version<"_v2", 12050, "CUstream hStream, out CUcontext* pCtx, out CUgreenCtx* pGreenCtx", "ptsz", 12050>]> { let Current = "cuStreamGetCtx"; }
def cuStreamWaitEvent : Full<"Makes a stream wait for an event.", 
    [Version<"", 3020, "CUstream hStream, CUevent hEvent, unsigned int Flags", "ptsz">]>;
def cuStreamAddCallback : Full<"Calls a host function in stream order.", 
    [Version<"", 5000, "CUstream hStream, CUstreamCallback callback, void* userData, unsigned int flags", "ptsz">]>;
def cuStreamAttachMemAsync : Full<"Attaches managed memory to a stream; a hint.", 
    [Version<"", 6000, "CUstream hStream, CUdeviceptr dptr, size_t length, unsigned int flags", "ptsz">]>;
def cuStreamQuery : Full<"Tells whether a stream's work is done.", 
    [Version<"", 2000, "CUstream hStream", "ptsz">]>;
def cuStreamSynchronize : Full<"Waits for a stream's work.", 
    [Version<"", 2000, "CUstream hStream", "ptsz">]>;
def cuStreamCopyAttributes : Full<"Copies attributes between streams.", 
    [Version<"", 11000, "CUstream dstStream, CUstream srcStream", "ptsz", 11000>]>;
def cuStreamGetAttribute : Full<"Reads a stream attribute.", 
    [Version<"", 11000, "CUstream hStream, CUstreamAttrID attr, out CUstreamAttrValue* value", "ptsz", 11000>]>;
def cuStreamSetAttribute : Full<"Sets a stream attribute.", 
    [Version<"", 11000, "CUstream hStream, CUstreamAttrID attr, const CUstreamAttrValue* param", "ptsz", 11000>]>;
def cuLaunchHostFunc : Full<"Calls a host function in stream order.", 
    [Version<"", 10000, "CUstream hStream, CUhostFn fn, void* userData", "ptsz", 10000>]>;

} // Object
