// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Processes on a device and how busy they keep it.
#include "nvml/sampler.h"
#include "nvml/support.h"

#include <algorithm>

namespace anywarp::nvml {
namespace {

constexpr unsigned kNoInstance = 0xffffffff; // no MIG

void fillInfo(nvmlProcessInfo_v1_t& out, const ProcessSample& p) {
  out = {p.process, p.memoryUsed};
}
void fillInfo(nvmlProcessInfo_t& out, const ProcessSample& p) {
  out = {p.process, p.memoryUsed, kNoInstance, kNoInstance};
}

std::vector<ProcessSample> computeProcesses(const nvmlDevice_st& device) {
  std::vector<ProcessSample> list = Sampler::get().device(device).processes;
  std::erase_if(list, [](const ProcessSample& p) { return !p.context; });
  return list;
}

// The manual: without enough room the number is given and NVML_ERROR_INSUFFICIENT_SIZE returned.
template <typename Info>
Result<void> giveProcesses(const std::vector<ProcessSample>& list, unsigned* count, Info* infos) {
  unsigned room = *count;
  *count = unsigned(list.size());
  if (list.empty())
    return {};
  if (room < list.size())
    return fail(NVML_ERROR_INSUFFICIENT_SIZE);
  AW_ARG(infos, "infos is null");
  for (size_t i = 0; i < list.size(); ++i)
    fillInfo(infos[i], list[i]);
  return {};
}

template <typename Info>
Result<void> giveCompute(nvmlDevice_t handle, unsigned* count, Info* infos) {
  AW_LET(device, findDevice(handle));
  AW_ARG(count, "infoCount is null");
  return giveProcesses(computeProcesses(*device), count, infos);
}

} // namespace

Result<void> deviceGetComputeRunningProcesses_v1(nvmlDevice_t device, unsigned int* count,
                                                 nvmlProcessInfo_v1_t* infos) {
  return giveCompute(device, count, infos);
}
Result<void> deviceGetComputeRunningProcesses(nvmlDevice_t device, unsigned int* count,
                                              nvmlProcessInfo_t* infos) {
  return giveCompute(device, count, infos);
}
Result<void> deviceGetGraphicsRunningProcesses_v1(nvmlDevice_t device, unsigned int* count,
                                                  nvmlProcessInfo_v1_t*) {
  return giveConstant(device, count, 0);
}
Result<void> deviceGetGraphicsRunningProcesses(nvmlDevice_t device, unsigned int* count,
                                               nvmlProcessInfo_t*) {
  return giveConstant(device, count, 0);
}
Result<void> deviceGetMPSComputeRunningProcesses_v1(nvmlDevice_t device, unsigned int* count,
                                                    nvmlProcessInfo_v1_t*) {
  return giveConstant(device, count, 0);
}
Result<void> deviceGetMPSComputeRunningProcesses(nvmlDevice_t device, unsigned int* count,
                                                 nvmlProcessInfo_t*) {
  return giveConstant(device, count, 0);
}

// `mode`: 0 compute, 1 graphics, 2 MPS.
Result<void> deviceGetRunningProcessDetailList(nvmlDevice_t handle, nvmlProcessDetailList_t* out) {
  AW_LET(device, findDevice(handle));
  AW_ARG(out, "plist is null");
  AW_TRY(checkVersion(out->version, nvmlProcessDetailList_v1));
  AW_ARG(out->mode <= 2, "unknown mode");
  std::vector<ProcessSample> list;
  if (out->mode == 0)
    list = computeProcesses(*device);
  unsigned room = out->numProcArrayEntries;
  out->numProcArrayEntries = unsigned(list.size());
  if (room < list.size())
    return fail(NVML_ERROR_INSUFFICIENT_SIZE);
  AW_ARG(list.empty() || out->procArray, "procArray is null");
  for (size_t i = 0; i < list.size(); ++i)
    out->procArray[i] = {list[i].process, list[i].memoryUsed, kNoInstance, kNoInstance, 0};
  return {};
}

Result<void> deviceGetUtilizationRates(nvmlDevice_t handle, nvmlUtilization_t* utilization) {
  AW_LET(device, findDevice(handle));
  AW_ARG(utilization, "utilization is null");
  *utilization = {Sampler::get().device(*device).busyPercent, 0};
  return {};
}

Result<void> deviceGetProcessUtilization(nvmlDevice_t handle, nvmlProcessUtilizationSample_t* out,
                                         unsigned int* count, unsigned long long lastSeen) {
  AW_LET(device, findDevice(handle));
  AW_ARG(count, "processSamplesCount is null");
  DeviceSample sample = Sampler::get().device(*device);
  unsigned room = *count;
  *count = unsigned(sample.processes.size());
  if (sample.processes.empty() || sample.timeMicros <= lastSeen)
    return fail(NVML_ERROR_NOT_FOUND);
  if (!out || room < *count)
    return fail(NVML_ERROR_INSUFFICIENT_SIZE);
  for (const ProcessSample& p : sample.processes)
    *out++ = {p.process, sample.timeMicros, p.busyPercent, 0, 0, 0};
  return {};
}

Result<void> deviceGetProcessesUtilizationInfo(nvmlDevice_t handle,
                                               nvmlProcessesUtilizationInfo_t* out) {
  AW_LET(device, findDevice(handle));
  AW_ARG(out, "procesesUtilInfo is null");
  AW_TRY(checkVersion(out->version, nvmlProcessesUtilizationInfo_v1));
  DeviceSample sample = Sampler::get().device(*device);
  unsigned room = out->processSamplesCount;
  out->processSamplesCount = unsigned(sample.processes.size());
  if (sample.processes.empty() || sample.timeMicros <= out->lastSeenTimeStamp)
    return fail(NVML_ERROR_NOT_FOUND);
  if (!out->procUtilArray || room < sample.processes.size())
    return fail(NVML_ERROR_INSUFFICIENT_SIZE);
  for (size_t i = 0; i < sample.processes.size(); ++i)
    out->procUtilArray[i] = {sample.timeMicros,
                             sample.processes[i].process,
                             sample.processes[i].busyPercent,
                             0,
                             0,
                             0,
                             0,
                             0};
  return {};
}

} // namespace anywarp::nvml
