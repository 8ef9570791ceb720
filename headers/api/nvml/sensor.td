// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "Base.td"

let Object = "sensor" in {

def nvmlDeviceGetClockInfo : Full<"Gives the present clock of a domain in MHz.",
    [Version<"", 0, "nvmlDevice_t device, nvmlClockType_t type, out unsigned int* clock">]>;
def nvmlDeviceGetMaxClockInfo : Full<"Gives the highest clock of a domain in MHz.",
    [Version<"", 0, "nvmlDevice_t device, nvmlClockType_t type, out unsigned int* clock">]>;
def nvmlDeviceGetClock : Full<"Gives a clock of a domain; there are only the present ones.",
    [Version<"", 0, "nvmlDevice_t device, nvmlClockType_t clockType, nvmlClockId_t clockId, out unsigned int* clockMHz">]>;
def nvmlDeviceGetFanSpeedRPM : Full<"Gives a fan's turns per minute (hwmon).",
    [Version<"", 0, "nvmlDevice_t device, out nvmlFanSpeedInfo_t* fanSpeed">]>;
def nvmlDeviceGetNumFans : Full<"Counts the fans (hwmon).",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* numFans">]>;
def nvmlDeviceGetTemperature : Full<"Temperature of the processor (hwmon).",
    [Version<"", 0, "nvmlDevice_t device, nvmlTemperatureSensors_t sensorType, out unsigned int* temp">]>;
def nvmlDeviceGetTemperatureV : Full<"The temperature as a versioned structure.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlTemperature_t* temperature">]>;
def nvmlDeviceGetTemperatureThreshold : Full<"Gives the temperature at which the processor slows down or stops (hwmon).",
    [Version<"", 0, "nvmlDevice_t device, nvmlTemperatureThresholds_t thresholdType, out unsigned int* temp">]>;
def nvmlDeviceGetPerformanceState : Full<"Gives the performance state: always P0.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlPstates_t* pState">]>;
def nvmlDeviceGetCurrentClocksEventReasons : Full<"Tells why clocks are what they are: idle, or nothing.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned long long* clocksEventReasons">]>;
def nvmlDeviceGetCurrentClocksThrottleReasons : Full<"The same under an older name.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned long long* clocksThrottleReasons">]>;
def nvmlDeviceGetSupportedClocksEventReasons : Full<"Tells which reasons can be reported.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned long long* supportedClocksEventReasons">]>;
def nvmlDeviceGetSupportedClocksThrottleReasons : Full<"The same under an older name.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned long long* supportedClocksThrottleReasons">]>;
def nvmlDeviceGetPowerState : Full<"The same under an older name.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlPstates_t* pState">]>;
def nvmlDeviceGetPowerManagementMode : Full<"Tells whether there is a power limit.",
    [Version<"", 0, "nvmlDevice_t device, out nvmlEnableState_t* mode">]>;
def nvmlDeviceGetPowerManagementLimit : Full<"Gives the power limit of the processor package (RAPL).",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* limit">]>;
def nvmlDeviceGetPowerUsage : Full<"Power of the processor package (RAPL); not supported where it cannot be read.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* power">]>;
def nvmlDeviceGetTotalEnergyConsumption : Full<"Energy of the processor package (RAPL).",
    [Version<"", 0, "nvmlDevice_t device, out unsigned long long* energy">]>;
def nvmlDeviceGetEnforcedPowerLimit : Full<"Gives the power limit that holds.",
    [Version<"", 0, "nvmlDevice_t device, out unsigned int* limit">]>;
def nvmlDeviceGetFieldValues : Full<"Reads several values by field number.",
    [Version<"", 0, "nvmlDevice_t device, int valuesCount, out nvmlFieldValue_t* values">]>;

} // Object
