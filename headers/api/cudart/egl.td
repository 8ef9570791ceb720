// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "egl" in {

def cudaEGLStreamConsumerAcquireFrame : NoEgl<"Takes a frame from an EGL stream.",
    [Version<"", 11000, "void* connection, out cudaGraphicsResource_t* resource, cudaStream_t* stream, unsigned int timeout">]>;
def cudaEGLStreamConsumerConnect : NoEgl<"Connects as the consumer of an EGL stream.",
    [Version<"", 11000, "void* connection, void* eglStream">]>;
def cudaEGLStreamConsumerConnectWithFlags : NoEgl<"Connects as the consumer of an EGL stream with flags.",
    [Version<"", 11000, "void* connection, void* eglStream, unsigned int flags">]>;
def cudaEGLStreamConsumerDisconnect : NoEgl<"Disconnects the consumer of an EGL stream.",
    [Version<"", 11000, "void* connection">]>;
def cudaEGLStreamConsumerReleaseFrame : NoEgl<"Gives a frame back to an EGL stream.",
    [Version<"", 11000, "void* connection, cudaGraphicsResource_t resource, cudaStream_t* stream">]>;
def cudaEGLStreamProducerConnect : NoEgl<"Connects as the producer of an EGL stream.",
    [Version<"", 11000, "void* connection, void* eglStream, int width, int height">]>;
def cudaEGLStreamProducerDisconnect : NoEgl<"Disconnects the producer of an EGL stream.",
    [Version<"", 11000, "void* connection">]>;
def cudaEGLStreamProducerPresentFrame : NoEgl<"Presents a frame to an EGL stream.",
    [Version<"", 11000, "void* connection, const void* frame, cudaStream_t* stream">]>;
def cudaEGLStreamProducerReturnFrame : NoEgl<"Gets a frame back from an EGL stream.",
    [Version<"", 11000, "void* connection, void* frame, cudaStream_t* stream">]>;
def cudaEventCreateFromEGLSync : NoEgl<"Makes an event from an EGL sync object.",
    [Version<"", 11000, "out cudaEvent_t* event, void* eglSync, unsigned int flags">]>;
def cudaGraphicsEGLRegisterImage : NoEgl<"Registers an EGL image.",
    [Version<"", 11000, "out cudaGraphicsResource_t* resource, void* image, unsigned int flags">]>;
def cudaGraphicsResourceGetMappedEglFrame : NoEgl<"Gives the frame of a mapped EGL resource.",
    [Version<"", 11000, "void* frame, cudaGraphicsResource_t resource, unsigned int index, unsigned int mipLevel">]>;

} // Object
