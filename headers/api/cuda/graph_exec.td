// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "graph_exec" in {

def cuGraphInstantiate : Full<"Makes a graph executable.", 
    [Version<"", 10000, "out CUgraphExec* phGraphExec, CUgraph hGraph, out CUgraphNode* phErrorNode, char* logBuffer, size_t bufferSize">,
    Version<"_v2", 11000, "out CUgraphExec* phGraphExec, CUgraph hGraph, out CUgraphNode* phErrorNode, char* logBuffer, size_t bufferSize">]> { let Current = "cuGraphInstantiateWithFlags"; }
def cuGraphInstantiateWithFlags : Full<"Makes a graph executable.",
    [Version<"", 11040, "out CUgraphExec* phGraphExec, CUgraph hGraph, unsigned long long flags">]>;
def cuGraphInstantiateWithParams : Full<"Makes a graph executable.",
    [Version<"", 12000, "out CUgraphExec* phGraphExec, CUgraph hGraph, inout CUDA_GRAPH_INSTANTIATE_PARAMS* instantiateParams", "ptsz", 12000>]>;
def cuGraphUpload : Full<"Prepares an executable graph.", 
    [Version<"", 11010, "CUgraphExec hGraph, CUstream hStream", "ptsz", 11010>]>;
def cuGraphLaunch : Full<"Launches an executable graph.", 
    [Version<"", 10000, "CUgraphExec hGraph, CUstream hStream", "ptsz", 10000>]>;
def cuGraphExecDestroy : Full<"Destroys an executable graph.", 
    [Version<"", 10000, "CUgraphExec hGraphExec">]>;
def cuGraphExecGetFlags : Full<"Gives an executable graph's flags.", 
    [Version<"", 12000, "CUgraphExec hGraphExec, out cuuint64_t* flags">]>;
def cuGraphExecUpdate : Full<"Updates an executable graph from a graph.", 
    [Version<"", 10020, "CUgraphExec hGraphExec, CUgraph hGraph, out CUgraphNode* hErrorNode_out, out CUgraphExecUpdateResult* updateResult_out">,
    Version<"_v2", 12000, "CUgraphExec hGraphExec, CUgraph hGraph, out CUgraphExecUpdateResultInfo* resultInfo">]>;
def cuGraphExecKernelNodeSetParams : Full<"Changes a kernel node of an executable graph.", 
    [Version<"", 10010, "CUgraphExec hGraphExec, CUgraphNode hNode, const CUDA_KERNEL_NODE_PARAMS_v1* nodeParams">,
    Version<"_v2", 12000, "CUgraphExec hGraphExec, CUgraphNode hNode, const CUDA_KERNEL_NODE_PARAMS* nodeParams">]>;
def cuGraphExecMemcpyNodeSetParams : Full<"Changes a copy node of an executable graph.", 
    [Version<"", 10020, "CUgraphExec hGraphExec, CUgraphNode hNode, const CUDA_MEMCPY3D* copyParams, CUcontext ctx">]>;
def cuGraphExecMemsetNodeSetParams : Full<"Changes a fill node of an executable graph.", 
    [Version<"", 10020, "CUgraphExec hGraphExec, CUgraphNode hNode, const CUDA_MEMSET_NODE_PARAMS* memsetParams, CUcontext ctx">]>;
def cuGraphExecHostNodeSetParams : Full<"Changes a host function node of an executable graph.", 
    [Version<"", 10020, "CUgraphExec hGraphExec, CUgraphNode hNode, const CUDA_HOST_NODE_PARAMS* nodeParams">]>;
def cuGraphExecChildGraphNodeSetParams : Full<"Changes a child graph of an executable graph.", 
    [Version<"", 11010, "CUgraphExec hGraphExec, CUgraphNode hNode, CUgraph childGraph">]>;
def cuGraphExecEventRecordNodeSetEvent : Full<"Changes an event record node of an executable graph.", 
    [Version<"", 11010, "CUgraphExec hGraphExec, CUgraphNode hNode, CUevent event">]>;
def cuGraphExecEventWaitNodeSetEvent : Full<"Changes an event wait node of an executable graph.", 
    [Version<"", 11010, "CUgraphExec hGraphExec, CUgraphNode hNode, CUevent event">]>;
def cuGraphExecExternalSemaphoresSignalNodeSetParams : Full<"Changes a semaphore signal node of an executable graph.", 
    [Version<"", 11020, "CUgraphExec hGraphExec, CUgraphNode hNode, const CUDA_EXT_SEM_SIGNAL_NODE_PARAMS* nodeParams">]>;
def cuGraphExecExternalSemaphoresWaitNodeSetParams : Full<"Changes a semaphore wait node of an executable graph.", 
    [Version<"", 11020, "CUgraphExec hGraphExec, CUgraphNode hNode, const CUDA_EXT_SEM_WAIT_NODE_PARAMS* nodeParams">]>;
def cuGraphExecBatchMemOpNodeSetParams : Full<"Changes a memory operation node of an executable graph.",
    [Version<"", 11070, "CUgraphExec hGraphExec, CUgraphNode hNode, const CUDA_BATCH_MEM_OP_NODE_PARAMS* nodeParams">]>;
def cuGraphExecNodeSetParams : Full<"Changes a node of an executable graph.", 
    [Version<"", 12020, "CUgraphExec hGraphExec, CUgraphNode hNode, inout CUgraphNodeParams* nodeParams">]>;
def cuGraphNodeSetEnabled : Full<"Enables or disables a node of an executable graph.", 
    [Version<"", 11060, "CUgraphExec hGraphExec, CUgraphNode hNode, unsigned int isEnabled">]>;
def cuGraphNodeGetEnabled : Full<"Tells whether a node of an executable graph is enabled.", 
    [Version<"", 11060, "CUgraphExec hGraphExec, CUgraphNode hNode, out unsigned int* isEnabled">]>;

} // Object
