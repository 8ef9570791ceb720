// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fixture.h"

#include <cstdio>
#include <cstring>
#include <cuda.h>
#include <string>
#include <unistd.h>

using nvmlDeviceTest = Nvml;

namespace {

// The CUDA ordinal 0 is NVML's second device: CUDA_VISIBLE_DEVICES=1.
int attribute(CUdevice_attribute code) {
  int value = -1;
  EXPECT_EQ(CUDA_SUCCESS, cuInit(0));
  EXPECT_EQ(CUDA_SUCCESS, cuDeviceGetAttribute(&value, code, 0));
  return value;
}

} // namespace

TEST_F(nvmlDeviceTest, handles) {
  nvmlDevice_t device = nullptr;
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetHandleByIndex(2, &device));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetHandleByIndex(0, nullptr));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetCount(nullptr));
  char text[NVML_DEVICE_UUID_V2_BUFFER_SIZE];
  for (nvmlDevice_t wanted : {first, second}) {
    EXPECT_NVML(nvmlDeviceGetUUID(wanted, text, sizeof text));
    EXPECT_EQ(40u, strlen(text)) << text; // "GPU-" and 36 characters
    EXPECT_NVML(nvmlDeviceGetHandleByUUID(text, &device));
    EXPECT_EQ(wanted, device);
    nvmlUUID_t uuid = {};
    uuid.type = NVML_UUID_TYPE_ASCII;
    strncpy(uuid.value.str, text, sizeof uuid.value.str - 1);
    EXPECT_EQ(NVML_ERROR_ARGUMENT_VERSION_MISMATCH, nvmlDeviceGetHandleByUUIDV(&uuid, &device));
    uuid.version = nvmlUUID_v1;
    EXPECT_NVML(nvmlDeviceGetHandleByUUIDV(&uuid, &device));
    EXPECT_EQ(wanted, device);
    EXPECT_NVML(nvmlDeviceGetSerial(wanted, text, NVML_DEVICE_SERIAL_BUFFER_SIZE));
    EXPECT_EQ(strlen(text), strspn(text, "0123456789")) << text;
    EXPECT_NVML(nvmlDeviceGetHandleBySerial(text, &device));
    EXPECT_EQ(wanted, device);
    nvmlPciInfo_t pci;
    EXPECT_NVML(nvmlDeviceGetPciInfo(wanted, &pci));
    EXPECT_NVML(nvmlDeviceGetHandleByPciBusId(pci.busId, &device));
    EXPECT_EQ(wanted, device);
    EXPECT_NVML(nvmlDeviceGetHandleByPciBusId(pci.busIdLegacy, &device));
    EXPECT_EQ(wanted, device);
    snprintf(text, sizeof text, "%02x:%02x", pci.bus, pci.device);
    EXPECT_NVML(nvmlDeviceGetHandleByPciBusId(text, &device));
    EXPECT_EQ(wanted, device);
  }
  EXPECT_EQ(NVML_ERROR_NOT_FOUND, nvmlDeviceGetHandleByUUID("GPU-no", &device));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetHandleByUUID(nullptr, &device));
  EXPECT_EQ(NVML_ERROR_NOT_FOUND, nvmlDeviceGetHandleBySerial("1", &device));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetHandleBySerial("1", nullptr));
  EXPECT_EQ(NVML_ERROR_NOT_FOUND, nvmlDeviceGetHandleByPciBusId("0000:fe:1f.0", &device));
  for (const char* bad : {"", "x", "1", "0:1:", "0:1:2:3", "0000:01:00.1", "0000:01:00.0 "})
    EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetHandleByPciBusId(bad, &device)) << bad;
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetHandleByUUIDV(nullptr, &device));
}

TEST_F(nvmlDeviceTest, every_question_wants_a_device_and_a_place) {
  unsigned u = 0;
  int i = 0;
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetIndex(wrong, &u));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetIndex(nullptr, &u));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetIndex(first, nullptr));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetMinorNumber(first, nullptr));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetBrand(first, nullptr));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetBoardId(wrong, &u));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetMultiGpuBoard(first, nullptr));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceOnSameBoard(first, wrong, &i));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetPciInfo(first, nullptr));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetCudaComputeCapability(first, &i, nullptr));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetAttributes(first, nullptr));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetNumGpuCores(first, nullptr));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetArchitecture(first, nullptr));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetBusType(first, nullptr));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetMemoryBusWidth(first, nullptr));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetAddressingMode(first, nullptr));
  char name[8];
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetName(first, nullptr, 96));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetName(wrong, name, sizeof name));
  EXPECT_EQ(NVML_ERROR_INSUFFICIENT_SIZE, nvmlDeviceGetName(second, name, sizeof name));
  EXPECT_EQ(NVML_ERROR_INSUFFICIENT_SIZE, nvmlDeviceGetUUID(second, name, sizeof name));
  EXPECT_EQ(NVML_ERROR_INSUFFICIENT_SIZE, nvmlDeviceGetSerial(second, name, sizeof name));
}

