// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Structures and unions of the driver API.
include "Base.td"

def CUuuid : Struct<"CUuuid_st", [
  "char bytes[16]"]>;
def CUmemFabricHandle_v1 : Struct<"CUmemFabricHandle_st", [
  "unsigned char data[64]"]>;
def CUipcEventHandle_v1 : Struct<"CUipcEventHandle_st", [
  "char reserved[64]"]>;
def CUipcMemHandle_v1 : Struct<"CUipcMemHandle_st", [
  "char reserved[64]"]>;
def CUstreamBatchMemOpParams_v1 : Union<"CUstreamBatchMemOpParams_union", [
  "CUstreamBatchMemOpType operation",
  "struct CUstreamMemOpWaitValueParams_st { CUstreamBatchMemOpType operation; CUdeviceptr address; union { cuuint32_t value; cuuint64_t value64; }; unsigned int flags; CUdeviceptr alias; } waitValue",
  "struct CUstreamMemOpWriteValueParams_st { CUstreamBatchMemOpType operation; CUdeviceptr address; union { cuuint32_t value; cuuint64_t value64; }; unsigned int flags; CUdeviceptr alias; } writeValue",
  "struct CUstreamMemOpFlushRemoteWritesParams_st { CUstreamBatchMemOpType operation; unsigned int flags; } flushRemoteWrites",
  "struct CUstreamMemOpMemoryBarrierParams_st { CUstreamBatchMemOpType operation; unsigned int flags; } memoryBarrier",
  "cuuint64_t pad[6]"]>;
def CUDA_BATCH_MEM_OP_NODE_PARAMS_v1 : Struct<"CUDA_BATCH_MEM_OP_NODE_PARAMS_v1_st", [
  "CUcontext ctx",
  "unsigned int count",
  "CUstreamBatchMemOpParams* paramArray",
  "unsigned int flags"]>;
def CUDA_BATCH_MEM_OP_NODE_PARAMS_v2 : Struct<"CUDA_BATCH_MEM_OP_NODE_PARAMS_v2_st", [
  "CUcontext ctx",
  "unsigned int count",
  "CUstreamBatchMemOpParams* paramArray",
  "unsigned int flags"]>;
def CUasyncNotificationInfo : Struct<"CUasyncNotificationInfo_st", [
  "CUasyncNotificationType type",
  "union { struct { unsigned long long bytesOverBudget; } overBudget; } info"]>;
def CUdevprop_v1 : Struct<"CUdevprop_st", [
  "int maxThreadsPerBlock",
  "int maxThreadsDim[3]",
  "int maxGridSize[3]",
  "int sharedMemPerBlock",
  "int totalConstantMemory",
  "int SIMDWidth",
  "int memPitch",
  "int regsPerBlock",
  "int clockRate",
  "int textureAlign"]>;
def CUaccessPolicyWindow_v1 : Struct<"CUaccessPolicyWindow_st", [
  "void* base_ptr",
  "size_t num_bytes",
  "float hitRatio",
  "CUaccessProperty hitProp",
  "CUaccessProperty missProp"]>;
def CUDA_KERNEL_NODE_PARAMS_v1 : Struct<"CUDA_KERNEL_NODE_PARAMS_st", [
  "CUfunction func",
  "unsigned int gridDimX",
  "unsigned int gridDimY",
  "unsigned int gridDimZ",
  "unsigned int blockDimX",
  "unsigned int blockDimY",
  "unsigned int blockDimZ",
  "unsigned int sharedMemBytes",
  "void**kernelParams",
  "void**extra"]>;
def CUDA_KERNEL_NODE_PARAMS_v2 : Struct<"CUDA_KERNEL_NODE_PARAMS_v2_st", [
  "CUfunction func",
  "unsigned int gridDimX",
  "unsigned int gridDimY",
  "unsigned int gridDimZ",
  "unsigned int blockDimX",
  "unsigned int blockDimY",
  "unsigned int blockDimZ",
  "unsigned int sharedMemBytes",
  "void**kernelParams",
  "void**extra",
  "CUkernel kern",
  "CUcontext ctx"]>;
