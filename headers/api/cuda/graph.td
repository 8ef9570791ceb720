// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "graph" in {

def cuGraphCreate : Full<"Creates a graph.", 
    [Version<"", 10000, "out CUgraph* phGraph, unsigned int flags">]>;
def cuGraphDestroy : Full<"Destroys a graph.", 
    [Version<"", 10000, "CUgraph hGraph">]>;
def cuGraphClone : Full<"Copies a graph.", 
    [Version<"", 10000, "out CUgraph* phGraphClone, CUgraph originalGraph">]>;
def cuGraphAddKernelNode : Full<"Adds a kernel node.", 
    [Version<"", 10000, "out CUgraphNode* phGraphNode, CUgraph hGraph, const CUgraphNode* dependencies, size_t numDependencies, const CUDA_KERNEL_NODE_PARAMS_v1* nodeParams">,
    Version<"_v2", 12000, "out CUgraphNode* phGraphNode, CUgraph hGraph, const CUgraphNode* dependencies, size_t numDependencies, const CUDA_KERNEL_NODE_PARAMS* nodeParams">]>;
def cuGraphKernelNodeGetParams : Full<"Reads a kernel node.", 
    [Version<"", 10000, "CUgraphNode hNode, inout CUDA_KERNEL_NODE_PARAMS_v1* nodeParams">,
    Version<"_v2", 12000, "CUgraphNode hNode, inout CUDA_KERNEL_NODE_PARAMS* nodeParams">]>;
def cuGraphKernelNodeSetParams : Full<"Changes a kernel node.", 
    [Version<"", 10000, "CUgraphNode hNode, const CUDA_KERNEL_NODE_PARAMS_v1* nodeParams">,
    Version<"_v2", 12000, "CUgraphNode hNode, const CUDA_KERNEL_NODE_PARAMS* nodeParams">]>;
def cuGraphAddMemcpyNode : Full<"Adds a copy node.", 
    [Version<"", 10000, "out CUgraphNode* phGraphNode, CUgraph hGraph, const CUgraphNode* dependencies, size_t numDependencies, const CUDA_MEMCPY3D* copyParams, CUcontext ctx">]>;
def cuGraphMemcpyNodeGetParams : Full<"Reads a copy node.",
    [Version<"", 10000, "CUgraphNode hNode, inout CUDA_MEMCPY3D* nodeParams">]>;
def cuGraphMemcpyNodeSetParams : Full<"Changes a copy node.", 
    [Version<"", 10000, "CUgraphNode hNode, const CUDA_MEMCPY3D* nodeParams">]>;
def cuGraphAddMemsetNode : Full<"Adds a fill node.", 
    [Version<"", 10000, "out CUgraphNode* phGraphNode, CUgraph hGraph, const CUgraphNode* dependencies, size_t numDependencies, const CUDA_MEMSET_NODE_PARAMS* memsetParams, CUcontext ctx">]>;
def cuGraphMemsetNodeGetParams : Full<"Reads a fill node.",
    [Version<"", 10000, "CUgraphNode hNode, inout CUDA_MEMSET_NODE_PARAMS* nodeParams">]>;
def cuGraphMemsetNodeSetParams : Full<"Changes a fill node.", 
    [Version<"", 10000, "CUgraphNode hNode, const CUDA_MEMSET_NODE_PARAMS* nodeParams">]>;
def cuGraphAddHostNode : Full<"Adds a host function node.", 
    [Version<"", 10000, "out CUgraphNode* phGraphNode, CUgraph hGraph, const CUgraphNode* dependencies, size_t numDependencies, const CUDA_HOST_NODE_PARAMS* nodeParams">]>;
def cuGraphHostNodeGetParams : Full<"Reads a host function node.",
    [Version<"", 10000, "CUgraphNode hNode, inout CUDA_HOST_NODE_PARAMS* nodeParams">]>;
def cuGraphHostNodeSetParams : Full<"Changes a host function node.", 
    [Version<"", 10000, "CUgraphNode hNode, const CUDA_HOST_NODE_PARAMS* nodeParams">]>;
