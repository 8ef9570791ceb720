// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "event" in {

def cuEventCreate : Full<"Creates an event.", 
    [Version<"", 2000, "out CUevent* phEvent, unsigned int Flags">]>;
def cuEventRecord : Full<"Records an event in a stream.", 
    [Version<"", 2000, "CUevent hEvent, CUstream hStream", "ptsz">]>;
def cuEventRecordWithFlags : Full<"Records an event in a stream with flags.", 
    [Version<"", 11010, "CUevent hEvent, CUstream hStream, unsigned int flags", "ptsz", 11010>]>;
def cuEventQuery : Full<"Tells whether an event has happened.", 
    [Version<"", 2000, "CUevent hEvent">]>;
def cuEventSynchronize : Full<"Waits for an event.", 
    [Version<"", 2000, "CUevent hEvent">]>;
def cuEventDestroy : Full<"Destroys an event.", 
    [Version<"", 2000, "CUevent hEvent">,
    Version<"_v2", 4000, "CUevent hEvent">]>;
def cuEventElapsedTime : Full<"Gives the milliseconds between two events.", 
    [Version<"", 2000, "out float* pMilliseconds, CUevent hStart, CUevent hEnd">,
    Version<"_v2", 12080, "out float* pMilliseconds, CUevent hStart, CUevent hEnd">]>;

} // Object