def CUDA_KERNEL_NODE_PARAMS_v3 : Struct<"CUDA_KERNEL_NODE_PARAMS_v3_st", [
  "CUfunction func",
  "unsigned int gridDimX",
  "unsigned int gridDimY",
  "unsigned int gridDimZ",
  "unsigned int blockDimX",
  "unsigned int blockDimY",
  "unsigned int blockDimZ",
  "unsigned int sharedMemBytes",
  "void**kernelParams",
  "void**extra",
  "CUkernel kern",
  "CUcontext ctx"]>;
def CUDA_MEMSET_NODE_PARAMS_v1 : Struct<"CUDA_MEMSET_NODE_PARAMS_st", [
  "CUdeviceptr dst",
  "size_t pitch",
  "unsigned int value",
  "unsigned int elementSize",
  "size_t width",
  "size_t height"]>;
def CUDA_MEMSET_NODE_PARAMS_v2 : Struct<"CUDA_MEMSET_NODE_PARAMS_v2_st", [
  "CUdeviceptr dst",
  "size_t pitch",
  "unsigned int value",
  "unsigned int elementSize",
  "size_t width",
  "size_t height",
  "CUcontext ctx"]>;
def CUDA_HOST_NODE_PARAMS_v1 : Struct<"CUDA_HOST_NODE_PARAMS_st", [
  "CUhostFn fn",
  "void* userData"]>;
def CUDA_HOST_NODE_PARAMS_v2 : Struct<"CUDA_HOST_NODE_PARAMS_v2_st", [
  "CUhostFn fn",
  "void* userData"]>;
def CUDA_CONDITIONAL_NODE_PARAMS : Struct<"CUDA_CONDITIONAL_NODE_PARAMS", [
  "CUgraphConditionalHandle handle",
  "CUgraphConditionalNodeType type",
  "unsigned int size",
  "CUgraph* phGraph_out",
  "CUcontext ctx"]>;
def CUgraphEdgeData : Struct<"CUgraphEdgeData_st", [
  "unsigned char from_port",
  "unsigned char to_port",
  "unsigned char type",
  "unsigned char reserved[5]"]>;
def CUDA_GRAPH_INSTANTIATE_PARAMS : Struct<"CUDA_GRAPH_INSTANTIATE_PARAMS_st", [
  "cuuint64_t flags",
  "CUstream hUploadStream",
  "CUgraphNode hErrNode_out",
  "CUgraphInstantiateResult result_out"]>;
def CUlaunchMemSyncDomainMap : Struct<"CUlaunchMemSyncDomainMap_st", [
  "unsigned char default_",
  "unsigned char remote"]>;
def CUlaunchAttributeValue : Union<"CUlaunchAttributeValue_union", [
  "char pad[64]",
  "CUaccessPolicyWindow accessPolicyWindow",
  "int cooperative",
  "CUsynchronizationPolicy syncPolicy",
  "struct { unsigned int x; unsigned int y; unsigned int z; } clusterDim",
  "CUclusterSchedulingPolicy clusterSchedulingPolicyPreference",
  "int programmaticStreamSerializationAllowed",
  "struct { CUevent event; int flags; int triggerAtBlockStart; } programmaticEvent",
  "struct { CUevent event; int flags; } launchCompletionEvent",
  "int priority",
  "CUlaunchMemSyncDomainMap memSyncDomainMap",
  "CUlaunchMemSyncDomain memSyncDomain",
  "struct { unsigned int x; unsigned int y; unsigned int z; } preferredClusterDim",
  "struct { int deviceUpdatable; CUgraphDeviceNode devNode; } deviceUpdatableKernelNode",
  "unsigned int sharedMemCarveout",
  "unsigned int nvlinkUtilCentricScheduling"]>;
def CUlaunchAttribute : Struct<"CUlaunchAttribute_st", [
  "CUlaunchAttributeID id",
  "char pad[8 - sizeof(CUlaunchAttributeID)]",
  "CUlaunchAttributeValue value"]>;
def CUlaunchConfig : Struct<"CUlaunchConfig_st", [
  "unsigned int gridDimX",
  "unsigned int gridDimY",
  "unsigned int gridDimZ",
  "unsigned int blockDimX",
  "unsigned int blockDimY",
  "unsigned int blockDimZ",
  "unsigned int sharedMemBytes",
  "CUstream hStream",
  "CUlaunchAttribute* attrs",
  "unsigned int numAttrs"]>;
