// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "egl" in {

def cudaEGLStreamConsumerAcquireFrame : Stub<"Takes a frame from an EGL stream.",
    [Version<"", 11000, "void* connection, out cudaGraphicsResource_t* resource, cudaStream_t* stream, unsigned int timeout">]>;
def cudaEGLStreamConsumerConnect : Stub<"Connects as the consumer of an EGL stream.",
    [Version<"", 11000, "void* connection, void* eglStream">]>;
def cudaEGLStreamConsumerConnectWithFlags : Stub<"Connects as the consumer of an EGL stream with flags.",
    [Version<"", 11000, "void* connection, void* eglStream, unsigned int flags">]>;
def cudaEGLStreamConsumerDisconnect : Stub<"Disconnects the consumer of an EGL stream.",
    [Version<"", 11000, "void* connection">]>;
def cudaEGLStreamConsumerReleaseFrame : Stub<"Gives a frame back to an EGL stream.",
    [Version<"", 11000, "void* connection, cudaGraphicsResource_t resource, cudaStream_t* stream">]>;
def cudaEGLStreamProducerConnect : Stub<"Connects as the producer of an EGL stream.",
    [Version<"", 11000, "void* connection, void* eglStream, int width, int height">]>;
def cudaEGLStreamProducerDisconnect : Stub<"Disconnects the producer of an EGL stream.",
    [Version<"", 11000, "void* connection">]>;
def cudaEGLStreamProducerPresentFrame : Stub<"Presents a frame to an EGL stream.",
    [Version<"", 11000, "void* connection, const void* frame, cudaStream_t* stream">]>;
def cudaEGLStreamProducerReturnFrame : Stub<"Gets a frame back from an EGL stream.",
    [Version<"", 11000, "void* connection, void* frame, cudaStream_t* stream">]>;
def cudaEventCreateFromEGLSync : Stub<"Makes an event from an EGL sync object.",
    [Version<"", 11000, "out cudaEvent_t* event, void* eglSync, unsigned int flags">]>;
def cudaGraphicsEGLRegisterImage : Stub<"Registers an EGL image.",
    [Version<"", 11000, "out cudaGraphicsResource_t* resource, void* image, unsigned int flags">]>;
def cudaGraphicsResourceGetMappedEglFrame : Stub<"Gives the frame of a mapped EGL resource.",
    [Version<"", 11000, "void* frame, cudaGraphicsResource_t resource, unsigned int index, unsigned int mipLevel">]>;

} // Object
