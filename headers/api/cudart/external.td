// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "external" in {

def cudaDestroyExternalMemory : Full<"Releases imported memory.",
    [Version<"", 11000, "cudaExternalMemory_t extMem">]>;
def cudaDestroyExternalSemaphore : Full<"Releases an imported semaphore.",
    [Version<"", 11000, "cudaExternalSemaphore_t extSem">]>;
def cudaExternalMemoryGetMappedBuffer : Full<"Maps a buffer onto imported memory.",
    [Version<"", 11000, "out void** devPtr, cudaExternalMemory_t extMem, const cudaExternalMemoryBufferDesc* bufferDesc">]>;
def cudaExternalMemoryGetMappedMipmappedArray : Full<"Maps a mipmapped array onto imported memory.",
    [Version<"", 11000, "out cudaMipmappedArray_t* mipmap, cudaExternalMemory_t extMem, const cudaExternalMemoryMipmappedArrayDesc* mipmapDesc">]>;
def cudaImportExternalMemory : Full<"Imports memory of another API.",
    [Version<"", 11000, "out cudaExternalMemory_t* extMem_out, const cudaExternalMemoryHandleDesc* memHandleDesc">]>;
def cudaImportExternalSemaphore : Full<"Imports a semaphore of another API.",
    [Version<"", 11000, "out cudaExternalSemaphore_t* extSem_out, const cudaExternalSemaphoreHandleDesc* semHandleDesc">]>;
def cudaSignalExternalSemaphoresAsync : Full<"Signals imported semaphores in stream order.",
    [OldVersion<"", 11000, 13000, "const cudaExternalSemaphore_t* extSemArray, const cudaExternalSemaphoreSignalParams_v1* paramsArray, unsigned int numExtSems, cudaStream_t stream", "ptsz">,
    OldVersion<"_v2", 11000, 13000, "const cudaExternalSemaphore_t* extSemArray, const cudaExternalSemaphoreSignalParams* paramsArray, unsigned int numExtSems, cudaStream_t stream", "ptsz">,
    Version<"", 13000, "const cudaExternalSemaphore_t* extSemArray, const cudaExternalSemaphoreSignalParams* paramsArray, unsigned int numExtSems, cudaStream_t stream", "ptsz">]>;
def cudaWaitExternalSemaphoresAsync : Full<"Waits for imported semaphores in stream order.",
    [OldVersion<"", 11000, 13000, "const cudaExternalSemaphore_t* extSemArray, const cudaExternalSemaphoreWaitParams_v1* paramsArray, unsigned int numExtSems, cudaStream_t stream", "ptsz">,
    OldVersion<"_v2", 11000, 13000, "const cudaExternalSemaphore_t* extSemArray, const cudaExternalSemaphoreWaitParams* paramsArray, unsigned int numExtSems, cudaStream_t stream", "ptsz">,
    Version<"", 13000, "const cudaExternalSemaphore_t* extSemArray, const cudaExternalSemaphoreWaitParams* paramsArray, unsigned int numExtSems, cudaStream_t stream", "ptsz">]>;

} // Object