def CUexecAffinitySmCount_v1 : Struct<"CUexecAffinitySmCount_st", [
  "unsigned int val"]>;
def CUexecAffinityParam_v1 : Struct<"CUexecAffinityParam_st", [
  "CUexecAffinityType type",
  "union { CUexecAffinitySmCount smCount; } param"]>;
def CUctxCigParam : Struct<"CUctxCigParam_st", [
  "CUcigDataType sharedDataType",
  "void* sharedData"]>;
def CUctxCreateParams : Struct<"CUctxCreateParams_st", [
  "CUexecAffinityParam* execAffinityParams",
  "int numExecAffinityParams",
  "CUctxCigParam* cigParams"]>;
def CUlibraryHostUniversalFunctionAndDataTable : Struct<"CUlibraryHostUniversalFunctionAndDataTable_st", [
  "void* functionTable",
  "size_t functionWindowSize",
  "void* dataTable",
  "size_t dataWindowSize"]>;
def CUDA_MEMCPY2D_v2 : Struct<"CUDA_MEMCPY2D_st", [
  "size_t srcXInBytes",
  "size_t srcY",
  "CUmemorytype srcMemoryType",
  "const void* srcHost",
  "CUdeviceptr srcDevice",
  "CUarray srcArray",
  "size_t srcPitch",
  "size_t dstXInBytes",
  "size_t dstY",
  "CUmemorytype dstMemoryType",
  "void* dstHost",
  "CUdeviceptr dstDevice",
  "CUarray dstArray",
  "size_t dstPitch",
  "size_t WidthInBytes",
  "size_t Height"]>;
def CUDA_MEMCPY3D_v2 : Struct<"CUDA_MEMCPY3D_st", [
  "size_t srcXInBytes",
  "size_t srcY",
  "size_t srcZ",
  "size_t srcLOD",
  "CUmemorytype srcMemoryType",
  "const void* srcHost",
  "CUdeviceptr srcDevice",
  "CUarray srcArray",
  "void* reserved0",
  "size_t srcPitch",
  "size_t srcHeight",
  "size_t dstXInBytes",
  "size_t dstY",
  "size_t dstZ",
  "size_t dstLOD",
  "CUmemorytype dstMemoryType",
  "void* dstHost",
  "CUdeviceptr dstDevice",
  "CUarray dstArray",
  "void* reserved1",
  "size_t dstPitch",
  "size_t dstHeight",
  "size_t WidthInBytes",
  "size_t Height",
  "size_t Depth"]>;
def CUDA_MEMCPY3D_PEER_v1 : Struct<"CUDA_MEMCPY3D_PEER_st", [
  "size_t srcXInBytes",
  "size_t srcY",
  "size_t srcZ",
  "size_t srcLOD",
  "CUmemorytype srcMemoryType",
  "const void* srcHost",
  "CUdeviceptr srcDevice",
  "CUarray srcArray",
  "CUcontext srcContext",
  "size_t srcPitch",
  "size_t srcHeight",
  "size_t dstXInBytes",
  "size_t dstY",
  "size_t dstZ",
  "size_t dstLOD",
  "CUmemorytype dstMemoryType",
  "void* dstHost",
  "CUdeviceptr dstDevice",
  "CUarray dstArray",
  "CUcontext dstContext",
  "size_t dstPitch",
  "size_t dstHeight",
  "size_t WidthInBytes",
  "size_t Height",
  "size_t Depth"]>;
def CUDA_MEMCPY_NODE_PARAMS : Struct<"CUDA_MEMCPY_NODE_PARAMS_st", [
  "int flags",
  "int reserved",
  "CUcontext copyCtx",
  "CUDA_MEMCPY3D copyParams"]>;
def CUDA_ARRAY_DESCRIPTOR_v2 : Struct<"CUDA_ARRAY_DESCRIPTOR_st", [
  "size_t Width",
  "size_t Height",
  "CUarray_format Format",
  "unsigned int NumChannels"]>;
def CUDA_ARRAY3D_DESCRIPTOR_v2 : Struct<"CUDA_ARRAY3D_DESCRIPTOR_st", [
  "size_t Width",
  "size_t Height",
  "size_t Depth",
  "CUarray_format Format",
  "unsigned int NumChannels",
  "unsigned int Flags"]>;
