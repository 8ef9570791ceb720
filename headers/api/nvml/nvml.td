// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// NVML of CUDA 13.0: libnvidia-ml.so.1. One file per object; types in files of their own. A stub is
// what these devices do not have: it returns NVML_ERROR_NOT_SUPPORTED, as the real library does for a
// device without the feature.
include "Base.td"

def Nvml : Library<"nvml", "nvml", "nvmlReturn_t", "nvml.h"> { let NeedsInit = true; }

include "nvml/constants.td"
include "nvml/types.td"
include "nvml/enums.td"
include "nvml/structs.td"

include "nvml/init.td"
include "nvml/system.td"
include "nvml/device.td"
include "nvml/mode.td"
include "nvml/topology.td"
include "nvml/memory.td"
include "nvml/process.td"
include "nvml/sensor.td"
include "nvml/event.td"
include "nvml/accounting.td"
include "nvml/board.td"
include "nvml/conf_compute.td"
include "nvml/control.td"
include "nvml/ecc.td"
include "nvml/gpm.td"
include "nvml/mig.td"
include "nvml/nvlink.td"
include "nvml/system_event.td"
include "nvml/unit.td"
include "nvml/vgpu.td"
include "nvml/video.td"
