// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "graph" in {

def cudaUserObjectCreate : Full<"Makes a counted object for graphs to keep.",
    [Version<"", 11000, "out cudaUserObject_t* object_out, void* ptr, cudaHostFn_t destroy, unsigned int initialRefcount, unsigned int flags">]>;
def cudaUserObjectRelease : Full<"Gives references of a user object back.",
    [Version<"", 11000, "cudaUserObject_t object, unsigned int count">]>;
def cudaUserObjectRetain : Full<"Takes references of a user object.",
    [Version<"", 11000, "cudaUserObject_t object, unsigned int count">]>;
def cudaDeviceGetGraphMemAttribute : Full<"Gives how much memory graphs use.",
    [Version<"", 11000, "int device, cudaGraphMemAttributeType attr, void* value">]>;
def cudaDeviceGraphMemTrim : Full<"Gives unused memory of graphs back.",
    [Version<"", 11000, "int device">]>;
def cudaDeviceSetGraphMemAttribute : Full<"Resets how much memory graphs have used.",
    [Version<"", 11000, "int device, cudaGraphMemAttributeType attr, void* value">]>;
def cudaGraphAddChildGraphNode : Full<"Adds a node that holds a graph.",
    [Version<"", 11000, "out cudaGraphNode_t* pGraphNode, cudaGraph_t graph, const cudaGraphNode_t* pDependencies, size_t numDependencies, cudaGraph_t childGraph">]>;
def cudaGraphAddDependencies : Full<"Adds edges to a graph.",
    [OldVersion<"", 11000, 13000, "cudaGraph_t graph, const cudaGraphNode_t* from, const cudaGraphNode_t* to, size_t numDependencies">,
    OldVersion<"_v2", 12000, 13000, "cudaGraph_t graph, const cudaGraphNode_t* from, const cudaGraphNode_t* to, const cudaGraphEdgeData* edgeData, size_t numDependencies">,
    Version<"", 13000, "cudaGraph_t graph, const cudaGraphNode_t* from, const cudaGraphNode_t* to, const cudaGraphEdgeData* edgeData, size_t numDependencies">]>;
def cudaGraphAddEmptyNode : Full<"Adds a node that does nothing.",
    [Version<"", 11000, "out cudaGraphNode_t* pGraphNode, cudaGraph_t graph, const cudaGraphNode_t* pDependencies, size_t numDependencies">]>;
def cudaGraphAddEventRecordNode : Full<"Adds a node that records an event.",
    [Version<"", 11000, "out cudaGraphNode_t* pGraphNode, cudaGraph_t graph, const cudaGraphNode_t* pDependencies, size_t numDependencies, cudaEvent_t event">]>;
def cudaGraphAddEventWaitNode : Full<"Adds a node that waits for an event.",
    [Version<"", 11000, "out cudaGraphNode_t* pGraphNode, cudaGraph_t graph, const cudaGraphNode_t* pDependencies, size_t numDependencies, cudaEvent_t event">]>;
def cudaGraphAddExternalSemaphoresSignalNode : Full<"Adds a node that signals semaphores.",
    [Version<"", 11000, "out cudaGraphNode_t* pGraphNode, cudaGraph_t graph, const cudaGraphNode_t* pDependencies, size_t numDependencies, const cudaExternalSemaphoreSignalNodeParams* nodeParams">]>;
def cudaGraphAddExternalSemaphoresWaitNode : Full<"Adds a node that waits for semaphores.",
    [Version<"", 11000, "out cudaGraphNode_t* pGraphNode, cudaGraph_t graph, const cudaGraphNode_t* pDependencies, size_t numDependencies, const cudaExternalSemaphoreWaitNodeParams* nodeParams">]>;
def cudaGraphAddHostNode : Full<"Adds a node that calls a host function.",
    [Version<"", 11000, "out cudaGraphNode_t* pGraphNode, cudaGraph_t graph, const cudaGraphNode_t* pDependencies, size_t numDependencies, const cudaHostNodeParams* pNodeParams">]>;
def cudaGraphAddKernelNode : Full<"Adds a node that launches a kernel.",
    [Version<"", 11000, "out cudaGraphNode_t* pGraphNode, cudaGraph_t graph, const cudaGraphNode_t* pDependencies, size_t numDependencies, const cudaKernelNodeParams* pNodeParams">]>;
