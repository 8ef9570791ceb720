// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "unit" in {

def nvmlUnitGetHandleByIndex : Stub<"Gives the handle by index of a unit.",
    [Version<"", 0, "unsigned int index, out nvmlUnit_t* unit">]>;
def nvmlUnitGetUnitInfo : Stub<"Gives the unit info of a unit.",
    [Version<"", 0, "nvmlUnit_t unit, out nvmlUnitInfo_t* info">]>;
def nvmlUnitGetLedState : Stub<"Gives the led state of a unit.",
    [Version<"", 0, "nvmlUnit_t unit, out nvmlLedState_t* state">]>;
def nvmlUnitGetPsuInfo : Stub<"Gives the psu info of a unit.",
    [Version<"", 0, "nvmlUnit_t unit, out nvmlPSUInfo_t* psu">]>;
def nvmlUnitGetDevices : Stub<"Gives the devices of a unit.",
    [Version<"", 0, "nvmlUnit_t unit, inout unsigned int* deviceCount, out nvmlDevice_t* devices">]>;
def nvmlUnitSetLedState : Stub<"Sets the led state of a unit.",
    [Version<"", 0, "nvmlUnit_t unit, nvmlLedColor_t color">]>;

} // Object