def CUDA_ARRAY_SPARSE_PROPERTIES_v1 : Struct<"CUDA_ARRAY_SPARSE_PROPERTIES_st", [
  "struct { unsigned int width; unsigned int height; unsigned int depth; } tileExtent",
  "unsigned int miptailFirstLevel",
  "unsigned long long miptailSize",
  "unsigned int flags",
  "unsigned int reserved[4]"]>;
def CUDA_ARRAY_MEMORY_REQUIREMENTS_v1 : Struct<"CUDA_ARRAY_MEMORY_REQUIREMENTS_st", [
  "size_t size",
  "size_t alignment",
  "unsigned int reserved[4]"]>;
def CUDA_RESOURCE_DESC_v1 : Struct<"CUDA_RESOURCE_DESC_st", [
  "CUresourcetype resType",
  "union { struct { CUarray hArray; } array; struct { CUmipmappedArray hMipmappedArray; } mipmap; struct { CUdeviceptr devPtr; CUarray_format format; unsigned int numChannels; size_t sizeInBytes; } linear; struct { CUdeviceptr devPtr; CUarray_format format; unsigned int numChannels; size_t width; size_t height; size_t pitchInBytes; } pitch2D; struct { int reserved[32]; } reserved; } res",
  "unsigned int flags"]>;
def CUDA_TEXTURE_DESC_v1 : Struct<"CUDA_TEXTURE_DESC_st", [
  "CUaddress_mode addressMode[3]",
  "CUfilter_mode filterMode",
  "unsigned int flags",
  "unsigned int maxAnisotropy",
  "CUfilter_mode mipmapFilterMode",
  "float mipmapLevelBias",
  "float minMipmapLevelClamp",
  "float maxMipmapLevelClamp",
  "float borderColor[4]",
  "int reserved[12]"]>;
def CUDA_RESOURCE_VIEW_DESC_v1 : Struct<"CUDA_RESOURCE_VIEW_DESC_st", [
  "CUresourceViewFormat format",
  "size_t width",
  "size_t height",
  "size_t depth",
  "unsigned int firstMipmapLevel",
  "unsigned int lastMipmapLevel",
  "unsigned int firstLayer",
  "unsigned int lastLayer",
  "unsigned int reserved[16]"]>;
def CUtensorMap : Struct<"CUtensorMap_st", [
  "cuuint64_t opaque[16]"]> { let Align = 128; }
def CUDA_POINTER_ATTRIBUTE_P2P_TOKENS_v1 : Struct<"CUDA_POINTER_ATTRIBUTE_P2P_TOKENS_st", [
  "unsigned long long p2pToken",
  "unsigned int vaSpaceToken"]>;
def CUDA_LAUNCH_PARAMS_v1 : Struct<"CUDA_LAUNCH_PARAMS_st", [
  "CUfunction function",
  "unsigned int gridDimX",
  "unsigned int gridDimY",
  "unsigned int gridDimZ",
  "unsigned int blockDimX",
  "unsigned int blockDimY",
  "unsigned int blockDimZ",
  "unsigned int sharedMemBytes",
  "CUstream hStream",
  "void**kernelParams"]>;
def CUDA_EXTERNAL_MEMORY_HANDLE_DESC_v1 : Struct<"CUDA_EXTERNAL_MEMORY_HANDLE_DESC_st", [
  "CUexternalMemoryHandleType type",
  "union { int fd; struct { void* handle; const void* name; } win32; const void* nvSciBufObject; } handle",
  "unsigned long long size",
  "unsigned int flags",
  "unsigned int reserved[16]"]>;
def CUDA_EXTERNAL_MEMORY_BUFFER_DESC_v1 : Struct<"CUDA_EXTERNAL_MEMORY_BUFFER_DESC_st", [
  "unsigned long long offset",
  "unsigned long long size",
  "unsigned int flags",
  "unsigned int reserved[16]"]>;
def CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC_v1 : Struct<"CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC_st", [
  "unsigned long long offset",
  "CUDA_ARRAY3D_DESCRIPTOR arrayDesc",
  "unsigned int numLevels",
  "unsigned int reserved[16]"]>;
def CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC_v1 : Struct<"CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC_st", [
  "CUexternalSemaphoreHandleType type",
  "union { int fd; struct { void* handle; const void* name; } win32; const void* nvSciSyncObj; } handle",
  "unsigned int flags",
  "unsigned int reserved[16]"]>;
def CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS_v1 : Struct<"CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS_st", [
  "struct { struct { unsigned long long value; } fence; union { void* fence; unsigned long long reserved; } nvSciSync; struct { unsigned long long key; } keyedMutex; unsigned int reserved[12]; } params",
  "unsigned int flags",
  "unsigned int reserved[16]"]>;
def CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS_v1 : Struct<"CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS_st", [
  "struct { struct { unsigned long long value; } fence; union { void* fence; unsigned long long reserved; } nvSciSync; struct { unsigned long long key; unsigned int timeoutMs; } keyedMutex; unsigned int reserved[10]; } params",
  "unsigned int flags",
  "unsigned int reserved[16]"]>;
def CUDA_EXT_SEM_SIGNAL_NODE_PARAMS_v1 : Struct<"CUDA_EXT_SEM_SIGNAL_NODE_PARAMS_st", [
  "CUexternalSemaphore* extSemArray",
  "const CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS* paramsArray",
  "unsigned int numExtSems"]>;
def CUDA_EXT_SEM_SIGNAL_NODE_PARAMS_v2 : Struct<"CUDA_EXT_SEM_SIGNAL_NODE_PARAMS_v2_st", [
  "CUexternalSemaphore* extSemArray",
  "const CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS* paramsArray",
  "unsigned int numExtSems"]>;
def CUDA_EXT_SEM_WAIT_NODE_PARAMS_v1 : Struct<"CUDA_EXT_SEM_WAIT_NODE_PARAMS_st", [
  "CUexternalSemaphore* extSemArray",
  "const CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS* paramsArray",
  "unsigned int numExtSems"]>;
def CUDA_EXT_SEM_WAIT_NODE_PARAMS_v2 : Struct<"CUDA_EXT_SEM_WAIT_NODE_PARAMS_v2_st", [
  "CUexternalSemaphore* extSemArray",
  "const CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS* paramsArray",
  "unsigned int numExtSems"]>;
def CUarrayMapInfo_v1 : Struct<"CUarrayMapInfo_st", [
  "CUresourcetype resourceType",
  "union { CUmipmappedArray mipmap; CUarray array; } resource",
  "CUarraySparseSubresourceType subresourceType",
  "union { struct { unsigned int level; unsigned int layer; unsigned int offsetX; unsigned int offsetY; unsigned int offsetZ; unsigned int extentWidth; unsigned int extentHeight; unsigned int extentDepth; } sparseLevel; struct { unsigned int layer; unsigned long long offset; unsigned long long size; } miptail; } subresource",
  "CUmemOperationType memOperationType",
  "CUmemHandleType memHandleType",
  "union { CUmemGenericAllocationHandle memHandle; } memHandle",
  "unsigned long long offset",
  "unsigned int deviceBitMask",
  "unsigned int flags",
  "unsigned int reserved[2]"]>;
def CUmemLocation_v1 : Struct<"CUmemLocation_st", [
  "CUmemLocationType type",
  "int id"]>;
def CUmemAllocationProp_v1 : Struct<"CUmemAllocationProp_st", [
  "CUmemAllocationType type",
  "CUmemAllocationHandleType requestedHandleTypes",
  "CUmemLocation location",
  "void* win32HandleMetaData",
  "struct { unsigned char compressionType; unsigned char gpuDirectRDMACapable; unsigned short usage; unsigned char reserved[4]; } allocFlags"]>;
def CUmulticastObjectProp_v1 : Struct<"CUmulticastObjectProp_st", [
  "unsigned int numDevices",
  "size_t size",
  "unsigned long long handleTypes",
  "unsigned long long flags"]>;
def CUmemAccessDesc_v1 : Struct<"CUmemAccessDesc_st", [
  "CUmemLocation location",
  "CUmemAccess_flags flags"]>;
def CUgraphExecUpdateResultInfo_v1 : Struct<"CUgraphExecUpdateResultInfo_st", [
  "CUgraphExecUpdateResult result",
  "CUgraphNode errorNode",
  "CUgraphNode errorFromNode"]>;
