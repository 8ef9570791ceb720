// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "graph_exec" in {

def cudaGraphExecChildGraphNodeSetParams : Full<"Sets the graph of a node of an instantiated graph.",
    [Version<"", 11000, "cudaGraphExec_t hGraphExec, cudaGraphNode_t node, cudaGraph_t childGraph">]>;
def cudaGraphExecDestroy : Full<"Destroys an instantiated graph.",
    [Version<"", 11000, "cudaGraphExec_t graphExec">]>;
def cudaGraphExecEventRecordNodeSetEvent : Full<"Sets the event that a node of an instantiated graph records.",
    [Version<"", 11000, "cudaGraphExec_t hGraphExec, cudaGraphNode_t hNode, cudaEvent_t event">]>;
def cudaGraphExecEventWaitNodeSetEvent : Full<"Sets the event that a node of an instantiated graph waits for.",
    [Version<"", 11000, "cudaGraphExec_t hGraphExec, cudaGraphNode_t hNode, cudaEvent_t event">]>;
def cudaGraphExecExternalSemaphoresSignalNodeSetParams : Full<"Sets a signal node of an instantiated graph.",
    [Version<"", 11000, "cudaGraphExec_t hGraphExec, cudaGraphNode_t hNode, const cudaExternalSemaphoreSignalNodeParams* nodeParams">]>;
def cudaGraphExecExternalSemaphoresWaitNodeSetParams : Full<"Sets a wait node of an instantiated graph.",
    [Version<"", 11000, "cudaGraphExec_t hGraphExec, cudaGraphNode_t hNode, const cudaExternalSemaphoreWaitNodeParams* nodeParams">]>;
def cudaGraphExecGetFlags : Full<"Gives the flags of an instantiated graph.",
    [Version<"", 12000, "cudaGraphExec_t graphExec, out unsigned long long* flags">]>;
def cudaGraphExecHostNodeSetParams : Full<"Sets a host node of an instantiated graph.",
    [Version<"", 11000, "cudaGraphExec_t hGraphExec, cudaGraphNode_t node, const cudaHostNodeParams* pNodeParams">]>;
def cudaGraphExecKernelNodeSetParams : Full<"Sets a kernel node of an instantiated graph.",
    [Version<"", 11000, "cudaGraphExec_t hGraphExec, cudaGraphNode_t node, const cudaKernelNodeParams* pNodeParams">]>;
def cudaGraphExecMemcpyNodeSetParams : Full<"Sets a copy node of an instantiated graph.",
    [Version<"", 11000, "cudaGraphExec_t hGraphExec, cudaGraphNode_t node, const cudaMemcpy3DParms* pNodeParams">]>;
def cudaGraphExecMemcpyNodeSetParams1D : Full<"Sets a linear copy node of an instantiated graph.",
    [Version<"", 11000, "cudaGraphExec_t hGraphExec, cudaGraphNode_t node, void* dst, const void* src, size_t count, cudaMemcpyKind kind">]>;
def cudaGraphExecMemcpyNodeSetParamsFromSymbol : Full<"Sets a copy-from-symbol node of an instantiated graph.",
    [Version<"", 11000, "cudaGraphExec_t hGraphExec, cudaGraphNode_t node, void* dst, const void* symbol, size_t count, size_t offset, cudaMemcpyKind kind">]>;
def cudaGraphExecMemcpyNodeSetParamsToSymbol : Full<"Sets a copy-to-symbol node of an instantiated graph.",
    [Version<"", 11000, "cudaGraphExec_t hGraphExec, cudaGraphNode_t node, const void* symbol, const void* src, size_t count, size_t offset, cudaMemcpyKind kind">]>;
def cudaGraphExecMemsetNodeSetParams : Full<"Sets a fill node of an instantiated graph.",
    [Version<"", 11000, "cudaGraphExec_t hGraphExec, cudaGraphNode_t node, const cudaMemsetParams* pNodeParams">]>;
def cudaGraphExecNodeSetParams : Full<"Sets any node of an instantiated graph.",
    [Version<"", 12000, "cudaGraphExec_t graphExec, cudaGraphNode_t node, cudaGraphNodeParams* nodeParams">]>;
def cudaGraphExecUpdate : Full<"Makes an instantiated graph like a changed graph.",
    [OldVersion<"", 11000, 12000, "cudaGraphExec_t hGraphExec, cudaGraph_t hGraph, cudaGraphNode_t* hErrorNode_out, cudaGraphExecUpdateResult* updateResult_out">,
    Version<"", 12000, "cudaGraphExec_t hGraphExec, cudaGraph_t hGraph, cudaGraphExecUpdateResultInfo* resultInfo">]>;
def cudaGraphInstantiate : Full<"Makes a graph ready to launch.",
    [OldVersion<"", 11000, 12000, "out cudaGraphExec_t* pGraphExec, cudaGraph_t graph, out cudaGraphNode_t* pErrorNode, char* pLogBuffer, size_t bufferSize">,
    Version<"", 12000, "out cudaGraphExec_t* pGraphExec, cudaGraph_t graph, unsigned long long flags">]>;
def cudaGraphInstantiateWithFlags : Full<"Makes a graph ready to launch, with flags.",
    [Version<"", 11000, "out cudaGraphExec_t* pGraphExec, cudaGraph_t graph, unsigned long long flags">]>;
def cudaGraphInstantiateWithParams : Full<"Makes a graph ready to launch, with parameters.",
    [Version<"", 12000, "out cudaGraphExec_t* pGraphExec, cudaGraph_t graph, out cudaGraphInstantiateParams* instantiateParams", "ptsz">]>;
def cudaGraphLaunch : Full<"Launches an instantiated graph.",
    [Version<"", 11000, "cudaGraphExec_t graphExec, cudaStream_t stream", "ptsz">]>;
def cudaGraphNodeGetEnabled : Full<"Says whether a node of an instantiated graph is enabled.",
    [Version<"", 11000, "cudaGraphExec_t hGraphExec, cudaGraphNode_t hNode, out unsigned int* isEnabled">]>;
def cudaGraphNodeSetEnabled : Full<"Enables or disables a node of an instantiated graph.",
    [Version<"", 11000, "cudaGraphExec_t hGraphExec, cudaGraphNode_t hNode, unsigned int isEnabled">]>;
def cudaGraphUpload : Full<"Prepares an instantiated graph for its launch.",
    [Version<"", 11000, "cudaGraphExec_t graphExec, cudaStream_t stream", "ptsz">]>;

} // Object
