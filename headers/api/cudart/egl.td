// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "egl" in {

def cudaEGLStreamConsumerAcquireFrame : Refused<"Takes a frame from an EGL stream.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 11000, "void* connection, out cudaGraphicsResource_t* resource, cudaStream_t* stream, unsigned int timeout">]>;
def cudaEGLStreamConsumerConnect : Refused<"Connects as the consumer of an EGL stream.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 11000, "void* connection, void* eglStream">]>;
def cudaEGLStreamConsumerConnectWithFlags : Refused<"Connects as the consumer of an EGL stream with flags.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 11000, "void* connection, void* eglStream, unsigned int flags">]>;
def cudaEGLStreamConsumerDisconnect : Refused<"Disconnects the consumer of an EGL stream.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 11000, "void* connection">]>;
def cudaEGLStreamConsumerReleaseFrame : Refused<"Gives a frame back to an EGL stream.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 11000, "void* connection, cudaGraphicsResource_t resource, cudaStream_t* stream">]>;
def cudaEGLStreamProducerConnect : Refused<"Connects as the producer of an EGL stream.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 11000, "void* connection, void* eglStream, int width, int height">]>;
def cudaEGLStreamProducerDisconnect : Refused<"Disconnects the producer of an EGL stream.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 11000, "void* connection">]>;
def cudaEGLStreamProducerPresentFrame : Refused<"Presents a frame to an EGL stream.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 11000, "void* connection, const void* frame, cudaStream_t* stream">]>;
def cudaEGLStreamProducerReturnFrame : Refused<"Gets a frame back from an EGL stream.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 11000, "void* connection, void* frame, cudaStream_t* stream">]>;
def cudaEventCreateFromEGLSync : Refused<"Makes an event from an EGL sync object.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 11000, "out cudaEvent_t* event, void* eglSync, unsigned int flags">]>;
def cudaGraphicsEGLRegisterImage : Refused<"Registers an EGL image.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 11000, "out cudaGraphicsResource_t* resource, void* image, unsigned int flags">]>;
def cudaGraphicsResourceGetMappedEglFrame : Refused<"Gives the frame of a mapped EGL resource.", "EGL images and streams are made by GPU drivers; copy through host memory",
    [Version<"", 11000, "void* frame, cudaGraphicsResource_t resource, unsigned int index, unsigned int mipLevel">]>;

} // Object
