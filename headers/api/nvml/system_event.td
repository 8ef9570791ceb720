// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "system_event" in {

def nvmlSystemEventSetCreate : Stub<"System event set create.",
    [Version<"", 0, "out nvmlSystemEventSetCreateRequest_t* request">]>;
def nvmlSystemEventSetFree : Stub<"System event set free.",
    [Version<"", 0, "out nvmlSystemEventSetFreeRequest_t* request">]>;
def nvmlSystemRegisterEvents : Stub<"Registers the events of the system.",
    [Version<"", 0, "out nvmlSystemRegisterEventRequest_t* request">]>;
def nvmlSystemEventSetWait : Stub<"System event set wait.",
    [Version<"", 0, "out nvmlSystemEventSetWaitRequest_t* request">]>;

} // Object
