// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "event" in {

def cudaEventCreate : Full<"Makes an event.",
    [Version<"", 11000, "out cudaEvent_t* event">]>;
def cudaEventCreateWithFlags : Full<"Makes an event with flags.",
    [Version<"", 11000, "out cudaEvent_t* event, unsigned int flags">]>;
def cudaEventDestroy : Full<"Destroys an event.",
    [Version<"", 11000, "cudaEvent_t event">]>;
def cudaEventElapsedTime : Full<"Gives the milliseconds between two recorded events.",
    [Version<"", 11000, "out float* ms, cudaEvent_t start, cudaEvent_t end">,
    OldVersion<"_v2", 12000, 13000, "out float* ms, cudaEvent_t start, cudaEvent_t end">]>;
def cudaEventQuery : Full<"Says whether an event's latest record has been reached.",
    [Version<"", 11000, "cudaEvent_t event">]>;
def cudaEventRecord : Full<"Marks the current end of a stream.",
    [Version<"", 11000, "cudaEvent_t event, cudaStream_t stream", "ptsz">]>;
def cudaEventRecordWithFlags : Full<"Marks the current end of a stream, with flags.",
    [Version<"", 11000, "cudaEvent_t event, cudaStream_t stream, unsigned int flags", "ptsz">]>;
def cudaEventSynchronize : Full<"Waits until an event's latest record has been reached.",
    [Version<"", 11000, "cudaEvent_t event">]>;

} // Object
