// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "green_context" in {

def cuGreenCtxCreate : Stub<"Creates a green context.", 
    [Version<"", 12040, "out CUgreenCtx* phCtx, CUdevResourceDesc desc, CUdevice dev, unsigned int flags">]>;
def cuGreenCtxDestroy : Stub<"Destroys a green context.", 
    [Version<"", 12040, "CUgreenCtx hCtx">]>;
def cuCtxFromGreenCtx : Stub<"Gives the context of a green context.", 
    [Version<"", 12040, "out CUcontext* pContext, CUgreenCtx hCtx">]>;
def cuDeviceGetDevResource : Stub<"Reads a device's resources.", 
    [Version<"", 12040, "CUdevice device, out CUdevResource* resource, CUdevResourceType type">]>;
def cuCtxGetDevResource : Stub<"Reads a context's resources.", 
    [Version<"", 12040, "CUcontext hCtx, out CUdevResource* resource, CUdevResourceType type">]>;
def cuGreenCtxGetDevResource : Stub<"Reads a green context's resources.", 
    [Version<"", 12040, "CUgreenCtx hCtx, out CUdevResource* resource, CUdevResourceType type">]>;
def cuDevSmResourceSplitByCount : Stub<"Splits multiprocessors into groups.", 
    [Version<"", 12040, "out CUdevResource* result, inout unsigned int* nbGroups, const CUdevResource* input, out CUdevResource* remaining, unsigned int useFlags, unsigned int minCount">]>;
def cuDevResourceGenerateDesc : Stub<"Makes a resource descriptor.", 
    [Version<"", 12040, "out CUdevResourceDesc* phDesc, CUdevResource* resources, unsigned int nbResources">]>;
def cuGreenCtxRecordEvent : Stub<"Records an event for a green context.", 
    [Version<"", 12040, "CUgreenCtx hCtx, CUevent hEvent">]>;
def cuGreenCtxWaitEvent : Stub<"Makes a green context wait for an event.", 
    [Version<"", 12040, "CUgreenCtx hCtx, CUevent hEvent">]>;
def cuStreamGetGreenCtx : Stub<"Gives a stream's green context.", 
    [Version<"", 12040, "CUstream hStream, out CUgreenCtx* phCtx">]>;
def cuGreenCtxStreamCreate : Stub<"Creates a stream in a green context.", 
    [Version<"", 12050, "out CUstream* phStream, CUgreenCtx greenCtx, unsigned int flags, int priority">]>;
def cuGreenCtxGetId : Stub<"Gives a green context's number.", 
    [Version<"", 12090, "CUgreenCtx greenCtx, out unsigned long long* greenCtxId">]>;

} // Object