def cuGraphAddChildGraphNode : Full<"Adds a graph as a node.", 
    [Version<"", 10000, "out CUgraphNode* phGraphNode, CUgraph hGraph, const CUgraphNode* dependencies, size_t numDependencies, CUgraph childGraph">]>;
def cuGraphChildGraphNodeGetGraph : Full<"Gives the graph of a node.", 
    [Version<"", 10000, "CUgraphNode hNode, out CUgraph* phGraph">]>;
def cuGraphAddEmptyNode : Full<"Adds a node that does nothing.", 
    [Version<"", 10000, "out CUgraphNode* phGraphNode, CUgraph hGraph, const CUgraphNode* dependencies, size_t numDependencies">]>;
def cuGraphAddEventRecordNode : Full<"Adds an event record node.", 
    [Version<"", 11010, "out CUgraphNode* phGraphNode, CUgraph hGraph, const CUgraphNode* dependencies, size_t numDependencies, CUevent event">]>;
def cuGraphEventRecordNodeGetEvent : Full<"Reads an event record node.", 
    [Version<"", 11010, "CUgraphNode hNode, out CUevent* event_out">]>;
def cuGraphEventRecordNodeSetEvent : Full<"Changes an event record node.", 
    [Version<"", 11010, "CUgraphNode hNode, CUevent event">]>;
def cuGraphAddEventWaitNode : Full<"Adds an event wait node.", 
    [Version<"", 11010, "out CUgraphNode* phGraphNode, CUgraph hGraph, const CUgraphNode* dependencies, size_t numDependencies, CUevent event">]>;
def cuGraphEventWaitNodeGetEvent : Full<"Reads an event wait node.", 
    [Version<"", 11010, "CUgraphNode hNode, out CUevent* event_out">]>;
def cuGraphEventWaitNodeSetEvent : Full<"Changes an event wait node.", 
    [Version<"", 11010, "CUgraphNode hNode, CUevent event">]>;
def cuGraphAddExternalSemaphoresSignalNode : Full<"Adds a semaphore signal node.", 
    [Version<"", 11020, "out CUgraphNode* phGraphNode, CUgraph hGraph, const CUgraphNode* dependencies, size_t numDependencies, const CUDA_EXT_SEM_SIGNAL_NODE_PARAMS* nodeParams">]>;
def cuGraphExternalSemaphoresSignalNodeGetParams : Full<"Reads a semaphore signal node.", 
    [Version<"", 11020, "CUgraphNode hNode, out CUDA_EXT_SEM_SIGNAL_NODE_PARAMS* params_out">]>;
def cuGraphExternalSemaphoresSignalNodeSetParams : Full<"Changes a semaphore signal node.", 
    [Version<"", 11020, "CUgraphNode hNode, const CUDA_EXT_SEM_SIGNAL_NODE_PARAMS* nodeParams">]>;
def cuGraphAddExternalSemaphoresWaitNode : Full<"Adds a semaphore wait node.", 
    [Version<"", 11020, "out CUgraphNode* phGraphNode, CUgraph hGraph, const CUgraphNode* dependencies, size_t numDependencies, const CUDA_EXT_SEM_WAIT_NODE_PARAMS* nodeParams">]>;
def cuGraphExternalSemaphoresWaitNodeGetParams : Full<"Reads a semaphore wait node.", 
    [Version<"", 11020, "CUgraphNode hNode, out CUDA_EXT_SEM_WAIT_NODE_PARAMS* params_out">]>;
def cuGraphExternalSemaphoresWaitNodeSetParams : Full<"Changes a semaphore wait node.", 
    [Version<"", 11020, "CUgraphNode hNode, const CUDA_EXT_SEM_WAIT_NODE_PARAMS* nodeParams">]>;
def cuGraphAddBatchMemOpNode : Full<"Adds a memory operation node.",
    [Version<"", 11070, "out CUgraphNode* phGraphNode, CUgraph hGraph, const CUgraphNode* dependencies, size_t numDependencies, const CUDA_BATCH_MEM_OP_NODE_PARAMS* nodeParams">]>;