def cudaGraphAddMemAllocNode : Full<"Adds a node that allocates memory.",
    [Version<"", 11000, "out cudaGraphNode_t* pGraphNode, cudaGraph_t graph, const cudaGraphNode_t* pDependencies, size_t numDependencies, out cudaMemAllocNodeParams* nodeParams">]>;
def cudaGraphAddMemFreeNode : Full<"Adds a node that frees memory.",
    [Version<"", 11000, "out cudaGraphNode_t* pGraphNode, cudaGraph_t graph, const cudaGraphNode_t* pDependencies, size_t numDependencies, void* dptr">]>;
def cudaGraphAddMemcpyNode : Full<"Adds a node that copies a box.",
    [Version<"", 11000, "out cudaGraphNode_t* pGraphNode, cudaGraph_t graph, const cudaGraphNode_t* pDependencies, size_t numDependencies, const cudaMemcpy3DParms* pCopyParams">]>;
def cudaGraphAddMemcpyNode1D : Full<"Adds a node that copies memory.",
    [Version<"", 11000, "out cudaGraphNode_t* pGraphNode, cudaGraph_t graph, const cudaGraphNode_t* pDependencies, size_t numDependencies, void* dst, const void* src, size_t count, cudaMemcpyKind kind">]>;
def cudaGraphAddMemcpyNodeFromSymbol : Full<"Adds a node that copies out of a device variable.",
    [Version<"", 11000, "out cudaGraphNode_t* pGraphNode, cudaGraph_t graph, const cudaGraphNode_t* pDependencies, size_t numDependencies, void* dst, const void* symbol, size_t count, size_t offset, cudaMemcpyKind kind">]>;
def cudaGraphAddMemcpyNodeToSymbol : Full<"Adds a node that copies into a device variable.",
    [Version<"", 11000, "out cudaGraphNode_t* pGraphNode, cudaGraph_t graph, const cudaGraphNode_t* pDependencies, size_t numDependencies, const void* symbol, const void* src, size_t count, size_t offset, cudaMemcpyKind kind">]>;
def cudaGraphAddMemsetNode : Full<"Adds a node that fills memory.",
    [Version<"", 11000, "out cudaGraphNode_t* pGraphNode, cudaGraph_t graph, const cudaGraphNode_t* pDependencies, size_t numDependencies, const cudaMemsetParams* pMemsetParams">]>;
def cudaGraphAddNode : Full<"Adds a node of any type.",
    [OldVersion<"", 12000, 13000, "out cudaGraphNode_t* pGraphNode, cudaGraph_t graph, const cudaGraphNode_t* pDependencies, size_t numDependencies, out cudaGraphNodeParams* nodeParams">,
    OldVersion<"_v2", 12000, 13000, "out cudaGraphNode_t* pGraphNode, cudaGraph_t graph, const cudaGraphNode_t* pDependencies, const cudaGraphEdgeData* dependencyData, size_t numDependencies, out cudaGraphNodeParams* nodeParams">,
    Version<"", 13000, "out cudaGraphNode_t* pGraphNode, cudaGraph_t graph, const cudaGraphNode_t* pDependencies, const cudaGraphEdgeData* dependencyData, size_t numDependencies, out cudaGraphNodeParams* nodeParams">]>;
def cudaGraphClone : Full<"Copies a graph.",
    [Version<"", 11000, "out cudaGraph_t* pGraphClone, cudaGraph_t originalGraph">]>;
def cudaGraphConditionalHandleCreate : Full<"Makes a handle for conditional nodes.",
    [Version<"", 12000, "out cudaGraphConditionalHandle* pHandle_out, cudaGraph_t graph, unsigned int defaultLaunchValue, unsigned int flags">]>;
def cudaGraphCreate : Full<"Makes an empty graph.",
    [Version<"", 11000, "out cudaGraph_t* pGraph, unsigned int flags">]>;
def cudaGraphDebugDotPrint : Full<"Writes a graph as a DOT file.",
    [Version<"", 11000, "cudaGraph_t graph, const char* path, unsigned int flags">]>;
