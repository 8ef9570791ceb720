// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "gl" in {

def cudaGLGetDevices : Stub<"Gives the CUDA devices of the current OpenGL context.",
    [Version<"", 11000, "out unsigned int* deviceCount, out int* devices, unsigned int capacity, int deviceList">]>;
def cudaGLMapBufferObject : Stub<"Maps an OpenGL buffer.",
    [Version<"", 11000, "out void** devPtr, unsigned int buffer">]>;
def cudaGLMapBufferObjectAsync : Stub<"Maps an OpenGL buffer in stream order.",
    [Version<"", 11000, "out void** devPtr, unsigned int buffer, cudaStream_t stream">]>;
def cudaGLRegisterBufferObject : Stub<"Registers an OpenGL buffer.",
    [Version<"", 11000, "unsigned int buffer">]>;
def cudaGLSetBufferObjectMapFlags : Stub<"Says how a mapped OpenGL buffer is used.",
    [Version<"", 11000, "unsigned int buffer, unsigned int flags">]>;
def cudaGLSetGLDevice : Stub<"Chooses the device for OpenGL interoperation.",
    [Version<"", 11000, "int device">]>;
def cudaGLUnmapBufferObject : Stub<"Unmaps an OpenGL buffer.",
    [Version<"", 11000, "unsigned int buffer">]>;
def cudaGLUnmapBufferObjectAsync : Stub<"Unmaps an OpenGL buffer in stream order.",
    [Version<"", 11000, "unsigned int buffer, cudaStream_t stream">]>;
def cudaGLUnregisterBufferObject : Stub<"Takes the registration of an OpenGL buffer back.",
    [Version<"", 11000, "unsigned int buffer">]>;
def cudaGraphicsGLRegisterBuffer : Stub<"Registers an OpenGL buffer as a graphics resource.",
    [Version<"", 11000, "out cudaGraphicsResource_t* resource, unsigned int buffer, unsigned int flags">]>;
def cudaGraphicsGLRegisterImage : Stub<"Registers an OpenGL texture or renderbuffer.",
    [Version<"", 11000, "out cudaGraphicsResource_t* resource, unsigned int image, unsigned int target, unsigned int flags">]>;

} // Object