def cuGraphBatchMemOpNodeGetParams : Full<"Reads a memory operation node.",
    [Version<"", 11070, "CUgraphNode hNode, out CUDA_BATCH_MEM_OP_NODE_PARAMS* nodeParams_out">]>;
def cuGraphBatchMemOpNodeSetParams : Full<"Changes a memory operation node.",
    [Version<"", 11070, "CUgraphNode hNode, const CUDA_BATCH_MEM_OP_NODE_PARAMS* nodeParams">]>;
def cuGraphAddMemAllocNode : Full<"Adds an allocation node.", 
    [Version<"", 11040, "out CUgraphNode* phGraphNode, CUgraph hGraph, const CUgraphNode* dependencies, size_t numDependencies, inout CUDA_MEM_ALLOC_NODE_PARAMS* nodeParams">]>;
def cuGraphMemAllocNodeGetParams : Full<"Reads an allocation node.", 
    [Version<"", 11040, "CUgraphNode hNode, out CUDA_MEM_ALLOC_NODE_PARAMS* params_out">]>;
def cuGraphAddMemFreeNode : Full<"Adds a free node.", 
    [Version<"", 11040, "out CUgraphNode* phGraphNode, CUgraph hGraph, const CUgraphNode* dependencies, size_t numDependencies, CUdeviceptr dptr">]>;
def cuGraphMemFreeNodeGetParams : Full<"Reads a free node.",
    [Version<"", 11040, "CUgraphNode hNode, out CUdeviceptr* dptr_out">]>;
def cuGraphAddNode : Full<"Adds a node of any type.", 
    [Version<"", 12020, "out CUgraphNode* phGraphNode, CUgraph hGraph, const CUgraphNode* dependencies, size_t numDependencies, inout CUgraphNodeParams* nodeParams">,
    Version<"_v2", 12030, "out CUgraphNode* phGraphNode, CUgraph hGraph, const CUgraphNode* dependencies, const CUgraphEdgeData* dependencyData, size_t numDependencies, inout CUgraphNodeParams* nodeParams">]>;
def cuGraphNodeSetParams : Full<"Changes a node of any type.", 
    [Version<"", 12020, "CUgraphNode hNode, inout CUgraphNodeParams* nodeParams">]>;
def cuGraphNodeFindInClone : Full<"Finds a node's copy in a clone.", 
    [Version<"", 10000, "out CUgraphNode* phNode, CUgraphNode hOriginalNode, CUgraph hClonedGraph">]>;
def cuGraphNodeGetType : Full<"Gives a node's type.", 
    [Version<"", 10000, "CUgraphNode hNode, out CUgraphNodeType* type">]>;
def cuGraphGetNodes : Full<"Lists a graph's nodes.", 
    [Version<"", 10000, "CUgraph hGraph, out CUgraphNode* nodes, inout size_t* numNodes">]>;
def cuGraphGetRootNodes : Full<"Lists a graph's roots.", 
    [Version<"", 10000, "CUgraph hGraph, out CUgraphNode* rootNodes, inout size_t* numRootNodes">]>;
def cuGraphGetEdges : Full<"Lists a graph's edges.", 
    [Version<"", 10000, "CUgraph hGraph, CUgraphNode* from, CUgraphNode* to, inout size_t* numEdges">,
    Version<"_v2", 12030, "CUgraph hGraph, CUgraphNode* from, CUgraphNode* to, CUgraphEdgeData* edgeData, inout size_t* numEdges">]>;
def cuGraphNodeGetDependencies : Full<"Lists what a node depends on.", 
    [Version<"", 10000, "CUgraphNode hNode, CUgraphNode* dependencies, inout size_t* numDependencies">,
    Version<"_v2", 12030, "CUgraphNode hNode, CUgraphNode* dependencies, CUgraphEdgeData* edgeData, inout size_t* numDependencies">]>;
