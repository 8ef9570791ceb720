// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "gl" in {

def cudaGLGetDevices : NoGl<"Gives the CUDA devices of the current OpenGL context.",
    [Version<"", 11000, "out unsigned int* deviceCount, out int* devices, unsigned int capacity, int deviceList">]>;
def cudaGLMapBufferObject : NoGl<"Maps an OpenGL buffer.",
    [Version<"", 11000, "out void** devPtr, unsigned int buffer">]>;
def cudaGLMapBufferObjectAsync : NoGl<"Maps an OpenGL buffer in stream order.",
    [Version<"", 11000, "out void** devPtr, unsigned int buffer, cudaStream_t stream">]>;
def cudaGLRegisterBufferObject : NoGl<"Registers an OpenGL buffer.",
    [Version<"", 11000, "unsigned int buffer">]>;
def cudaGLSetBufferObjectMapFlags : NoGl<"Says how a mapped OpenGL buffer is used.",
    [Version<"", 11000, "unsigned int buffer, unsigned int flags">]>;
def cudaGLSetGLDevice : NoGl<"Chooses the device for OpenGL interoperation.",
    [Version<"", 11000, "int device">]>;
def cudaGLUnmapBufferObject : NoGl<"Unmaps an OpenGL buffer.",
    [Version<"", 11000, "unsigned int buffer">]>;
def cudaGLUnmapBufferObjectAsync : NoGl<"Unmaps an OpenGL buffer in stream order.",
    [Version<"", 11000, "unsigned int buffer, cudaStream_t stream">]>;
def cudaGLUnregisterBufferObject : NoGl<"Takes the registration of an OpenGL buffer back.",
    [Version<"", 11000, "unsigned int buffer">]>;
def cudaGraphicsGLRegisterBuffer : NoGl<"Registers an OpenGL buffer as a graphics resource.",
    [Version<"", 11000, "out cudaGraphicsResource_t* resource, unsigned int buffer, unsigned int flags">]>;
def cudaGraphicsGLRegisterImage : NoGl<"Registers an OpenGL texture or renderbuffer.",
    [Version<"", 11000, "out cudaGraphicsResource_t* resource, unsigned int image, unsigned int target, unsigned int flags">]>;

} // Object
