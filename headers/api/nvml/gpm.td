// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "gpm" in {

def nvmlGpmMetricsGet : Stub<"Gpm metrics get.",
    [Version<"", 0, "out nvmlGpmMetricsGet_t* metricsGet">]>;
def nvmlGpmSampleFree : Stub<"Gpm sample free.",
    [Version<"", 0, "nvmlGpmSample_t gpmSample">]>;
def nvmlGpmSampleAlloc : Stub<"Gpm sample alloc.",
    [Version<"", 0, "out nvmlGpmSample_t* gpmSample">]>;
def nvmlGpmSampleGet : Stub<"Gpm sample get.",
    [Version<"", 0, "nvmlDevice_t device, nvmlGpmSample_t gpmSample">]>;
def nvmlGpmQueryDeviceSupport : Stub<"Gpm query device support.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlGpmSupport_t* gpmSupport">]>;
def nvmlGpmQueryIfStreamingEnabled : Stub<"Gpm query if streaming enabled.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* state">]>;
def nvmlGpmSetStreamingEnabled : Stub<"Gpm set streaming enabled.",
    [Version<"", 0, "nvmlDevice_t device, unsigned int state">]>;

} // Object
