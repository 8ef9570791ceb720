// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Devices by index, UUID, serial number and address, and what they are.
#include "nvml/support.h"

#include <charconv>
#include <cstdio>
#include <cstring>
#include <fmt/core.h>
#include <string_view>
#include <strings.h>
#include <vector>

namespace anywarp::nvml {
namespace {

// Digits as boards have them, made of the UUID: as unique, and the same in every process.
std::string serialOf(const DeviceInfo& info) {
  uint64_t number = 0;
  std::memcpy(&number, info.uuid, sizeof number);
  return fmt::format("{:013}", number % 10'000'000'000'000);
}

// Finds a device by a text that `text` gives of it.
template <typename Text> Result<void> findBy(const char* wanted, nvmlDevice_t* out, Text&& text) {
  AW_ARG(wanted && out, "null argument");
  for (nvmlDevice_st* device : devices())
    if (strcasecmp(text(infoOf(device)).c_str(), wanted) == 0) {
      *out = device;
      return {};
    }
  return fail(NVML_ERROR_NOT_FOUND, fmt::format("no device is {}", wanted));
}

struct Address {
  unsigned domain = 0, bus = 0, device = 0;
};
// "domain:bus:device.function", "domain:bus:device", "bus:device.function", "bus:device"; hex.
bool parseAddress(std::string_view text, Address& a) {
  std::vector<unsigned> parts;
  char separator = ':';
  while (!text.empty()) {
    unsigned value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (error != std::errc())
      return false;
    parts.push_back(value);
    text.remove_prefix(size_t(end - text.data()));
    if (text.empty())
      break;
    if (separator == '.' || (text[0] != ':' && text[0] != '.') || text.size() == 1)
      return false; // the function is the last
    separator = text[0];
    text.remove_prefix(1);
  }
  if (separator == '.') {
    if (parts.back() != 0)
      return false;
    parts.pop_back();
  }
  if (parts.size() == 2)
    parts.insert(parts.begin(), 0);
  if (parts.size() != 3)
    return false;
  a = {parts[0], parts[1], parts[2]};
  return true;
}

std::string busId(const DeviceInfo& info) {
  return fmt::format("{:08X}:{:02X}:{:02X}.0", info.pciDomain, info.pciBus, info.pciDevice);
}

// A value of a device, with the checks that all need.
template <typename T, typename Value>
Result<void> give(nvmlDevice_t handle, T* out, Value&& value) {
  AW_LET(device, findDevice(handle));
  AW_ARG(out, "the place for the answer is null");
  *out = T(value(*device));
  return {};
}

} // namespace

Result<void> deviceGetCount(unsigned int* count) {
  AW_ARG(count, "deviceCount is null");
  *count = unsigned(devices().size());
  return {};
}

Result<void> deviceGetHandleByIndex(unsigned int index, nvmlDevice_t* device) {
  AW_ARG(device, "device is null");
  AW_ARG(index < devices().size(),
         fmt::format("there is no device {}; there are {}", index, devices().size()));
  *device = devices()[index];
  return {};
}

Result<void> deviceGetHandleBySerial(const char* serial, nvmlDevice_t* device) {
  return findBy(serial, device, serialOf);
}

Result<void> deviceGetHandleByUUID(const char* uuid, nvmlDevice_t* device) {
  return findBy(uuid, device, [](const DeviceInfo& info) { return core::uuidText(info.uuid); });
}

Result<void> deviceGetHandleByUUIDV(const nvmlUUID_t* uuid, nvmlDevice_t* device) {
  AW_ARG(uuid && device, "null argument");
  AW_TRY(checkVersion(uuid->version, nvmlUUID_v1));
  if (uuid->type == NVML_UUID_TYPE_ASCII) {
    std::string text(uuid->value.str, strnlen(uuid->value.str, sizeof uuid->value.str));
    return deviceGetHandleByUUID(text.c_str(), device);
  }
  AW_ARG(uuid->type == NVML_UUID_TYPE_BINARY, "unknown type of UUID");
  uint8_t bytes[16];
  static_assert(sizeof uuid->value.bytes == sizeof bytes);
  std::memcpy(bytes, uuid->value.bytes, sizeof bytes);
  return deviceGetHandleByUUID(core::uuidText(bytes).c_str(), device);
}

Result<void> deviceGetHandleByPciBusId(const char* text, nvmlDevice_t* out) {
  AW_ARG(text && out, "null argument");
  Address a;
  AW_ARG(parseAddress(text, a), fmt::format("\"{}\" is no PCI address", text));
  for (nvmlDevice_st* device : devices()) {
    const DeviceInfo& info = infoOf(device);
    if (unsigned(info.pciDomain) == a.domain && unsigned(info.pciBus) == a.bus &&
        unsigned(info.pciDevice) == a.device) {
      *out = device;
      return {};
    }
  }
  return fail(NVML_ERROR_NOT_FOUND, fmt::format("no device is at {}", text));
}

Result<void> deviceGetName(nvmlDevice_t handle, char* name, unsigned int length) {
  AW_LET(device, findDevice(handle));
  return giveText(name, length, infoOf(device).name);
}

Result<void> deviceGetSerial(nvmlDevice_t handle, char* serial, unsigned int length) {
  AW_LET(device, findDevice(handle));
  return giveText(serial, length, serialOf(infoOf(device)));
}

Result<void> deviceGetUUID(nvmlDevice_t handle, char* uuid, unsigned int length) {
  AW_LET(device, findDevice(handle));
  return giveText(uuid, length, core::uuidText(infoOf(device).uuid));
}

Result<void> deviceGetBrand(nvmlDevice_t device, nvmlBrandType_t* type) {
  return giveConstant(device, type, NVML_BRAND_UNKNOWN);
}

Result<void> deviceGetIndex(nvmlDevice_t device, unsigned int* index) {
  return give(device, index, [](nvmlDevice_st& d) { return d.listed.index; });
}

Result<void> deviceGetMinorNumber(nvmlDevice_t device, unsigned int* minor) {
  return deviceGetIndex(device, minor);
}

Result<void> deviceGetBoardId(nvmlDevice_t device, unsigned int* id) {
  return give(device, id, [](nvmlDevice_st& d) {
    return d.listed.info.pciDomain << 16 | d.listed.info.pciBus << 8;
  });
}

Result<void> deviceGetMultiGpuBoard(nvmlDevice_t device, unsigned int* multi) {
  return giveConstant(device, multi, 0);
}

Result<void> deviceOnSameBoard(nvmlDevice_t first, nvmlDevice_t second, int* same) {
  AW_LET(a, findDevice(first));
  AW_LET(b, findDevice(second));
  AW_ARG(same, "onSameBoard is null");
  *same = a == b;
  return {};
}

Result<void> deviceGetPciInfo(nvmlDevice_t handle, nvmlPciInfo_t* pci) {
  AW_LET(device, findDevice(handle));
  AW_ARG(pci, "pci is null");
  const DeviceInfo& info = infoOf(device);
  *pci = {};
  std::snprintf(pci->busIdLegacy, sizeof pci->busIdLegacy, "%04X:%02X:%02X.0",
                unsigned(info.pciDomain) & 0xffff, unsigned(info.pciBus), unsigned(info.pciDevice));
  std::snprintf(pci->busId, sizeof pci->busId, "%s", busId(info).c_str());
  pci->domain = unsigned(info.pciDomain);
  pci->bus = unsigned(info.pciBus);
  pci->device = unsigned(info.pciDevice);
  return {};
}

Result<void> deviceGetPciInfoExt(nvmlDevice_t handle, nvmlPciInfoExt_t* pci) {
  AW_LET(device, findDevice(handle));
  AW_ARG(pci, "pci is null");
  AW_TRY(checkVersion(pci->version, nvmlPciInfoExt_v1));
  const DeviceInfo& info = infoOf(device);
  *pci = {};
  pci->version = nvmlPciInfoExt_v1;
  pci->domain = unsigned(info.pciDomain);
  pci->bus = unsigned(info.pciBus);
  pci->device = unsigned(info.pciDevice);
  pci->baseClass = 0x12; // PCI Code and ID Assignment: a processing accelerator
  std::snprintf(pci->busId, sizeof pci->busId, "%s", busId(info).c_str());
  return {};
}

Result<void> deviceGetCudaComputeCapability(nvmlDevice_t handle, int* major, int* minor) {
  AW_LET(device, findDevice(handle));
  AW_ARG(major && minor, "null argument");
  *major = infoOf(device).computeMajor;
  *minor = infoOf(device).computeMinor;
  return {};
}

Result<void> deviceGetAttributes(nvmlDevice_t handle, nvmlDeviceAttributes_t* attributes) {
  AW_LET(device, findDevice(handle));
  AW_ARG(attributes, "attributes is null");
  *attributes = {};
  attributes->multiprocessorCount = unsigned(infoOf(device).multiprocessors);
  attributes->sharedCopyEngineCount = 2; // CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT
  attributes->memorySizeMB = infoOf(device).totalMemory >> 20;
  return {};
}

Result<void> deviceGetNumGpuCores(nvmlDevice_t device, unsigned int* cores) {
  return give(device, cores, [](nvmlDevice_st& d) {
    return d.listed.info.multiprocessors * d.listed.info.coresPerMultiprocessor;
  });
}

Result<void> deviceGetArchitecture(nvmlDevice_t device, nvmlDeviceArchitecture_t* architecture) {
  return give(device, architecture, [](nvmlDevice_st& d) -> unsigned {
    switch (10 * d.listed.info.computeMajor + d.listed.info.computeMinor) {
    case 75:
      return NVML_DEVICE_ARCH_TURING;
    case 89:
      return NVML_DEVICE_ARCH_ADA;
    }
    switch (d.listed.info.computeMajor) {
    case 5:
      return NVML_DEVICE_ARCH_MAXWELL;
    case 6:
      return NVML_DEVICE_ARCH_PASCAL;
    case 7:
      return NVML_DEVICE_ARCH_VOLTA;
    case 8:
      return NVML_DEVICE_ARCH_AMPERE;
    case 9:
      return NVML_DEVICE_ARCH_HOPPER;
    case 10:
    case 11:
    case 12:
      return NVML_DEVICE_ARCH_BLACKWELL;
    default:
      return NVML_DEVICE_ARCH_UNKNOWN;
    }
  });
}

Result<void> deviceGetBusType(nvmlDevice_t device, nvmlBusType_t* type) {
  return giveConstant(device, type, NVML_BUS_TYPE_UNKNOWN);
}

Result<void> deviceGetMemoryBusWidth(nvmlDevice_t device, unsigned int* width) {
  return give(device, width, [](nvmlDevice_st& d) { return d.listed.info.memoryBusBits; });
}

// Kernels use the host's own page tables.
Result<void> deviceGetAddressingMode(nvmlDevice_t handle, nvmlDeviceAddressingMode_t* mode) {
  AW_TRY(findDevice(handle));
  AW_ARG(mode, "mode is null");
  AW_TRY(checkVersion(mode->version, nvmlDeviceAddressingMode_v1));
  mode->value = NVML_DEVICE_ADDRESSING_MODE_ATS;
  return {};
}

} // namespace anywarp::nvml
