// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Multicast objects: teams of devices whose memory multimem instructions reach at one address.
#include "core/multicast.h"

#include "core/runtime.h"
#include "cuda/support.h"

namespace anywarp::cuda {
namespace {

Result<core::MulticastRef> findMulticast(CUmemGenericAllocationHandle handle) {
  core::MulticastRef object = core::Multicast::fromHandle(address(handle));
  if (!object)
    return makeError(Status::InvalidValue, "not a live handle of a multicast object");
  return object;
}

core::MulticastProperties propertiesOf(const CUmulticastObjectProp& p) {
  return {p.numDevices, p.size, p.handleTypes, p.flags};
}

} // namespace

Result<void> multicastCreate(CUmemGenericAllocationHandle* handle,
                             const CUmulticastObjectProp* prop) {
  AW_ARG(handle && prop, "null pointer");
  AW_LET(object, core::Multicast::create(propertiesOf(*prop)));
  *handle = devicePointer(object->handle());
  return {};
}

Result<void> multicastAddDevice(CUmemGenericAllocationHandle handle, CUdevice ordinal) {
  AW_LET(object, findMulticast(handle));
  AW_LET(device, findDevice(ordinal));
  return object->addDevice(*device);
}

Result<void> multicastBindMem(CUmemGenericAllocationHandle handle, size_t offset,
                              CUmemGenericAllocationHandle memoryHandle, size_t memoryOffset,
                              size_t size, unsigned long long flags) {
  AW_ARG(flags == 0, "flags must be 0");
  AW_LET(object, findMulticast(handle));
  core::PhysicalMemoryRef memory = core::VirtualMemory::fromHandle(address(memoryHandle));
  AW_ARG(memory, "memHandle is not a live handle of memory");
  return object->bind(offset, memory, memoryOffset, size);
}

Result<void> multicastBindAddr(CUmemGenericAllocationHandle handle, size_t offset,
                               CUdeviceptr pointer, size_t size, unsigned long long flags) {
  AW_ARG(flags == 0, "flags must be 0");
  AW_LET(object, findMulticast(handle));
  return object->bindAddress(offset, address(pointer), size);
}

Result<void> multicastUnbind(CUmemGenericAllocationHandle handle, CUdevice ordinal, size_t offset,
                             size_t size) {
  AW_LET(object, findMulticast(handle));
  AW_LET(device, findDevice(ordinal));
  return object->unbind(*device, offset, size);
}

Result<void> multicastGetGranularity(size_t* granularity, const CUmulticastObjectProp* prop,
                                     CUmulticastGranularity_flags option) {
  AW_ARG(granularity && prop, "null pointer");
  AW_ARG(option == CU_MULTICAST_GRANULARITY_MINIMUM ||
             option == CU_MULTICAST_GRANULARITY_RECOMMENDED,
         "unknown kind of granularity");
  AW_TRY(core::Multicast::checkProperties(propertiesOf(*prop)));
  *granularity = core::Multicast::kGranularity;
  return {};
}

} // namespace anywarp::cuda
