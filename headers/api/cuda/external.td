// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "external" in {

def cuImportExternalMemory : Full<"Imports memory of another API.", 
    [Version<"", 10000, "out CUexternalMemory* extMem_out, const CUDA_EXTERNAL_MEMORY_HANDLE_DESC* memHandleDesc">]>;
def cuExternalMemoryGetMappedBuffer : Full<"Maps imported memory as a buffer.", 
    [Version<"", 10000, "out CUdeviceptr* devPtr, CUexternalMemory extMem, const CUDA_EXTERNAL_MEMORY_BUFFER_DESC* bufferDesc">]>;
def cuExternalMemoryGetMappedMipmappedArray : Full<"Maps imported memory as a mipmapped array.", 
    [Version<"", 10000, "out CUmipmappedArray* mipmap, CUexternalMemory extMem, const CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC* mipmapDesc">]>;
def cuDestroyExternalMemory : Full<"Releases imported memory.", 
    [Version<"", 10000, "CUexternalMemory extMem">]>;
def cuImportExternalSemaphore : Full<"Imports a semaphore of another API.", 
    [Version<"", 10000, "out CUexternalSemaphore* extSem_out, const CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC* semHandleDesc">]>;
def cuSignalExternalSemaphoresAsync : Full<"Signals imported semaphores.", 
    [Version<"", 10000, "const CUexternalSemaphore* extSemArray, const CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS* paramsArray, unsigned int numExtSems, CUstream stream", "ptsz", 10000>]>;
def cuWaitExternalSemaphoresAsync : Full<"Waits for imported semaphores.", 
    [Version<"", 10000, "const CUexternalSemaphore* extSemArray, const CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS* paramsArray, unsigned int numExtSems, CUstream stream", "ptsz", 10000>]>;
def cuDestroyExternalSemaphore : Full<"Releases an imported semaphore.", 
    [Version<"", 10000, "CUexternalSemaphore extSem">]>;

} // Object