def CUmemPoolProps_v1 : Struct<"CUmemPoolProps_st", [
  "CUmemAllocationType allocType",
  "CUmemAllocationHandleType handleTypes",
  "CUmemLocation location",
  "void* win32SecurityAttributes",
  "size_t maxSize",
  "unsigned short usage",
  "unsigned char reserved[54]"]>;
def CUmemPoolPtrExportData_v1 : Struct<"CUmemPoolPtrExportData_st", [
  "unsigned char reserved[64]"]>;
def CUmemcpyAttributes_v1 : Struct<"CUmemcpyAttributes_st", [
  "CUmemcpySrcAccessOrder srcAccessOrder",
  "CUmemLocation srcLocHint",
  "CUmemLocation dstLocHint",
  "unsigned int flags"]>;
def CUoffset3D_v1 : Struct<"CUoffset3D_st", [
  "size_t x",
  "size_t y",
  "size_t z"]>;
def CUextent3D_v1 : Struct<"CUextent3D_st", [
  "size_t width",
  "size_t height",
  "size_t depth"]>;
def CUmemcpy3DOperand_v1 : Struct<"CUmemcpy3DOperand_st", [
  "CUmemcpy3DOperandType type",
  "union { struct { CUdeviceptr ptr; size_t rowLength; size_t layerHeight; CUmemLocation locHint; } ptr; struct { CUarray array; CUoffset3D offset; } array; } op"]>;
def CUDA_MEMCPY3D_BATCH_OP_v1 : Struct<"CUDA_MEMCPY3D_BATCH_OP_st", [
  "CUmemcpy3DOperand src",
  "CUmemcpy3DOperand dst",
  "CUextent3D extent",
  "CUmemcpySrcAccessOrder srcAccessOrder",
  "unsigned int flags"]>;
def CUDA_MEM_ALLOC_NODE_PARAMS_v1 : Struct<"CUDA_MEM_ALLOC_NODE_PARAMS_v1_st", [
  "CUmemPoolProps poolProps",
  "const CUmemAccessDesc* accessDescs",
  "size_t accessDescCount",
  "size_t bytesize",
  "CUdeviceptr dptr"]>;
def CUDA_MEM_ALLOC_NODE_PARAMS_v2 : Struct<"CUDA_MEM_ALLOC_NODE_PARAMS_v2_st", [
  "CUmemPoolProps poolProps",
  "const CUmemAccessDesc* accessDescs",
  "size_t accessDescCount",
  "size_t bytesize",
  "CUdeviceptr dptr"]>;
def CUDA_MEM_FREE_NODE_PARAMS : Struct<"CUDA_MEM_FREE_NODE_PARAMS_st", [
  "CUdeviceptr dptr"]>;
def CUDA_CHILD_GRAPH_NODE_PARAMS : Struct<"CUDA_CHILD_GRAPH_NODE_PARAMS_st", [
  "CUgraph graph",
  "CUgraphChildGraphNodeOwnership ownership"]>;
def CUDA_EVENT_RECORD_NODE_PARAMS : Struct<"CUDA_EVENT_RECORD_NODE_PARAMS_st", [
  "CUevent event"]>;
def CUDA_EVENT_WAIT_NODE_PARAMS : Struct<"CUDA_EVENT_WAIT_NODE_PARAMS_st", [
  "CUevent event"]>;
def CUgraphNodeParams : Struct<"CUgraphNodeParams_st", [
  "CUgraphNodeType type",
  "int reserved0[3]",
  "union { long long reserved1[29]; CUDA_KERNEL_NODE_PARAMS_v3 kernel; CUDA_MEMCPY_NODE_PARAMS memcpy; CUDA_MEMSET_NODE_PARAMS_v2 memset; CUDA_HOST_NODE_PARAMS_v2 host; CUDA_CHILD_GRAPH_NODE_PARAMS graph; CUDA_EVENT_WAIT_NODE_PARAMS eventWait; CUDA_EVENT_RECORD_NODE_PARAMS eventRecord; CUDA_EXT_SEM_SIGNAL_NODE_PARAMS_v2 extSemSignal; CUDA_EXT_SEM_WAIT_NODE_PARAMS_v2 extSemWait; CUDA_MEM_ALLOC_NODE_PARAMS_v2 alloc; CUDA_MEM_FREE_NODE_PARAMS free; CUDA_BATCH_MEM_OP_NODE_PARAMS_v2 memOp; CUDA_CONDITIONAL_NODE_PARAMS conditional; }",
  "long long reserved2"]>;
