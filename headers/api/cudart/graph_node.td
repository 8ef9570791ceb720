// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "graph_node" in {

def cudaGraphChildGraphNodeGetGraph : Full<"Gives the graph that a node holds.",
    [Version<"", 11000, "cudaGraphNode_t node, out cudaGraph_t* pGraph">]>;
def cudaGraphEventRecordNodeGetEvent : Full<"Gives the event that a node records.",
    [Version<"", 11000, "cudaGraphNode_t node, out cudaEvent_t* event_out">]>;
def cudaGraphEventRecordNodeSetEvent : Full<"Sets the event that a node records.",
    [Version<"", 11000, "cudaGraphNode_t node, cudaEvent_t event">]>;
def cudaGraphEventWaitNodeGetEvent : Full<"Gives the event that a node waits for.",
    [Version<"", 11000, "cudaGraphNode_t node, out cudaEvent_t* event_out">]>;
def cudaGraphEventWaitNodeSetEvent : Full<"Sets the event that a node waits for.",
    [Version<"", 11000, "cudaGraphNode_t node, cudaEvent_t event">]>;
def cudaGraphExternalSemaphoresSignalNodeGetParams : Full<"Gives a signal node's parameters.",
    [Version<"", 11000, "cudaGraphNode_t hNode, out cudaExternalSemaphoreSignalNodeParams* params_out">]>;
def cudaGraphExternalSemaphoresSignalNodeSetParams : Full<"Sets a signal node's parameters.",
    [Version<"", 11000, "cudaGraphNode_t hNode, const cudaExternalSemaphoreSignalNodeParams* nodeParams">]>;
def cudaGraphExternalSemaphoresWaitNodeGetParams : Full<"Gives a wait node's parameters.",
    [Version<"", 11000, "cudaGraphNode_t hNode, out cudaExternalSemaphoreWaitNodeParams* params_out">]>;
def cudaGraphExternalSemaphoresWaitNodeSetParams : Full<"Sets a wait node's parameters.",
    [Version<"", 11000, "cudaGraphNode_t hNode, const cudaExternalSemaphoreWaitNodeParams* nodeParams">]>;
def cudaGraphHostNodeGetParams : Full<"Gives a host node's parameters.",
    [Version<"", 11000, "cudaGraphNode_t node, out cudaHostNodeParams* pNodeParams">]>;
def cudaGraphHostNodeSetParams : Full<"Sets a host node's parameters.",
    [Version<"", 11000, "cudaGraphNode_t node, const cudaHostNodeParams* pNodeParams">]>;
def cudaGraphKernelNodeCopyAttributes : Full<"Copies a kernel node's attributes to another one.",
    [Version<"", 11000, "cudaGraphNode_t hDst, cudaGraphNode_t hSrc">]>;
def cudaGraphKernelNodeGetAttribute : Full<"Gives an attribute of a kernel node.",
    [Version<"", 11000, "cudaGraphNode_t hNode, cudaLaunchAttributeID attr, out cudaLaunchAttributeValue* value_out">]>;
def cudaGraphKernelNodeGetParams : Full<"Gives a kernel node's parameters.",
    [Version<"", 11000, "cudaGraphNode_t node, out cudaKernelNodeParams* pNodeParams">]>;
def cudaGraphKernelNodeSetAttribute : Full<"Sets an attribute of a kernel node.",
    [Version<"", 11000, "cudaGraphNode_t hNode, cudaLaunchAttributeID attr, const cudaLaunchAttributeValue* value">]>;
def cudaGraphKernelNodeSetParams : Full<"Sets a kernel node's parameters.",
    [Version<"", 11000, "cudaGraphNode_t node, const cudaKernelNodeParams* pNodeParams">]>;
def cudaGraphMemAllocNodeGetParams : Full<"Gives an allocation node's parameters.",
    [Version<"", 11000, "cudaGraphNode_t node, out cudaMemAllocNodeParams* params_out">]>;
def cudaGraphMemFreeNodeGetParams : Full<"Gives the address that a node frees.",
    [Version<"", 11000, "cudaGraphNode_t node, void* dptr_out">]>;
def cudaGraphMemcpyNodeGetParams : Full<"Gives a copy node's parameters.",
    [Version<"", 11000, "cudaGraphNode_t node, out cudaMemcpy3DParms* pNodeParams">]>;
def cudaGraphMemcpyNodeSetParams : Full<"Sets a copy node's parameters.",
    [Version<"", 11000, "cudaGraphNode_t node, const cudaMemcpy3DParms* pNodeParams">]>;
def cudaGraphMemcpyNodeSetParams1D : Full<"Sets a linear copy node's parameters.",
    [Version<"", 11000, "cudaGraphNode_t node, void* dst, const void* src, size_t count, cudaMemcpyKind kind">]>;
def cudaGraphMemcpyNodeSetParamsFromSymbol : Full<"Sets a copy-from-symbol node's parameters.",
    [Version<"", 11000, "cudaGraphNode_t node, void* dst, const void* symbol, size_t count, size_t offset, cudaMemcpyKind kind">]>;
def cudaGraphMemcpyNodeSetParamsToSymbol : Full<"Sets a copy-to-symbol node's parameters.",
    [Version<"", 11000, "cudaGraphNode_t node, const void* symbol, const void* src, size_t count, size_t offset, cudaMemcpyKind kind">]>;
def cudaGraphMemsetNodeGetParams : Full<"Gives a fill node's parameters.",
    [Version<"", 11000, "cudaGraphNode_t node, out cudaMemsetParams* pNodeParams">]>;
def cudaGraphMemsetNodeSetParams : Full<"Sets a fill node's parameters.",
    [Version<"", 11000, "cudaGraphNode_t node, const cudaMemsetParams* pNodeParams">]>;
def cudaGraphNodeGetType : Full<"Gives a node's type.",
    [Version<"", 11000, "cudaGraphNode_t node, out cudaGraphNodeType* pType">]>;
def cudaGraphNodeSetParams : Full<"Sets any node's parameters.",
    [Version<"", 12000, "cudaGraphNode_t node, cudaGraphNodeParams* nodeParams">]>;

} // Object