TEST_F(nvmlDeviceTest, says_what_the_driver_api_says) {
  char name[96], cudaName[96];
  EXPECT_NVML(nvmlDeviceGetName(second, name, sizeof name));
  EXPECT_STREQ("Second device", name);
  ASSERT_EQ(CUDA_SUCCESS, cuInit(0));
  EXPECT_EQ(CUDA_SUCCESS, cuDeviceGetName(cudaName, sizeof cudaName, 0));
  EXPECT_STREQ(name, cudaName);
  int major = 0, minor = 0;
  EXPECT_NVML(nvmlDeviceGetCudaComputeCapability(second, &major, &minor));
  EXPECT_EQ(8, major);
  EXPECT_EQ(6, minor);
  EXPECT_EQ(major, attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR));
  nvmlPciInfo_t pci;
  EXPECT_NVML(nvmlDeviceGetPciInfo(second, &pci));
  EXPECT_EQ(int(pci.bus), attribute(CU_DEVICE_ATTRIBUTE_PCI_BUS_ID));
  EXPECT_EQ(int(pci.device), attribute(CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID));
  EXPECT_EQ(int(pci.domain), attribute(CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID));
  CUuuid uuid;
  EXPECT_EQ(CUDA_SUCCESS, cuDeviceGetUuid(&uuid, 0));
  nvmlUUID_t binary = {};
  binary.version = nvmlUUID_v1;
  binary.type = NVML_UUID_TYPE_BINARY;
  memcpy(binary.value.bytes, uuid.bytes, sizeof uuid.bytes);
  nvmlDevice_t device = nullptr;
  EXPECT_NVML(nvmlDeviceGetHandleByUUIDV(&binary, &device));
  EXPECT_EQ(second, device);
  size_t bytes = 0;
  EXPECT_EQ(CUDA_SUCCESS, cuDeviceTotalMem(&bytes, 0));
  EXPECT_EQ(size_t(1) << 30, bytes);
  nvmlMemory_t memory;
  EXPECT_NVML(nvmlDeviceGetMemoryInfo(second, &memory));
  EXPECT_EQ(bytes, memory.total);
  unsigned value = 0;
  EXPECT_NVML(nvmlDeviceGetNumGpuCores(second, &value));
  EXPECT_EQ(128u, value); // one multiprocessor of capability 8.6
  nvmlDeviceAttributes_t attributes;
  EXPECT_NVML(nvmlDeviceGetAttributes(second, &attributes));
  EXPECT_EQ(1u, attributes.multiprocessorCount);
  EXPECT_EQ(1024u, attributes.memorySizeMB);
  EXPECT_EQ(int(attributes.sharedCopyEngineCount),
            attribute(CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT));
  EXPECT_NVML(nvmlDeviceGetMemoryBusWidth(second, &value));
  EXPECT_EQ(int(value), attribute(CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH));
  nvmlDeviceArchitecture_t architecture = 0;
  EXPECT_NVML(nvmlDeviceGetArchitecture(second, &architecture));
  EXPECT_EQ(unsigned(NVML_DEVICE_ARCH_AMPERE), architecture);
  nvmlDeviceAddressingMode_t mode = {};
  EXPECT_EQ(NVML_ERROR_ARGUMENT_VERSION_MISMATCH, nvmlDeviceGetAddressingMode(second, &mode));
  mode.version = nvmlDeviceAddressingMode_v1;
  EXPECT_NVML(nvmlDeviceGetAddressingMode(second, &mode));
  EXPECT_EQ(unsigned(NVML_DEVICE_ADDRESSING_MODE_ATS), mode.value);
  EXPECT_EQ(1, attribute(CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS_USES_HOST_PAGE_TABLES));
}