def CUcheckpointLockArgs : Struct<"CUcheckpointLockArgs_st", [
  "unsigned int timeoutMs",
  "unsigned int reserved0",
  "cuuint64_t reserved1[7]"]>;
def CUcheckpointCheckpointArgs : Struct<"CUcheckpointCheckpointArgs_st", [
  "cuuint64_t reserved[8]"]>;
def CUcheckpointGpuPair : Struct<"CUcheckpointGpuPair_st", [
  "CUuuid oldUuid",
  "CUuuid newUuid"]>;
def CUcheckpointRestoreArgs : Struct<"CUcheckpointRestoreArgs_st", [
  "CUcheckpointGpuPair* gpuPairs",
  "unsigned int gpuPairsCount",
  "char reserved[52 - sizeof(CUcheckpointGpuPair* )]",
  "cuuint64_t reserved1"]>;
def CUcheckpointUnlockArgs : Struct<"CUcheckpointUnlockArgs_st", [
  "cuuint64_t reserved[8]"]>;
def CUmemDecompressParams : Struct<"CUmemDecompressParams_st", [
  "size_t srcNumBytes",
  "size_t dstNumBytes",
  "cuuint32_t* dstActBytes",
  "const void* src",
  "void* dst",
  "CUmemDecompressAlgorithm algo",
  "unsigned char padding[20]"]>;
def CUdevSmResource : Struct<"CUdevSmResource_st", [
  "unsigned int smCount",
  "unsigned int minSmPartitionSize",
  "unsigned int smCoscheduledAlignment"]>;
def CUdevResource_v1 : Struct<"CUdevResource_st", [
  "CUdevResourceType type",
  "unsigned char _internal_padding[92]",
  "union { CUdevSmResource sm; unsigned char _oversize[48]; }"]>;
def CUDA_MEMCPY2D_v1 : Struct<"CUDA_MEMCPY2D_v1_st", [
  "unsigned int srcXInBytes",
  "unsigned int srcY",
  "CUmemorytype srcMemoryType",
  "const void* srcHost",
  "CUdeviceptr_v1 srcDevice",
  "CUarray srcArray",
  "unsigned int srcPitch",
  "unsigned int dstXInBytes",
  "unsigned int dstY",
  "CUmemorytype dstMemoryType",
  "void* dstHost",
  "CUdeviceptr_v1 dstDevice",
  "CUarray dstArray",
  "unsigned int dstPitch",
  "unsigned int WidthInBytes",
  "unsigned int Height"]>;
def CUDA_MEMCPY3D_v1 : Struct<"CUDA_MEMCPY3D_v1_st", [
  "unsigned int srcXInBytes",
  "unsigned int srcY",
  "unsigned int srcZ",
  "unsigned int srcLOD",
  "CUmemorytype srcMemoryType",
  "const void* srcHost",
  "CUdeviceptr_v1 srcDevice",
  "CUarray srcArray",
  "void* reserved0",
  "unsigned int srcPitch",
  "unsigned int srcHeight",
  "unsigned int dstXInBytes",
  "unsigned int dstY",
  "unsigned int dstZ",
  "unsigned int dstLOD",
  "CUmemorytype dstMemoryType",
  "void* dstHost",
  "CUdeviceptr_v1 dstDevice",
  "CUarray dstArray",
  "void* reserved1",
  "unsigned int dstPitch",
  "unsigned int dstHeight",
  "unsigned int WidthInBytes",
  "unsigned int Height",
  "unsigned int Depth"]>;
def CUDA_ARRAY_DESCRIPTOR_v1 : Struct<"CUDA_ARRAY_DESCRIPTOR_v1_st", [
  "unsigned int Width",
  "unsigned int Height",
  "CUarray_format Format",
  "unsigned int NumChannels"]>;
def CUDA_ARRAY3D_DESCRIPTOR_v1 : Struct<"CUDA_ARRAY3D_DESCRIPTOR_v1_st", [
  "unsigned int Width",
  "unsigned int Height",
  "unsigned int Depth",
  "CUarray_format Format",
  "unsigned int NumChannels",
  "unsigned int Flags"]>;
