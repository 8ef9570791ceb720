// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Modes: each has one value here, which can be read and "set".
#include "nvml/support.h"

namespace anywarp::nvml {

Result<void> deviceGetDisplayMode(nvmlDevice_t device, nvmlEnableState_t* display) {
  return giveConstant(device, display, NVML_FEATURE_DISABLED);
}

Result<void> deviceGetDisplayActive(nvmlDevice_t device, nvmlEnableState_t* active) {
  return giveConstant(device, active, NVML_FEATURE_DISABLED);
}

Result<void> deviceGetPersistenceMode(nvmlDevice_t device, nvmlEnableState_t* mode) {
  return giveConstant(device, mode, NVML_FEATURE_ENABLED);
}

Result<void> deviceSetPersistenceMode(nvmlDevice_t handle, nvmlEnableState_t mode) {
  AW_TRY(findDevice(handle));
  AW_ARG(mode == NVML_FEATURE_ENABLED || mode == NVML_FEATURE_DISABLED, "unknown mode");
  return mode == NVML_FEATURE_ENABLED ? Result<void>() : fail(NVML_ERROR_NOT_SUPPORTED);
}

Result<void> deviceGetComputeMode(nvmlDevice_t device, nvmlComputeMode_t* mode) {
  return giveConstant(device, mode, NVML_COMPUTEMODE_DEFAULT);
}

Result<void> deviceSetComputeMode(nvmlDevice_t handle, nvmlComputeMode_t mode) {
  AW_TRY(findDevice(handle));
  AW_ARG(unsigned(mode) < unsigned(NVML_COMPUTEMODE_COUNT), "unknown mode");
  return mode == NVML_COMPUTEMODE_DEFAULT ? Result<void>() : fail(NVML_ERROR_NOT_SUPPORTED);
}

Result<void> deviceGetVirtualizationMode(nvmlDevice_t device, nvmlGpuVirtualizationMode_t* mode) {
  return giveConstant(device, mode, NVML_GPU_VIRTUALIZATION_MODE_NONE);
}

Result<void> deviceIsMigDeviceHandle(nvmlDevice_t device, unsigned int* isMig) {
  return giveConstant(device, isMig, 0u);
}

Result<void> deviceGetMaxMigDeviceCount(nvmlDevice_t device, unsigned int* count) {
  return giveConstant(device, count, 0u);
}

} // namespace anywarp::nvml