TEST_F(nvmlDeviceTest, identity) {
  unsigned index = 9, board[2] = {};
  EXPECT_NVML(nvmlDeviceGetIndex(second, &index));
  EXPECT_EQ(1u, index);
  EXPECT_NVML(nvmlDeviceGetMinorNumber(second, &index));
  EXPECT_EQ(1u, index);
  EXPECT_NVML(nvmlDeviceGetBoardId(first, &board[0]));
  EXPECT_NVML(nvmlDeviceGetBoardId(second, &board[1]));
  EXPECT_NE(board[0], board[1]);
  int same = -1;
  EXPECT_NVML(nvmlDeviceOnSameBoard(first, second, &same));
  EXPECT_EQ(0, same);
  EXPECT_NVML(nvmlDeviceOnSameBoard(first, first, &same));
  EXPECT_EQ(1, same);
  unsigned multi = 7;
  EXPECT_NVML(nvmlDeviceGetMultiGpuBoard(first, &multi));
  EXPECT_EQ(0u, multi);
  nvmlBrandType_t brand;
  EXPECT_NVML(nvmlDeviceGetBrand(first, &brand));
  nvmlBusType_t bus;
  EXPECT_NVML(nvmlDeviceGetBusType(first, &bus));
  nvmlPciInfoExt_t pci = {};
  EXPECT_EQ(NVML_ERROR_ARGUMENT_VERSION_MISMATCH, nvmlDeviceGetPciInfoExt(first, &pci));
  pci.version = nvmlPciInfoExt_v1;
  EXPECT_NVML(nvmlDeviceGetPciInfoExt(first, &pci));
  nvmlPciInfo_t plain;
  EXPECT_NVML(nvmlDeviceGetPciInfo(first, &plain));
  EXPECT_STREQ(plain.busId, pci.busId);
}

TEST_F(nvmlDeviceTest, modes) {
  nvmlEnableState_t state;
  EXPECT_NVML(nvmlDeviceGetDisplayMode(first, &state));
  EXPECT_EQ(NVML_FEATURE_DISABLED, state);
  EXPECT_NVML(nvmlDeviceGetDisplayActive(first, &state));
  EXPECT_EQ(NVML_FEATURE_DISABLED, state);
  EXPECT_NVML(nvmlDeviceGetPersistenceMode(first, &state));
  EXPECT_EQ(NVML_FEATURE_ENABLED, state);
  EXPECT_NVML(nvmlDeviceSetPersistenceMode(first, NVML_FEATURE_ENABLED));
  EXPECT_EQ(NVML_ERROR_NOT_SUPPORTED, nvmlDeviceSetPersistenceMode(first, NVML_FEATURE_DISABLED));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceSetPersistenceMode(first, nvmlEnableState_t(5)));
  nvmlComputeMode_t mode;
  EXPECT_NVML(nvmlDeviceGetComputeMode(first, &mode));
  EXPECT_EQ(NVML_COMPUTEMODE_DEFAULT, mode);
  EXPECT_NVML(nvmlDeviceSetComputeMode(first, NVML_COMPUTEMODE_DEFAULT));
  EXPECT_EQ(NVML_ERROR_NOT_SUPPORTED, nvmlDeviceSetComputeMode(first, NVML_COMPUTEMODE_PROHIBITED));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceSetComputeMode(first, NVML_COMPUTEMODE_COUNT));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceSetComputeMode(wrong, NVML_COMPUTEMODE_DEFAULT));
  nvmlGpuVirtualizationMode_t virtualization;
  EXPECT_NVML(nvmlDeviceGetVirtualizationMode(first, &virtualization));
  EXPECT_EQ(NVML_GPU_VIRTUALIZATION_MODE_NONE, virtualization);
  unsigned value = 7;
  EXPECT_NVML(nvmlDeviceIsMigDeviceHandle(first, &value));
  EXPECT_EQ(0u, value);
  EXPECT_NVML(nvmlDeviceGetMaxMigDeviceCount(first, &value));
  EXPECT_EQ(0u, value);
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetComputeMode(first, nullptr));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetDisplayMode(wrong, &state));
}