def cudaGraphDestroy : Full<"Destroys a graph.",
    [Version<"", 11000, "cudaGraph_t graph">]>;
def cudaGraphDestroyNode : Full<"Takes a node out of its graph.",
    [Version<"", 11000, "cudaGraphNode_t node">]>;
def cudaGraphGetEdges : Full<"Lists the edges of a graph.",
    [OldVersion<"", 11000, 13000, "cudaGraph_t graph, out cudaGraphNode_t* from, out cudaGraphNode_t* to, out size_t* numEdges">,
    OldVersion<"_v2", 12000, 13000, "cudaGraph_t graph, out cudaGraphNode_t* from, out cudaGraphNode_t* to, out cudaGraphEdgeData* edgeData, out size_t* numEdges">,
    Version<"", 13000, "cudaGraph_t graph, out cudaGraphNode_t* from, out cudaGraphNode_t* to, out cudaGraphEdgeData* edgeData, out size_t* numEdges">]>;
def cudaGraphGetNodes : Full<"Lists the nodes of a graph.",
    [Version<"", 11000, "cudaGraph_t graph, out cudaGraphNode_t* nodes, out size_t* numNodes">]>;
def cudaGraphGetRootNodes : Full<"Lists the nodes that depend on nothing.",
    [Version<"", 11000, "cudaGraph_t graph, out cudaGraphNode_t* pRootNodes, out size_t* pNumRootNodes">]>;
def cudaGraphNodeFindInClone : Full<"Finds the copy of a node in a copied graph.",
    [Version<"", 11000, "out cudaGraphNode_t* pNode, cudaGraphNode_t originalNode, cudaGraph_t clonedGraph">]>;
def cudaGraphNodeGetDependencies : Full<"Lists what a node depends on.",
    [OldVersion<"", 11000, 13000, "cudaGraphNode_t node, out cudaGraphNode_t* pDependencies, out size_t* pNumDependencies">,
    OldVersion<"_v2", 12000, 13000, "cudaGraphNode_t node, out cudaGraphNode_t* pDependencies, out cudaGraphEdgeData* edgeData, out size_t* pNumDependencies">,
    Version<"", 13000, "cudaGraphNode_t node, out cudaGraphNode_t* pDependencies, out cudaGraphEdgeData* edgeData, out size_t* pNumDependencies">]>;
def cudaGraphNodeGetDependentNodes : Full<"Lists what depends on a node.",
    [OldVersion<"", 11000, 13000, "cudaGraphNode_t node, out cudaGraphNode_t* pDependentNodes, out size_t* pNumDependentNodes">,
    OldVersion<"_v2", 12000, 13000, "cudaGraphNode_t node, out cudaGraphNode_t* pDependentNodes, out cudaGraphEdgeData* edgeData, out size_t* pNumDependentNodes">,
    Version<"", 13000, "cudaGraphNode_t node, out cudaGraphNode_t* pDependentNodes, out cudaGraphEdgeData* edgeData, out size_t* pNumDependentNodes">]>;
def cudaGraphReleaseUserObject : Full<"Gives a graph's references of a user object back.",
    [Version<"", 11000, "cudaGraph_t graph, cudaUserObject_t object, unsigned int count">]>;
def cudaGraphRemoveDependencies : Full<"Takes edges out of a graph.",
    [OldVersion<"", 11000, 13000, "cudaGraph_t graph, const cudaGraphNode_t* from, const cudaGraphNode_t* to, size_t numDependencies">,
    OldVersion<"_v2", 12000, 13000, "cudaGraph_t graph, const cudaGraphNode_t* from, const cudaGraphNode_t* to, const cudaGraphEdgeData* edgeData, size_t numDependencies">,
    Version<"", 13000, "cudaGraph_t graph, const cudaGraphNode_t* from, const cudaGraphNode_t* to, const cudaGraphEdgeData* edgeData, size_t numDependencies">]>;
def cudaGraphRetainUserObject : Full<"Makes a graph keep a user object.",
    [Version<"", 11000, "cudaGraph_t graph, cudaUserObject_t object, unsigned int count, unsigned int flags">]>;

} // Object