def cuGraphNodeGetDependentNodes : Full<"Lists what depends on a node.", 
    [Version<"", 10000, "CUgraphNode hNode, out CUgraphNode* dependentNodes, inout size_t* numDependentNodes">,
    Version<"_v2", 12030, "CUgraphNode hNode, out CUgraphNode* dependentNodes, CUgraphEdgeData* edgeData, inout size_t* numDependentNodes">]>;
def cuGraphAddDependencies : Full<"Adds edges.", 
    [Version<"", 10000, "CUgraph hGraph, const CUgraphNode* from, const CUgraphNode* to, size_t numDependencies">,
    Version<"_v2", 12030, "CUgraph hGraph, const CUgraphNode* from, const CUgraphNode* to, const CUgraphEdgeData* edgeData, size_t numDependencies">]>;
def cuGraphRemoveDependencies : Full<"Removes edges.", 
    [Version<"", 10000, "CUgraph hGraph, const CUgraphNode* from, const CUgraphNode* to, size_t numDependencies">,
    Version<"_v2", 12030, "CUgraph hGraph, const CUgraphNode* from, const CUgraphNode* to, const CUgraphEdgeData* edgeData, size_t numDependencies">]>;
def cuGraphDestroyNode : Full<"Removes a node.", 
    [Version<"", 10000, "CUgraphNode hNode">]>;
def cuGraphKernelNodeCopyAttributes : Full<"Copies attributes between kernel nodes.",
    [Version<"", 11000, "CUgraphNode dst, CUgraphNode src">]>;
def cuGraphKernelNodeGetAttribute : Full<"Reads an attribute of a kernel node.",
    [Version<"", 11000, "CUgraphNode hNode, CUkernelNodeAttrID attr, out CUkernelNodeAttrValue* value_out">]>;
def cuGraphKernelNodeSetAttribute : Full<"Sets an attribute of a kernel node.",
    [Version<"", 11000, "CUgraphNode hNode, CUkernelNodeAttrID attr, const CUkernelNodeAttrValue* value">]>;
def cuGraphDebugDotPrint : Full<"Writes a graph as a DOT file.",
    [Version<"", 11030, "CUgraph hGraph, const char* path, unsigned int flags">]>;
def cuGraphConditionalHandleCreate : Full<"Creates a condition for a graph.",
    [Version<"", 12030, "out CUgraphConditionalHandle* pHandle_out, CUgraph hGraph, CUcontext ctx, unsigned int defaultLaunchValue, unsigned int flags">]>;
def cuUserObjectCreate : Full<"Creates an object that graphs keep alive.",
    [Version<"", 11030, "out CUuserObject* object_out, void* ptr, CUhostFn destroy, unsigned int initialRefcount, unsigned int flags">]>;
def cuUserObjectRetain : Full<"Takes references on a user object.",
    [Version<"", 11030, "CUuserObject object, unsigned int count">]>;
def cuUserObjectRelease : Full<"Gives references on a user object back.",
    [Version<"", 11030, "CUuserObject object, unsigned int count">]>;
def cuGraphRetainUserObject : Full<"Gives a graph references on a user object.",
    [Version<"", 11030, "CUgraph graph, CUuserObject object, unsigned int count, unsigned int flags">]>;
def cuGraphReleaseUserObject : Full<"Takes references on a user object from a graph.",
    [Version<"", 11030, "CUgraph graph, CUuserObject object, unsigned int count">]>;
def cuDeviceGraphMemTrim : Full<"Gives unused graph memory back.",
    [Version<"", 11040, "CUdevice device">]>;
def cuDeviceGetGraphMemAttribute : Full<"Reads an attribute of graph memory.",
    [Version<"", 11040, "CUdevice device, CUgraphMem_attribute attr, out void* value">]>;
def cuDeviceSetGraphMemAttribute : Full<"Sets an attribute of graph memory.",
    [Version<"", 11040, "CUdevice device, CUgraphMem_attribute attr, void* value">]>;

} // Object
