// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Power, temperature, fans and clocks: the processor's, where the system tells them.
#include "nvml/sampler.h"
#include "nvml/sensors.h"
#include "nvml/support.h"

#include <ctime>

namespace anywarp::nvml {
namespace {

// What the system may not tell; then the feature is not supported.
template <typename T, typename Value>
Result<void> giveMaybe(nvmlDevice_t handle, T* out, Value&& value) {
  AW_LET(device, findDevice(handle));
  AW_ARG(out, "the place for the answer is null");
  auto found = value(*device);
  if (!found)
    return fail(NVML_ERROR_NOT_SUPPORTED);
  *out = T(*found);
  return {};
}

std::optional<unsigned> presentClock(const nvmlDevice_st& device, nvmlClockType_t type) {
  if (type == NVML_CLOCK_MEM)
    return unsigned(infoOf(&device).memoryClockKHz / 1000);
  if (type == NVML_CLOCK_VIDEO)
    return std::nullopt;
  auto now = Sensors::host().clockMHz();
  return now ? *now : unsigned(infoOf(&device).clockKHz / 1000);
}

Result<void> checkClock(nvmlClockType_t type) {
  AW_ARG(unsigned(type) < unsigned(NVML_CLOCK_COUNT), "unknown clock");
  return {};
}

std::optional<unsigned long long> energyMillijoules() {
  auto micro = Sensors::host().energyMicrojoules();
  return micro ? std::optional<unsigned long long>(*micro / 1000) : std::nullopt;
}

} // namespace

Result<void> deviceGetPowerUsage(nvmlDevice_t device, unsigned int* power) {
  return giveMaybe(device, power, [](nvmlDevice_st&) { return Sampler::get().powerMilliwatts(); });
}

Result<void> deviceGetTotalEnergyConsumption(nvmlDevice_t device, unsigned long long* energy) {
  return giveMaybe(device, energy, [](nvmlDevice_st&) { return energyMillijoules(); });
}

Result<void> deviceGetPowerManagementLimit(nvmlDevice_t device, unsigned int* limit) {
  return giveMaybe(device, limit,
                   [](nvmlDevice_st&) { return Sensors::host().powerLimitMilliwatts(); });
}

Result<void> deviceGetEnforcedPowerLimit(nvmlDevice_t device, unsigned int* limit) {
  return deviceGetPowerManagementLimit(device, limit);
}

Result<void> deviceGetPowerManagementMode(nvmlDevice_t device, nvmlEnableState_t* mode) {
  return giveConstant(device, mode,
                      Sensors::host().powerLimitMilliwatts() ? NVML_FEATURE_ENABLED
                                                             : NVML_FEATURE_DISABLED);
}

Result<void> deviceGetTemperature(nvmlDevice_t device, nvmlTemperatureSensors_t sensor,
                                  unsigned int* degrees) {
  AW_ARG(sensor == NVML_TEMPERATURE_GPU, "unknown sensor");
  return giveMaybe(device, degrees, [](nvmlDevice_st&) { return Sensors::host().temperature(); });
}

Result<void> deviceGetTemperatureV(nvmlDevice_t device, nvmlTemperature_t* temperature) {
  AW_ARG(temperature, "temperature is null");
  AW_TRY(checkVersion(temperature->version, nvmlTemperature_v1));
  AW_ARG(temperature->sensorType == NVML_TEMPERATURE_GPU, "unknown sensor");
  return giveMaybe(device, &temperature->temperature,
                   [](nvmlDevice_st&) { return Sensors::host().temperature(); });
}

Result<void> deviceGetTemperatureThreshold(nvmlDevice_t device, nvmlTemperatureThresholds_t which,
                                           unsigned int* degrees) {
  AW_ARG(unsigned(which) < unsigned(NVML_TEMPERATURE_THRESHOLD_COUNT), "unknown threshold");
  return giveMaybe(device, degrees, [which](nvmlDevice_st&) -> std::optional<int> {
    switch (which) {
    case NVML_TEMPERATURE_THRESHOLD_SHUTDOWN:
      return Sensors::host().shutdownTemperature();
    case NVML_TEMPERATURE_THRESHOLD_SLOWDOWN:
    case NVML_TEMPERATURE_THRESHOLD_GPU_MAX:
      return Sensors::host().slowdownTemperature();
    default:
      return std::nullopt;
    }
  });
}

Result<void> deviceGetNumFans(nvmlDevice_t device, unsigned int* count) {
  return giveConstant(device, count, unsigned(Sensors::host().fans().size()));
}

Result<void> deviceGetFanSpeedRPM(nvmlDevice_t device, nvmlFanSpeedInfo_t* fan) {
  AW_ARG(fan, "fanSpeed is null");
  AW_TRY(checkVersion(fan->version, nvmlFanSpeedInfo_v1));
  std::vector<unsigned> fans = Sensors::host().fans();
  AW_ARG(fans.empty() || fan->fan < fans.size(), "there is no such fan");
  return giveMaybe(device, &fan->speed, [&](nvmlDevice_st&) {
    return fans.empty() ? std::nullopt : std::optional<unsigned>(fans[fan->fan]);
  });
}

Result<void> deviceGetClockInfo(nvmlDevice_t device, nvmlClockType_t type, unsigned int* clock) {
  AW_TRY(checkClock(type));
  return giveMaybe(device, clock, [type](nvmlDevice_st& d) { return presentClock(d, type); });
}

Result<void> deviceGetMaxClockInfo(nvmlDevice_t device, nvmlClockType_t type, unsigned int* clock) {
  AW_TRY(checkClock(type));
  return giveMaybe(device, clock, [type](nvmlDevice_st& d) -> std::optional<unsigned> {
    if (type == NVML_CLOCK_MEM || type == NVML_CLOCK_VIDEO)
      return presentClock(d, type);
    auto most = Sensors::host().maxClockMHz();
    return most ? *most : unsigned(infoOf(&d).clockKHz / 1000);
  });
}

Result<void> deviceGetClock(nvmlDevice_t device, nvmlClockType_t type, nvmlClockId_t id,
                            unsigned int* clock) {
  AW_TRY(checkClock(type));
  AW_ARG(unsigned(id) < unsigned(NVML_CLOCK_ID_COUNT), "unknown clock id");
  return giveMaybe(device, clock, [type, id](nvmlDevice_st& d) {
    return id == NVML_CLOCK_ID_CURRENT ? presentClock(d, type) : std::nullopt;
  });
}

Result<void> deviceGetPerformanceState(nvmlDevice_t device, nvmlPstates_t* state) {
  return giveConstant(device, state, NVML_PSTATE_0);
}

Result<void> deviceGetPowerState(nvmlDevice_t device, nvmlPstates_t* state) {
  return deviceGetPerformanceState(device, state);
}

Result<void> deviceGetCurrentClocksEventReasons(nvmlDevice_t device, unsigned long long* reasons) {
  return giveMaybe(device, reasons, [](nvmlDevice_st& d) {
    bool busy = Sampler::get().device(d).busyPercent > 0;
    return std::optional<unsigned long long>(busy ? nvmlClocksEventReasonNone
                                                  : nvmlClocksEventReasonGpuIdle);
  });
}

Result<void> deviceGetCurrentClocksThrottleReasons(nvmlDevice_t device,
                                                   unsigned long long* reasons) {
  return deviceGetCurrentClocksEventReasons(device, reasons);
}

Result<void> deviceGetSupportedClocksEventReasons(nvmlDevice_t device,
                                                  unsigned long long* reasons) {
  return giveConstant(device, reasons, nvmlClocksEventReasonGpuIdle);
}

Result<void> deviceGetSupportedClocksThrottleReasons(nvmlDevice_t device,
                                                     unsigned long long* reasons) {
  return deviceGetSupportedClocksEventReasons(device, reasons);
}

// Each field has an error of its own; the call succeeds.
Result<void> deviceGetFieldValues(nvmlDevice_t handle, int count, nvmlFieldValue_t* values) {
  AW_TRY(findDevice(handle));
  AW_ARG(count > 0 && values, "no fields");
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  for (nvmlFieldValue_t* v = values; v != values + count; ++v) {
    v->timestamp = now.tv_sec * 1'000'000ll + now.tv_nsec / 1000;
    v->latencyUsec = 0;
    v->nvmlReturn = NVML_ERROR_NOT_SUPPORTED;
    v->valueType = NVML_VALUE_TYPE_UNSIGNED_LONG_LONG;
    v->value.ullVal = 0;
    if (v->fieldId == NVML_FI_DEV_TOTAL_ENERGY_CONSUMPTION) {
      if (auto energy = energyMillijoules()) {
        v->value.ullVal = *energy;
        v->nvmlReturn = NVML_SUCCESS;
      }
    } else if (v->fieldId == NVML_FI_DEV_POWER_AVERAGE || v->fieldId == NVML_FI_DEV_POWER_INSTANT) {
      v->valueType = NVML_VALUE_TYPE_UNSIGNED_INT;
      if (auto power = Sampler::get().powerMilliwatts()) {
        v->value.uiVal = unsigned(*power);
        v->nvmlReturn = NVML_SUCCESS;
      }
    } else if (v->fieldId == 0 || v->fieldId >= NVML_FI_MAX) {
      v->nvmlReturn = NVML_ERROR_INVALID_ARGUMENT;
    }
  }
  return {};
}

} // namespace anywarp::nvml
