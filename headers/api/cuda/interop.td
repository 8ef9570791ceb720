// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// OpenGL, EGL and VDPAU. Their public headers need those APIs' own; here, where nothing looks inside,
// names are unsigned, handles are void*, and a frame passed by value is left out.
include "Base.td"

let Object = "interop", Header = "cudaGL.h" in {

def cuGraphicsGLRegisterBuffer : Refused<"Registers an OpenGL buffer.", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory",
    [Version<"", 3000, "out CUgraphicsResource* resource, unsigned int buffer, unsigned int flags">]>;
def cuGraphicsGLRegisterImage : Refused<"Registers an OpenGL texture or render buffer.", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory",
    [Version<"", 3000, "out CUgraphicsResource* resource, unsigned int image, unsigned int target, unsigned int flags">]>;
def cuGLGetDevices : Refused<"Lists the devices of the current OpenGL context.", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory",
    [Version<"", 4010, "out unsigned int* count, out CUdevice* devices, unsigned int room, unsigned int list">,
     Version<"_v2", 6050, "out unsigned int* count, out CUdevice* devices, unsigned int room, unsigned int list">]>;
def cuGLCtxCreate : Refused<"Creates a context for OpenGL (old).", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory",
    [Version<"", 2000, "out CUcontext* context, unsigned int flags, CUdevice device">,
     Version<"_v2", 3020, "out CUcontext* context, unsigned int flags, CUdevice device">]>;
def cuGLInit : Refused<"Prepares OpenGL use (old).", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory", [Version<"", 2000, "">]>;
def cuGLRegisterBufferObject : Refused<"Registers an OpenGL buffer (old).", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory", [Version<"", 2000, "unsigned int buffer">]>;
def cuGLMapBufferObject : Refused<"Maps an OpenGL buffer (old).", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory",
    [Version32<"", 2000, "out CUdeviceptr_v1* pointer, out unsigned int* size, unsigned int buffer">,
     Version<"_v2", 3020, "out CUdeviceptr* pointer, out size_t* size, unsigned int buffer", "ptds">]>;
def cuGLMapBufferObjectAsync : Refused<"Maps an OpenGL buffer in stream order (old).", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory",
    [Version32<"", 2030, "out CUdeviceptr_v1* pointer, out unsigned int* size, unsigned int buffer, CUstream stream">,
     Version<"_v2", 3020, "out CUdeviceptr* pointer, out size_t* size, unsigned int buffer, CUstream stream", "ptsz">]>;
def cuGLUnmapBufferObject : Refused<"Unmaps an OpenGL buffer (old).", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory", [Version<"", 2000, "unsigned int buffer">]>;
def cuGLUnmapBufferObjectAsync : Refused<"Unmaps an OpenGL buffer in stream order (old).", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory",
    [Version<"", 2030, "unsigned int buffer, CUstream stream">]>;
def cuGLUnregisterBufferObject : Refused<"Unregisters an OpenGL buffer (old).", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory", [Version<"", 2000, "unsigned int buffer">]>;
def cuGLSetBufferObjectMapFlags : Refused<"Sets map flags of an OpenGL buffer (old).", "there is no OpenGL driver that shares memory with a CPU device; copy through host memory",
    [Version<"", 2030, "unsigned int buffer, unsigned int flags">]>;
}

let Object = "interop", Header = "cudaEGL.h" in {

def cuGraphicsEGLRegisterImage : Refused<"Registers an EGL image.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 7000, "out CUgraphicsResource* resource, void* image, unsigned int flags">]>;
def cuGraphicsResourceGetMappedEglFrame : Refused<"Gives the frame of a mapped EGL resource.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 7000, "void* frame, CUgraphicsResource resource, unsigned int index, unsigned int mipLevel">]>;
def cuEGLStreamConsumerConnect : Refused<"Connects to an EGL stream as its consumer.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 7000, "void* connection, void* stream">]>;
def cuEGLStreamConsumerConnectWithFlags : Refused<"Connects to an EGL stream as its consumer.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 8000, "void* connection, void* stream, unsigned int flags">]>;
def cuEGLStreamConsumerDisconnect : Refused<"Leaves an EGL stream.", "EGL images and streams are made by GPU drivers; copy through host memory", [Version<"", 7000, "void* connection">]>;
def cuEGLStreamConsumerAcquireFrame : Refused<"Takes a frame from an EGL stream.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 7000, "void* connection, out CUgraphicsResource* resource, CUstream* stream, unsigned int timeout">]>;
def cuEGLStreamConsumerReleaseFrame : Refused<"Gives a frame back to an EGL stream.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 7000, "void* connection, CUgraphicsResource resource, CUstream* stream">]>;
def cuEGLStreamProducerConnect : Refused<"Connects to an EGL stream as its producer.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 7000, "void* connection, void* stream, int width, int height">]>;
def cuEGLStreamProducerDisconnect : Refused<"Leaves an EGL stream.", "EGL images and streams are made by GPU drivers; copy through host memory", [Version<"", 7000, "void* connection">]>;
def cuEGLStreamProducerPresentFrame : Refused<"Puts a frame into an EGL stream.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 7000, "void* connection">]>;
def cuEGLStreamProducerReturnFrame : Refused<"Takes a released frame back from an EGL stream.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 7000, "void* connection, void* frame, CUstream* stream">]>;
def cuEventCreateFromEGLSync : Refused<"Makes an event of an EGL sync object.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 9000, "out CUevent* event, void* sync, unsigned int flags">]>;
}

let Object = "interop", Header = "cudaVDPAU.h" in {

def cuVDPAUGetDevice : Refused<"Gives the device of a VDPAU device.", "VDPAU decodes on GPUs only; copy through host memory",
    [Version<"", 3010, "out CUdevice* device, unsigned int vdpDevice, void* getProcAddress">]>;
def cuVDPAUCtxCreate : Refused<"Creates a context for VDPAU.", "VDPAU decodes on GPUs only; copy through host memory",
    [Version<"", 3010, "out CUcontext* context, unsigned int flags, CUdevice device, unsigned int vdpDevice, void* getProcAddress">,
     Version<"_v2", 3020, "out CUcontext* context, unsigned int flags, CUdevice device, unsigned int vdpDevice, void* getProcAddress">]>;
def cuGraphicsVDPAURegisterVideoSurface : Refused<"Registers a VDPAU video surface.", "VDPAU decodes on GPUs only; copy through host memory",
    [Version<"", 3010, "out CUgraphicsResource* resource, unsigned int surface, unsigned int flags">]>;
def cuGraphicsVDPAURegisterOutputSurface : Refused<"Registers a VDPAU output surface.", "VDPAU decodes on GPUs only; copy through host memory",
    [Version<"", 3010, "out CUgraphicsResource* resource, unsigned int surface, unsigned int flags">]>;
}
