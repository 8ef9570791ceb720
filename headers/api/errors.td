// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every error of the driver and the runtime API (CUDA 13.0): one value space, two names.
// Error<value, driver name, runtime name, text>. Where both names stand, the code means the same in
// both APIs; a code of one API only becomes the code named by `As` when it crosses over.
#ifndef ANYWARP_API_ERRORS_TD
#define ANYWARP_API_ERRORS_TD
include "Base.td"

def Error0 : Error<0, "CUDA_SUCCESS", "cudaSuccess", "no error">;
def Error1 : Error<1, "CUDA_ERROR_INVALID_VALUE", "cudaErrorInvalidValue", "invalid argument">;
def Error2 : Error<2, "CUDA_ERROR_OUT_OF_MEMORY", "cudaErrorMemoryAllocation", "out of memory">;
def Error3 : Error<3, "CUDA_ERROR_NOT_INITIALIZED", "cudaErrorInitializationError", "initialization error">;
def Error4 : Error<4, "CUDA_ERROR_DEINITIALIZED", "cudaErrorCudartUnloading", "driver shutting down">;
def Error5 : Error<5, "CUDA_ERROR_PROFILER_DISABLED", "cudaErrorProfilerDisabled", "profiler disabled while using external profiling tool">;
def Error6 : Error<6, "CUDA_ERROR_PROFILER_NOT_INITIALIZED", "cudaErrorProfilerNotInitialized", "profiler not initialized: call cudaProfilerInitialize()">;
def Error7 : Error<7, "CUDA_ERROR_PROFILER_ALREADY_STARTED", "cudaErrorProfilerAlreadyStarted", "profiler already started">;
def Error8 : Error<8, "CUDA_ERROR_PROFILER_ALREADY_STOPPED", "cudaErrorProfilerAlreadyStopped", "profiler already stopped">;
def Error9 : Error<9, "", "cudaErrorInvalidConfiguration", "invalid configuration argument"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error12 : Error<12, "", "cudaErrorInvalidPitchValue", "invalid pitch argument"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error13 : Error<13, "", "cudaErrorInvalidSymbol", "invalid device symbol"> { let As = "CUDA_ERROR_NOT_FOUND"; }
def Error16 : Error<16, "", "cudaErrorInvalidHostPointer", "invalid host pointer"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error17 : Error<17, "", "cudaErrorInvalidDevicePointer", "invalid device pointer"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error18 : Error<18, "", "cudaErrorInvalidTexture", "invalid texture reference"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error19 : Error<19, "", "cudaErrorInvalidTextureBinding", "texture is not bound to a pointer"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error20 : Error<20, "", "cudaErrorInvalidChannelDescriptor", "invalid channel descriptor"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error21 : Error<21, "", "cudaErrorInvalidMemcpyDirection", "invalid copy direction for memcpy"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error22 : Error<22, "", "cudaErrorAddressOfConstant", "__device__ symbol address of a constant cannot be taken"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error23 : Error<23, "", "cudaErrorTextureFetchFailed", "fetch from texture failed"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error24 : Error<24, "", "cudaErrorTextureNotBound", "cannot fetch from a texture that is not bound"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error25 : Error<25, "", "cudaErrorSynchronizationError", "incorrect use of __syncthreads()"> { let As = "CUDA_ERROR_UNKNOWN"; }
def Error26 : Error<26, "", "cudaErrorInvalidFilterSetting", "linear filtering not supported for non-float type"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error27 : Error<27, "", "cudaErrorInvalidNormSetting", "read as normalized float not supported for 32-bit non float type"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error28 : Error<28, "", "cudaErrorMixedDeviceExecution", "device emulation mode and device execution mode cannot be mixed"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error31 : Error<31, "", "cudaErrorNotYetImplemented", "feature not yet implemented"> { let As = "CUDA_ERROR_UNKNOWN"; }
def Error32 : Error<32, "", "cudaErrorMemoryValueTooLarge", "memory size or pointer value too large to fit in 32 bit"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error34 : Error<34, "CUDA_ERROR_STUB_LIBRARY", "cudaErrorStubLibrary", "CUDA driver is a stub library">;
def Error35 : Error<35, "", "cudaErrorInsufficientDriver", "CUDA driver version is insufficient for CUDA runtime version"> { let As = "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"; }
def Error36 : Error<36, "CUDA_ERROR_CALL_REQUIRES_NEWER_DRIVER", "cudaErrorCallRequiresNewerDriver", "API call is not supported in the installed CUDA driver">;
def Error37 : Error<37, "", "cudaErrorInvalidSurface", "invalid surface reference"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error43 : Error<43, "", "cudaErrorDuplicateVariableName", "duplicate global variable looked up by string name"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error44 : Error<44, "", "cudaErrorDuplicateTextureName", "duplicate texture looked up by string name"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error45 : Error<45, "", "cudaErrorDuplicateSurfaceName", "duplicate surface looked up by string name"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error46 : Error<46, "CUDA_ERROR_DEVICE_UNAVAILABLE", "cudaErrorDevicesUnavailable", "CUDA-capable device(s) is/are busy or unavailable">;
def Error49 : Error<49, "", "cudaErrorIncompatibleDriverContext", "incompatible driver context"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error52 : Error<52, "", "cudaErrorMissingConfiguration", "__global__ function call is not configured"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error53 : Error<53, "", "cudaErrorPriorLaunchFailure", "unspecified launch failure in prior launch"> { let As = "CUDA_ERROR_UNKNOWN"; }
def Error65 : Error<65, "", "cudaErrorLaunchMaxDepthExceeded", "launch would exceed maximum depth of nested launches"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error66 : Error<66, "", "cudaErrorLaunchFileScopedTex", "launch failed because kernel uses unsupported, file-scoped textures (texture objects are supported)"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error67 : Error<67, "", "cudaErrorLaunchFileScopedSurf", "launch failed because kernel uses unsupported, file-scoped surfaces (surface objects are supported)"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error68 : Error<68, "", "cudaErrorSyncDepthExceeded", "cudaDeviceSynchronize failed because caller's grid depth exceeds cudaLimitDevRuntimeSyncDepth"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error69 : Error<69, "", "cudaErrorLaunchPendingCountExceeded", "launch failed because launch would exceed cudaLimitDevRuntimePendingLaunchCount"> { let As = "CUDA_ERROR_INVALID_VALUE"; }
def Error98 : Error<98, "", "cudaErrorInvalidDeviceFunction", "invalid device function"> { let As = "CUDA_ERROR_NOT_FOUND"; }
def Error100 : Error<100, "CUDA_ERROR_NO_DEVICE", "cudaErrorNoDevice", "no CUDA-capable device is detected">;
def Error101 : Error<101, "CUDA_ERROR_INVALID_DEVICE", "cudaErrorInvalidDevice", "invalid device ordinal">;
def Error102 : Error<102, "CUDA_ERROR_DEVICE_NOT_LICENSED", "cudaErrorDeviceNotLicensed", "device doesn't have valid Grid license">;
def Error103 : Error<103, "", "cudaErrorSoftwareValidityNotEstablished", "integrity checks failed"> { let As = "CUDA_ERROR_UNKNOWN"; }
def Error127 : Error<127, "", "cudaErrorStartupFailure", "startup failure in cuda runtime"> { let As = "CUDA_ERROR_UNKNOWN"; }
def Error200 : Error<200, "CUDA_ERROR_INVALID_IMAGE", "cudaErrorInvalidKernelImage", "device kernel image is invalid">;
def Error201 : Error<201, "CUDA_ERROR_INVALID_CONTEXT", "cudaErrorDeviceUninitialized", "invalid device context">;
def Error202 : Error<202, "CUDA_ERROR_CONTEXT_ALREADY_CURRENT", "", "context already current"> { let As = "cudaErrorInvalidValue"; }
def Error205 : Error<205, "CUDA_ERROR_MAP_FAILED", "cudaErrorMapBufferObjectFailed", "mapping of buffer object failed">;
def Error206 : Error<206, "CUDA_ERROR_UNMAP_FAILED", "cudaErrorUnmapBufferObjectFailed", "unmapping of buffer object failed">;
def Error207 : Error<207, "CUDA_ERROR_ARRAY_IS_MAPPED", "cudaErrorArrayIsMapped", "array is mapped">;
def Error208 : Error<208, "CUDA_ERROR_ALREADY_MAPPED", "cudaErrorAlreadyMapped", "resource already mapped">;
def Error209 : Error<209, "CUDA_ERROR_NO_BINARY_FOR_GPU", "cudaErrorNoKernelImageForDevice", "no kernel image is available for execution on the device">;
def Error210 : Error<210, "CUDA_ERROR_ALREADY_ACQUIRED", "cudaErrorAlreadyAcquired", "resource already acquired">;
def Error211 : Error<211, "CUDA_ERROR_NOT_MAPPED", "cudaErrorNotMapped", "resource not mapped">;
def Error212 : Error<212, "CUDA_ERROR_NOT_MAPPED_AS_ARRAY", "cudaErrorNotMappedAsArray", "resource not mapped as array">;
def Error213 : Error<213, "CUDA_ERROR_NOT_MAPPED_AS_POINTER", "cudaErrorNotMappedAsPointer", "resource not mapped as pointer">;
def Error214 : Error<214, "CUDA_ERROR_ECC_UNCORRECTABLE", "cudaErrorECCUncorrectable", "uncorrectable ECC error encountered">;
def Error215 : Error<215, "CUDA_ERROR_UNSUPPORTED_LIMIT", "cudaErrorUnsupportedLimit", "limit is not supported on this architecture">;
def Error216 : Error<216, "CUDA_ERROR_CONTEXT_ALREADY_IN_USE", "cudaErrorDeviceAlreadyInUse", "exclusive-thread device already in use by a different thread">;
def Error217 : Error<217, "CUDA_ERROR_PEER_ACCESS_UNSUPPORTED", "cudaErrorPeerAccessUnsupported", "peer access is not supported between these two devices">;
def Error218 : Error<218, "CUDA_ERROR_INVALID_PTX", "cudaErrorInvalidPtx", "a PTX JIT compilation failed">;
def Error219 : Error<219, "CUDA_ERROR_INVALID_GRAPHICS_CONTEXT", "cudaErrorInvalidGraphicsContext", "invalid OpenGL or DirectX context">;
def Error220 : Error<220, "CUDA_ERROR_NVLINK_UNCORRECTABLE", "cudaErrorNvlinkUncorrectable", "uncorrectable NVLink error detected during the execution">;
def Error221 : Error<221, "CUDA_ERROR_JIT_COMPILER_NOT_FOUND", "cudaErrorJitCompilerNotFound", "PTX JIT compiler library not found">;
def Error222 : Error<222, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION", "cudaErrorUnsupportedPtxVersion", "the provided PTX was compiled with an unsupported toolchain.">;
def Error223 : Error<223, "CUDA_ERROR_JIT_COMPILATION_DISABLED", "cudaErrorJitCompilationDisabled", "PTX JIT compilation was disabled">;
def Error224 : Error<224, "CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY", "cudaErrorUnsupportedExecAffinity", "the provided execution affinity is not supported">;
def Error225 : Error<225, "CUDA_ERROR_UNSUPPORTED_DEVSIDE_SYNC", "cudaErrorUnsupportedDevSideSync", "the provided PTX contains unsupported call to cudaDeviceSynchronize">;
def Error226 : Error<226, "CUDA_ERROR_CONTAINED", "cudaErrorContained", "Invalid access of peer GPU memory over nvlink or a hardware error">;
def Error300 : Error<300, "CUDA_ERROR_INVALID_SOURCE", "cudaErrorInvalidSource", "device kernel image is invalid">;
def Error301 : Error<301, "CUDA_ERROR_FILE_NOT_FOUND", "cudaErrorFileNotFound", "file not found">;
def Error302 : Error<302, "CUDA_ERROR_SHARED_OBJECT_SYMBOL_NOT_FOUND", "cudaErrorSharedObjectSymbolNotFound", "shared object symbol not found">;
def Error303 : Error<303, "CUDA_ERROR_SHARED_OBJECT_INIT_FAILED", "cudaErrorSharedObjectInitFailed", "shared object initialization failed">;
def Error304 : Error<304, "CUDA_ERROR_OPERATING_SYSTEM", "cudaErrorOperatingSystem", "OS call failed or operation not supported on this OS">;
def Error400 : Error<400, "CUDA_ERROR_INVALID_HANDLE", "cudaErrorInvalidResourceHandle", "invalid resource handle">;
def Error401 : Error<401, "CUDA_ERROR_ILLEGAL_STATE", "cudaErrorIllegalState", "the operation cannot be performed in the present state">;
def Error402 : Error<402, "CUDA_ERROR_LOSSY_QUERY", "cudaErrorLossyQuery", "attempted introspection would be semantically lossy">;
def Error500 : Error<500, "CUDA_ERROR_NOT_FOUND", "cudaErrorSymbolNotFound", "named symbol not found">;
def Error600 : Error<600, "CUDA_ERROR_NOT_READY", "cudaErrorNotReady", "device not ready">;
def Error700 : Error<700, "CUDA_ERROR_ILLEGAL_ADDRESS", "cudaErrorIllegalAddress", "an illegal memory access was encountered">;
def Error701 : Error<701, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", "cudaErrorLaunchOutOfResources", "too many resources requested for launch">;
def Error702 : Error<702, "CUDA_ERROR_LAUNCH_TIMEOUT", "cudaErrorLaunchTimeout", "the launch timed out and was terminated">;
def Error703 : Error<703, "CUDA_ERROR_LAUNCH_INCOMPATIBLE_TEXTURING", "cudaErrorLaunchIncompatibleTexturing", "launch uses incompatible texturing mode">;
def Error704 : Error<704, "CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED", "cudaErrorPeerAccessAlreadyEnabled", "peer access is already enabled">;
def Error705 : Error<705, "CUDA_ERROR_PEER_ACCESS_NOT_ENABLED", "cudaErrorPeerAccessNotEnabled", "peer access has not been enabled">;
def Error708 : Error<708, "CUDA_ERROR_PRIMARY_CONTEXT_ACTIVE", "cudaErrorSetOnActiveProcess", "cannot set while device is active in this process">;
def Error709 : Error<709, "CUDA_ERROR_CONTEXT_IS_DESTROYED", "cudaErrorContextIsDestroyed", "context is destroyed">;
def Error710 : Error<710, "CUDA_ERROR_ASSERT", "cudaErrorAssert", "device-side assert triggered">;
def Error711 : Error<711, "CUDA_ERROR_TOO_MANY_PEERS", "cudaErrorTooManyPeers", "peer mapping resources exhausted">;
def Error712 : Error<712, "CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED", "cudaErrorHostMemoryAlreadyRegistered", "part or all of the requested memory range is already mapped">;
def Error713 : Error<713, "CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED", "cudaErrorHostMemoryNotRegistered", "pointer does not correspond to a registered memory region">;
def Error714 : Error<714, "CUDA_ERROR_HARDWARE_STACK_ERROR", "cudaErrorHardwareStackError", "hardware stack error">;
def Error715 : Error<715, "CUDA_ERROR_ILLEGAL_INSTRUCTION", "cudaErrorIllegalInstruction", "an illegal instruction was encountered">;
def Error716 : Error<716, "CUDA_ERROR_MISALIGNED_ADDRESS", "cudaErrorMisalignedAddress", "misaligned address">;
def Error717 : Error<717, "CUDA_ERROR_INVALID_ADDRESS_SPACE", "cudaErrorInvalidAddressSpace", "operation not supported on global/shared address space">;
def Error718 : Error<718, "CUDA_ERROR_INVALID_PC", "cudaErrorInvalidPc", "invalid program counter">;
def Error719 : Error<719, "CUDA_ERROR_LAUNCH_FAILED", "cudaErrorLaunchFailure", "unspecified launch failure">;
def Error720 : Error<720, "CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE", "cudaErrorCooperativeLaunchTooLarge", "too many blocks in cooperative launch">;
def Error721 : Error<721, "CUDA_ERROR_TENSOR_MEMORY_LEAK", "cudaErrorTensorMemoryLeak", "A kernel exits with tensor memory not freed">;
def Error800 : Error<800, "CUDA_ERROR_NOT_PERMITTED", "cudaErrorNotPermitted", "operation not permitted">;
def Error801 : Error<801, "CUDA_ERROR_NOT_SUPPORTED", "cudaErrorNotSupported", "operation not supported">;
def Error802 : Error<802, "CUDA_ERROR_SYSTEM_NOT_READY", "cudaErrorSystemNotReady", "system not yet initialized">;
def Error803 : Error<803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "cudaErrorSystemDriverMismatch", "system has unsupported display driver / cuda driver combination">;
def Error804 : Error<804, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE", "cudaErrorCompatNotSupportedOnDevice", "forward compatibility was attempted on non supported HW">;
def Error805 : Error<805, "CUDA_ERROR_MPS_CONNECTION_FAILED", "cudaErrorMpsConnectionFailed", "MPS client failed to connect to the MPS control daemon or the MPS server">;
def Error806 : Error<806, "CUDA_ERROR_MPS_RPC_FAILURE", "cudaErrorMpsRpcFailure", "the remote procedural call between the MPS server and the MPS client failed">;
def Error807 : Error<807, "CUDA_ERROR_MPS_SERVER_NOT_READY", "cudaErrorMpsServerNotReady", "MPS server is not ready to accept new MPS client requests">;
def Error808 : Error<808, "CUDA_ERROR_MPS_MAX_CLIENTS_REACHED", "cudaErrorMpsMaxClientsReached", "the hardware resources required to create MPS client have been exhausted">;
def Error809 : Error<809, "CUDA_ERROR_MPS_MAX_CONNECTIONS_REACHED", "cudaErrorMpsMaxConnectionsReached", "the hardware resources required to support device connections have been exhausted">;
def Error810 : Error<810, "CUDA_ERROR_MPS_CLIENT_TERMINATED", "cudaErrorMpsClientTerminated", "the MPS client has been terminated by the server">;
def Error811 : Error<811, "CUDA_ERROR_CDP_NOT_SUPPORTED", "cudaErrorCdpNotSupported", "is using CDP but the loading context does not support it">;
def Error812 : Error<812, "CUDA_ERROR_CDP_VERSION_MISMATCH", "cudaErrorCdpVersionMismatch", "module uses a CDP version that the loading context does not support">;
def Error900 : Error<900, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "cudaErrorStreamCaptureUnsupported", "operation not permitted when stream is capturing">;
def Error901 : Error<901, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "cudaErrorStreamCaptureInvalidated", "operation failed due to a previous error during capture">;
def Error902 : Error<902, "CUDA_ERROR_STREAM_CAPTURE_MERGE", "cudaErrorStreamCaptureMerge", "operation would result in a merge of separate capture sequences">;
def Error903 : Error<903, "CUDA_ERROR_STREAM_CAPTURE_UNMATCHED", "cudaErrorStreamCaptureUnmatched", "capture was not ended in the same stream as it began">;
def Error904 : Error<904, "CUDA_ERROR_STREAM_CAPTURE_UNJOINED", "cudaErrorStreamCaptureUnjoined", "capturing stream has unjoined work">;
def Error905 : Error<905, "CUDA_ERROR_STREAM_CAPTURE_ISOLATION", "cudaErrorStreamCaptureIsolation", "dependency created on uncaptured work in another stream">;
def Error906 : Error<906, "CUDA_ERROR_STREAM_CAPTURE_IMPLICIT", "cudaErrorStreamCaptureImplicit", "operation would make the legacy stream depend on a capturing blocking stream">;
def Error907 : Error<907, "CUDA_ERROR_CAPTURED_EVENT", "cudaErrorCapturedEvent", "operation not permitted on an event last recorded in a capturing stream">;
def Error908 : Error<908, "CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD", "cudaErrorStreamCaptureWrongThread", "attempt to terminate a thread-local capture sequence from another thread">;
def Error909 : Error<909, "CUDA_ERROR_TIMEOUT", "cudaErrorTimeout", "wait operation timed out">;
def Error910 : Error<910, "CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE", "cudaErrorGraphExecUpdateFailure", "the graph update was not performed because it included changes which violated constraints specific to instantiated graph update">;
def Error911 : Error<911, "CUDA_ERROR_EXTERNAL_DEVICE", "cudaErrorExternalDevice", "an async error has occurred in external entity outside of CUDA">;
def Error912 : Error<912, "CUDA_ERROR_INVALID_CLUSTER_SIZE", "cudaErrorInvalidClusterSize", "a kernel launch error has occurred due to cluster misconfiguration">;
def Error913 : Error<913, "CUDA_ERROR_FUNCTION_NOT_LOADED", "cudaErrorFunctionNotLoaded", "the function handle is not loaded when calling a function that requires a loaded function">;
def Error914 : Error<914, "CUDA_ERROR_INVALID_RESOURCE_TYPE", "cudaErrorInvalidResourceType", "the resource type is not valid for this operation">;
def Error915 : Error<915, "CUDA_ERROR_INVALID_RESOURCE_CONFIGURATION", "cudaErrorInvalidResourceConfiguration", "the resource configuration is not valid for this operation">;
def Error916 : Error<916, "CUDA_ERROR_KEY_ROTATION", "", "key rotation is not possible or is in progress"> { let As = "cudaErrorUnknown"; }
def Error999 : Error<999, "CUDA_ERROR_UNKNOWN", "cudaErrorUnknown", "unknown error">;
def Error10000 : Error<10000, "", "cudaErrorApiFailureBase", "api failure base"> { let As = "CUDA_ERROR_UNKNOWN"; }

#endif
