// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "gl" in {

def cudaGLGetDevices : Refused<"Gives the CUDA devices of the current OpenGL context.", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory",
    [Version<"", 11000, "out unsigned int* deviceCount, out int* devices, unsigned int capacity, int deviceList">]>;
def cudaGLMapBufferObject : Refused<"Maps an OpenGL buffer.", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory",
    [Version<"", 11000, "out void** devPtr, unsigned int buffer">]>;
def cudaGLMapBufferObjectAsync : Refused<"Maps an OpenGL buffer in stream order.", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory",
    [Version<"", 11000, "out void** devPtr, unsigned int buffer, cudaStream_t stream">]>;
def cudaGLRegisterBufferObject : Refused<"Registers an OpenGL buffer.", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory",
    [Version<"", 11000, "unsigned int buffer">]>;
def cudaGLSetBufferObjectMapFlags : Refused<"Says how a mapped OpenGL buffer is used.", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory",
    [Version<"", 11000, "unsigned int buffer, unsigned int flags">]>;
def cudaGLSetGLDevice : Refused<"Chooses the device for OpenGL interoperation.", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory",
    [Version<"", 11000, "int device">]>;
def cudaGLUnmapBufferObject : Refused<"Unmaps an OpenGL buffer.", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory",
    [Version<"", 11000, "unsigned int buffer">]>;
def cudaGLUnmapBufferObjectAsync : Refused<"Unmaps an OpenGL buffer in stream order.", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory",
    [Version<"", 11000, "unsigned int buffer, cudaStream_t stream">]>;
def cudaGLUnregisterBufferObject : Refused<"Takes the registration of an OpenGL buffer back.", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory",
    [Version<"", 11000, "unsigned int buffer">]>;
def cudaGraphicsGLRegisterBuffer : Refused<"Registers an OpenGL buffer as a graphics resource.", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory",
    [Version<"", 11000, "out cudaGraphicsResource_t* resource, unsigned int buffer, unsigned int flags">]>;
def cudaGraphicsGLRegisterImage : Refused<"Registers an OpenGL texture or renderbuffer.", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory",
    [Version<"", 11000, "out cudaGraphicsResource_t* resource, unsigned int image, unsigned int target, unsigned int flags">]>;

} // Object
