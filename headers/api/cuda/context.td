// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "context" in {

def cuCtxCreate : Full<"Creates a context and makes it current.", 
    [Version<"", 2000, "out CUcontext* pctx, unsigned int flags, CUdevice dev">,
    Version<"_v2", 3020, "out CUcontext* pctx, unsigned int flags, CUdevice dev">,
    Version<"_v3", 11040, "out CUcontext* pctx, CUexecAffinityParam* paramsArray, int numParams, unsigned int flags, CUdevice dev">,
    Version<"_v4", 12050, "out CUcontext* pctx, CUctxCreateParams* ctxCreateParams, unsigned int flags, CUdevice dev">]>;
def cuCtxDestroy : Full<"Destroys a context.", 
    [Version<"", 2000, "CUcontext ctx">,
    Version<"_v2", 4000, "CUcontext ctx">]>;
def cuCtxPushCurrent : Full<"Pushes a context on the calling thread's stack.", 
    [Version<"", 2000, "CUcontext ctx">,
    Version<"_v2", 4000, "CUcontext ctx">]>;
def cuCtxPopCurrent : Full<"Pops the current context from the calling thread's stack.", 
    [Version<"", 2000, "out CUcontext* pctx">,
    Version<"_v2", 4000, "out CUcontext* pctx">]>;
def cuCtxSetCurrent : Full<"Binds a context to the calling thread.", 
    [Version<"", 4000, "CUcontext ctx">]>;
def cuCtxGetCurrent : Full<"Gives the calling thread's current context.", 
    [Version<"", 4000, "out CUcontext* pctx">]>;
def cuCtxGetDevice : Full<"Gives the current context's device.", 
    [Version<"", 2000, "out CUdevice* device">,
    Version<"_v2", 13000, "out CUdevice* device, CUcontext ctx">]> { let Current = "cuCtxGetDevice"; }
def cuCtxGetFlags : Full<"Gives the current context's flags.", 
    [Version<"", 7000, "out unsigned int* flags">]>;
def cuCtxSetFlags : Full<"Changes the current context's flags.", 
    [Version<"", 12010, "unsigned int flags">]>;
def cuCtxGetId : Full<"Gives a number that is unique among all contexts of the process.", 
    [Version<"", 12000, "CUcontext ctx, out unsigned long long* ctxId">]>;
def cuCtxSynchronize : Full<"Waits for all work of the current context.", 
    [Version<"", 2000, "">,
    Version<"_v2", 13000, "CUcontext ctx">]> { let Current = "cuCtxSynchronize"; }
def cuCtxSetLimit : Full<"Sets a resource limit.", 
    [Version<"", 3010, "CUlimit limit, size_t value">]>;
def cuCtxGetLimit : Full<"Reads a resource limit.", 
    [Version<"", 3010, "out size_t* pvalue, CUlimit limit">]>;
def cuCtxGetCacheConfig : Full<"Reads the preferred cache configuration.", 
    [Version<"", 3020, "out CUfunc_cache* pconfig">]>;
def cuCtxSetCacheConfig : Full<"Sets the preferred cache configuration; a hint.", 
    [Version<"", 3020, "CUfunc_cache config">]>;
def cuCtxGetApiVersion : Full<"Gives the API version of a context.", 
    [Version<"", 3020, "CUcontext ctx, out unsigned int* version">]>;
def cuCtxGetStreamPriorityRange : Full<"Gives the range of stream priorities.", 
    [Version<"", 5050, "out int* leastPriority, out int* greatestPriority">]>;
def cuCtxResetPersistingL2Cache : Full<"Resets persisting cache lines; a hint.", 
    [Version<"", 11000, "">]>;
def cuCtxGetExecAffinity : Full<"Reads the context's execution affinity.", 
    [Version<"", 11040, "out CUexecAffinityParam* pExecAffinity, CUexecAffinityType type">]>;
def cuCtxRecordEvent : Full<"Records an event for a context.", 
    [Version<"", 12050, "CUcontext hCtx, CUevent hEvent">]>;
def cuCtxWaitEvent : Full<"Makes a context wait for an event.", 
    [Version<"", 12050, "CUcontext hCtx, CUevent hEvent">]>;
def cuCtxAttach : Full<"Takes a reference on the current context (old).", 
    [Version<"", 2000, "out CUcontext* pctx, unsigned int flags">]>;
def cuCtxDetach : Full<"Gives a reference on a context back (old).", 
    [Version<"", 2000, "CUcontext ctx">]>;
def cuCtxGetSharedMemConfig : Full<"Reads the shared memory bank size.", 
    [Version<"", 4020, "out CUsharedconfig* pConfig">]>;
def cuCtxSetSharedMemConfig : Full<"Sets the shared memory bank size; a hint.", 
    [Version<"", 4020, "CUsharedconfig config">]>;

} // Object
