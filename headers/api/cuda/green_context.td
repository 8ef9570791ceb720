// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "green_context" in {

def cuGreenCtxCreate : Full<"Creates a green context.", 
    [Version<"", 12040, "out CUgreenCtx* phCtx, CUdevResourceDesc desc, CUdevice dev, unsigned int flags">]>;
def cuGreenCtxDestroy : Full<"Destroys a green context.", 
    [Version<"", 12040, "CUgreenCtx hCtx">]>;
def cuCtxFromGreenCtx : Full<"Gives the context of a green context.", 
    [Version<"", 12040, "out CUcontext* pContext, CUgreenCtx hCtx">]>;
def cuDeviceGetDevResource : Full<"Reads a device's resources.", 
    [Version<"", 12040, "CUdevice device, out CUdevResource* resource, CUdevResourceType type">]>;
def cuCtxGetDevResource : Full<"Reads a context's resources.", 
    [Version<"", 12040, "CUcontext hCtx, out CUdevResource* resource, CUdevResourceType type">]>;
def cuGreenCtxGetDevResource : Full<"Reads a green context's resources.", 
    [Version<"", 12040, "CUgreenCtx hCtx, out CUdevResource* resource, CUdevResourceType type">]>;
def cuDevSmResourceSplitByCount : Full<"Splits multiprocessors into groups.", 
    [Version<"", 12040, "out CUdevResource* result, inout unsigned int* nbGroups, const CUdevResource* input, out CUdevResource* remaining, unsigned int useFlags, unsigned int minCount">]>;
def cuDevResourceGenerateDesc : Full<"Makes a resource descriptor.", 
    [Version<"", 12040, "out CUdevResourceDesc* phDesc, CUdevResource* resources, unsigned int nbResources">]>;
def cuGreenCtxRecordEvent : Full<"Records an event for a green context.", 
    [Version<"", 12040, "CUgreenCtx hCtx, CUevent hEvent">]>;
def cuGreenCtxWaitEvent : Full<"Makes a green context wait for an event.", 
    [Version<"", 12040, "CUgreenCtx hCtx, CUevent hEvent">]>;
def cuStreamGetGreenCtx : Full<"Gives a stream's green context.", 
    [Version<"", 12040, "CUstream hStream, out CUgreenCtx* phCtx">]>;
def cuGreenCtxStreamCreate : Full<"Creates a stream in a green context.", 
    [Version<"", 12050, "out CUstream* phStream, CUgreenCtx greenCtx, unsigned int flags, int priority">]>;
def cuGreenCtxGetId : Full<"Gives a green context's number.", 
    [Version<"", 12090, "CUgreenCtx greenCtx, out unsigned long long* greenCtxId">]>;

} // Object