TEST_F(nvmlDeviceTest, topology) {
  nvmlGpuTopologyLevel_t level;
  EXPECT_NVML(nvmlDeviceGetTopologyCommonAncestor(first, second, &level));
  EXPECT_EQ(NVML_TOPOLOGY_NODE, level);
  EXPECT_NVML(nvmlDeviceGetTopologyCommonAncestor(first, first, &level));
  EXPECT_EQ(NVML_TOPOLOGY_INTERNAL, level);
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetTopologyCommonAncestor(first, wrong, &level));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT,
            nvmlDeviceGetTopologyCommonAncestor(first, second, nullptr));
  unsigned count = 0;
  EXPECT_NVML(nvmlDeviceGetTopologyNearestGpus(first, NVML_TOPOLOGY_NODE, &count, nullptr));
  EXPECT_EQ(1u, count);
  nvmlDevice_t list[2] = {};
  EXPECT_NVML(nvmlDeviceGetTopologyNearestGpus(first, NVML_TOPOLOGY_NODE, &count, list));
  EXPECT_EQ(second, list[0]);
  count = 2;
  EXPECT_NVML(nvmlDeviceGetTopologyNearestGpus(first, NVML_TOPOLOGY_SINGLE, &count, list));
  EXPECT_EQ(0u, count);
  count = 2;
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT,
            nvmlDeviceGetTopologyNearestGpus(first, NVML_TOPOLOGY_NODE, &count, nullptr));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT,
            nvmlDeviceGetTopologyNearestGpus(first, NVML_TOPOLOGY_NODE, nullptr, list));
  count = 0;
  EXPECT_NVML(nvmlSystemGetTopologyGpuSet(0, &count, nullptr));
  EXPECT_EQ(2u, count);
  EXPECT_NVML(nvmlSystemGetTopologyGpuSet(0, &count, list));
  EXPECT_EQ(first, list[0]);
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlSystemGetTopologyGpuSet(1 << 30, &count, list));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlSystemGetTopologyGpuSet(0, nullptr, list));
  nvmlGpuP2PStatus_t status;
  EXPECT_NVML(nvmlDeviceGetP2PStatus(first, second, NVML_P2P_CAPS_INDEX_READ, &status));
  EXPECT_EQ(NVML_P2P_STATUS_OK, status);
  EXPECT_NVML(nvmlDeviceGetP2PStatus(first, second, NVML_P2P_CAPS_INDEX_NVLINK, &status));
  EXPECT_EQ(NVML_P2P_STATUS_NOT_SUPPORTED, status);
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT,
            nvmlDeviceGetP2PStatus(first, second, NVML_P2P_CAPS_INDEX_UNKNOWN, &status));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT,
            nvmlDeviceGetP2PStatus(first, wrong, NVML_P2P_CAPS_INDEX_READ, &status));
  unsigned long set[64] = {};
  EXPECT_NVML(nvmlDeviceGetCpuAffinity(first, 64, set));
  long bits = 0;
  for (unsigned long word : set)
    bits += __builtin_popcountl(word);
  EXPECT_EQ(sysconf(_SC_NPROCESSORS_CONF), bits);
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetCpuAffinity(first, 0, set));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetCpuAffinity(first, 64, nullptr));
  EXPECT_NVML(nvmlDeviceGetCpuAffinityWithinScope(first, 64, set, NVML_AFFINITY_SCOPE_SOCKET));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetCpuAffinityWithinScope(first, 64, set, 9));
  EXPECT_NVML(nvmlDeviceGetMemoryAffinity(first, 1, set, NVML_AFFINITY_SCOPE_NODE));
  EXPECT_TRUE(set[0] & 1);
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetMemoryAffinity(first, 1, set, 9));
}

TEST_F(nvmlDeviceTest, events) {
  nvmlEventSet_t set = nullptr;
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlEventSetCreate(nullptr));
  ASSERT_NVML(nvmlEventSetCreate(&set));
  unsigned long long types = 7;
  EXPECT_NVML(nvmlDeviceGetSupportedEventTypes(first, &types));
  EXPECT_EQ(0u, types);
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceGetSupportedEventTypes(first, nullptr));
  EXPECT_NVML(nvmlDeviceRegisterEvents(first, 0, set));
  EXPECT_EQ(NVML_ERROR_NOT_SUPPORTED,
            nvmlDeviceRegisterEvents(first, nvmlEventTypeXidCriticalError, set));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceRegisterEvents(first, 1ull << 60, set));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlDeviceRegisterEvents(first, 0, nullptr));
  nvmlEventData_t data;
  EXPECT_EQ(NVML_ERROR_TIMEOUT, nvmlEventSetWait(set, &data, 10));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlEventSetWait(set, nullptr, 10));
  EXPECT_NVML(nvmlEventSetFree(set));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlEventSetFree(set));
  EXPECT_EQ(NVML_ERROR_INVALID_ARGUMENT, nvmlEventSetWait(set, &data, 10));
}
