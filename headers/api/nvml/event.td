// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "event" in {

def nvmlEventSetCreate : Full<"Makes an empty set of events.",
    [Version<"", 0, "out nvmlEventSet_t* set">]>;
def nvmlDeviceRegisterEvents : Full<"Adds events to a set; devices raise none.",
    [Version<"", 0, "nvmlDevice_t device, unsigned long long eventTypes, nvmlEventSet_t set">]>;
def nvmlDeviceGetSupportedEventTypes : Full<"Lists events that a device raises; none.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned long long* eventTypes">]>;
def nvmlEventSetWait : Full<"Waits for an event.",
    [Version<"", 0, "nvmlEventSet_t set, out nvmlEventData_t* data, unsigned int timeoutms">,
    Version<"_v2", 0, "nvmlEventSet_t set, out nvmlEventData_t* data, unsigned int timeoutms">]>;
def nvmlEventSetFree : Full<"Frees a set of events.",
    [Version<"", 0, "nvmlEventSet_t set">]>;

} // Object
