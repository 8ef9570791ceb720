// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// OpenGL, EGL and VDPAU. Their public headers need those APIs' own; here, where nothing looks inside,
// names are unsigned, handles are void*, and a frame passed by value is left out.
include "Base.td"

let Object = "interop", Header = "cudaGL.h" in {

def cuGraphicsGLRegisterBuffer : NoGl<"Registers an OpenGL buffer.",
    [Version<"", 3000, "out CUgraphicsResource* resource, unsigned int buffer, unsigned int flags">]>;
def cuGraphicsGLRegisterImage : NoGl<"Registers an OpenGL texture or render buffer.",
    [Version<"", 3000, "out CUgraphicsResource* resource, unsigned int image, unsigned int target, unsigned int flags">]>;
def cuGLGetDevices : NoGl<"Lists the devices of the current OpenGL context.",
    [Version<"", 4010, "out unsigned int* count, out CUdevice* devices, unsigned int room, unsigned int list">,
     Version<"_v2", 6050, "out unsigned int* count, out CUdevice* devices, unsigned int room, unsigned int list">]>;
def cuGLCtxCreate : NoGl<"Creates a context for OpenGL (old).",
    [Version<"", 2000, "out CUcontext* context, unsigned int flags, CUdevice device">,
     Version<"_v2", 3020, "out CUcontext* context, unsigned int flags, CUdevice device">]>;
def cuGLInit : NoGl<"Prepares OpenGL use (old).", [Version<"", 2000, "">]>;
def cuGLRegisterBufferObject : NoGl<"Registers an OpenGL buffer (old).", [Version<"", 2000, "unsigned int buffer">]>;
def cuGLMapBufferObject : NoGl<"Maps an OpenGL buffer (old).",
    [Version32<"", 2000, "out CUdeviceptr_v1* pointer, out unsigned int* size, unsigned int buffer">,
     Version<"_v2", 3020, "out CUdeviceptr* pointer, out size_t* size, unsigned int buffer", "ptds">]>;
def cuGLMapBufferObjectAsync : NoGl<"Maps an OpenGL buffer in stream order (old).",
    [Version32<"", 2030, "out CUdeviceptr_v1* pointer, out unsigned int* size, unsigned int buffer, CUstream stream">,
     Version<"_v2", 3020, "out CUdeviceptr* pointer, out size_t* size, unsigned int buffer, CUstream stream", "ptsz">]>;
def cuGLUnmapBufferObject : NoGl<"Unmaps an OpenGL buffer (old).", [Version<"", 2000, "unsigned int buffer">]>;
def cuGLUnmapBufferObjectAsync : NoGl<"Unmaps an OpenGL buffer in stream order (old).",
    [Version<"", 2030, "unsigned int buffer, CUstream stream">]>;
def cuGLUnregisterBufferObject : NoGl<"Unregisters an OpenGL buffer (old).", [Version<"", 2000, "unsigned int buffer">]>;
def cuGLSetBufferObjectMapFlags : NoGl<"Sets map flags of an OpenGL buffer (old).",
    [Version<"", 2030, "unsigned int buffer, unsigned int flags">]>;
}

let Object = "interop", Header = "cudaEGL.h" in {

def cuGraphicsEGLRegisterImage : NoEgl<"Registers an EGL image.",
    [Version<"", 7000, "out CUgraphicsResource* resource, void* image, unsigned int flags">]>;
def cuGraphicsResourceGetMappedEglFrame : NoEgl<"Gives the frame of a mapped EGL resource.",
    [Version<"", 7000, "void* frame, CUgraphicsResource resource, unsigned int index, unsigned int mipLevel">]>;
def cuEGLStreamConsumerConnect : NoEgl<"Connects to an EGL stream as its consumer.",
    [Version<"", 7000, "void* connection, void* stream">]>;
def cuEGLStreamConsumerConnectWithFlags : NoEgl<"Connects to an EGL stream as its consumer.",
    [Version<"", 8000, "void* connection, void* stream, unsigned int flags">]>;
def cuEGLStreamConsumerDisconnect : NoEgl<"Leaves an EGL stream.", [Version<"", 7000, "void* connection">]>;
def cuEGLStreamConsumerAcquireFrame : NoEgl<"Takes a frame from an EGL stream.",
    [Version<"", 7000, "void* connection, out CUgraphicsResource* resource, CUstream* stream, unsigned int timeout">]>;
def cuEGLStreamConsumerReleaseFrame : NoEgl<"Gives a frame back to an EGL stream.",
    [Version<"", 7000, "void* connection, CUgraphicsResource resource, CUstream* stream">]>;
def cuEGLStreamProducerConnect : NoEgl<"Connects to an EGL stream as its producer.",
    [Version<"", 7000, "void* connection, void* stream, int width, int height">]>;
def cuEGLStreamProducerDisconnect : NoEgl<"Leaves an EGL stream.", [Version<"", 7000, "void* connection">]>;
def cuEGLStreamProducerPresentFrame : NoEgl<"Puts a frame into an EGL stream.",
    [Version<"", 7000, "void* connection">]>;
def cuEGLStreamProducerReturnFrame : NoEgl<"Takes a released frame back from an EGL stream.",
    [Version<"", 7000, "void* connection, void* frame, CUstream* stream">]>;
def cuEventCreateFromEGLSync : NoEgl<"Makes an event of an EGL sync object.",
    [Version<"", 9000, "out CUevent* event, void* sync, unsigned int flags">]>;
}

let Object = "interop", Header = "cudaVDPAU.h" in {

def cuVDPAUGetDevice : NoVdpau<"Gives the device of a VDPAU device.",
    [Version<"", 3010, "out CUdevice* device, unsigned int vdpDevice, void* getProcAddress">]>;
def cuVDPAUCtxCreate : NoVdpau<"Creates a context for VDPAU.",
    [Version<"", 3010, "out CUcontext* context, unsigned int flags, CUdevice device, unsigned int vdpDevice, void* getProcAddress">,
     Version<"_v2", 3020, "out CUcontext* context, unsigned int flags, CUdevice device, unsigned int vdpDevice, void* getProcAddress">]>;
def cuGraphicsVDPAURegisterVideoSurface : NoVdpau<"Registers a VDPAU video surface.",
    [Version<"", 3010, "out CUgraphicsResource* resource, unsigned int surface, unsigned int flags">]>;
def cuGraphicsVDPAURegisterOutputSurface : NoVdpau<"Registers a VDPAU output surface.",
    [Version<"", 3010, "out CUgraphicsResource* resource, unsigned int surface, unsigned int flags">]>;
}
