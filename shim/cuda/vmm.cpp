// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Virtual memory management: reserved addresses, memory, mappings.
#include "common/location.h"
#include "core/array_tiles.h"
#include "core/multicast.h"
#include "core/virtual_memory.h"
#include "cuda/support.h"

namespace anywarp::cuda {
namespace {

Result<core::PhysicalMemoryRef> findMemory(CUmemGenericAllocationHandle handle) {
  core::PhysicalMemoryRef memory = core::VirtualMemory::fromHandle(address(handle));
  if (!memory)
    return makeError(Status::InvalidValue, "not a live handle of memory");
  return memory;
}

core::PhysicalProperties propertiesOf(const CUmemAllocationProp& p) {
  core::PhysicalProperties result;
  result.type = p.type;
  result.handleTypes = p.requestedHandleTypes;
  result.location = shim::locationOf(p.location);
  result.compression = p.allocFlags.compressionType;
  result.rdma = p.allocFlags.gpuDirectRDMACapable;
  result.usage = p.allocFlags.usage;
  return result;
}

// The memory of the whole array; nothing: the entry is wrong.
Result<std::shared_ptr<core::ArrayTiles>> tilesOf(const CUarrayMapInfo& info) {
  std::shared_ptr<core::ArrayTiles> tiles;
  if (info.resourceType == CU_RESOURCE_TYPE_ARRAY) {
    AW_LET(array, findArray(info.resource.array));
    tiles = array->tiles();
  } else if (info.resourceType == CU_RESOURCE_TYPE_MIPMAPPED_ARRAY) {
    AW_LET(mipmap, findMipmappedArray(info.resource.mipmap));
    tiles = mipmap->tiles();
  }
  if (!tiles)
    return makeError(Status::InvalidValue,
                     "not an array or mipmapped array with CUDA_ARRAY3D_DEFERRED_MAPPING or "
                     "CUDA_ARRAY3D_SPARSE");
  return tiles;
}

Result<core::SparseRegion> regionOf(const CUarrayMapInfo& info) {
  core::SparseRegion r;
  if (info.subresourceType == CU_ARRAY_SPARSE_SUBRESOURCE_TYPE_MIPTAIL) {
    const auto& tail = info.subresource.miptail;
    r.tail = true;
    r.layer = tail.layer;
    r.tailOffset = tail.offset;
    r.tailBytes = tail.size;
    return r;
  }
  if (info.subresourceType != CU_ARRAY_SPARSE_SUBRESOURCE_TYPE_SPARSE_LEVEL)
    return makeError(Status::InvalidValue, "unknown type of subresource");
  const auto& part = info.subresource.sparseLevel;
  r.level = part.level;
  r.layer = part.layer;
  r.x = part.offsetX;
  r.y = part.offsetY;
  r.z = part.offsetZ;
  r.width = part.extentWidth;
  r.height = part.extentHeight;
  r.depth = part.extentDepth;
  return r;
}

Result<core::ArrayTiles::Operation> operationOf(const CUarrayMapInfo& info, int device) {
  if (info.flags || info.reserved[0] || info.reserved[1])
    return makeError(Status::InvalidValue, "flags and reserved fields must be 0");
  if (info.deviceBitMask != (device < 32 ? 1u << device : 0))
    return makeError(Status::InvalidValue, "deviceBitMask must be the stream's device");
  core::ArrayTiles::Operation operation;
  AW_LET(tiles, tilesOf(info));
  operation.tiles = tiles;
  operation.pieces = tiles->whole();
  if (tiles->sparse()) {
    AW_LET(region, regionOf(info));
    AW_LET(pieces, tiles->pieces(region));
    operation.pieces = pieces;
  }
  if (info.memOperationType == CU_MEM_OPERATION_TYPE_UNMAP) {
    if (info.memHandle.memHandle)
      return makeError(Status::InvalidValue, "an unmap operation has no memory");
    return operation;
  }
  if (info.memOperationType != CU_MEM_OPERATION_TYPE_MAP ||
      info.memHandleType != CU_MEM_HANDLE_TYPE_GENERIC)
    return makeError(Status::InvalidValue, "unknown operation or type of handle");
  operation.memory = core::VirtualMemory::fromHandle(address(info.memHandle.memHandle));
  if (!operation.memory)
    return makeError(Status::InvalidHandle, "not a live handle of memory");
  operation.offset = info.offset;
  return operation;
}

} // namespace

Result<void> memMapArrayAsync(CUarrayMapInfo* list, unsigned int count, CUstream handle) {
  AW_ARG(list && count, "the list is empty or null");
  AW_LET(stream, findStream(handle));
  std::vector<core::ArrayTiles::Operation> operations;
  for (unsigned i = 0; i < count; ++i) {
    AW_LET(operation, operationOf(list[i], stream->device().ordinal()));
    operations.push_back(operation);
  }
  return core::ArrayTiles::enqueue(*stream, operations);
}

Result<void> memAddressReserve(CUdeviceptr* pointer, size_t size, size_t alignment,
                               CUdeviceptr hint, unsigned long long flags) {
  AW_ARG(pointer, "ptr is null");
  AW_ARG(flags == 0, "flags must be 0");
  AW_LET(range, core::VirtualMemory::reserve(size, alignment, address(hint)));
  *pointer = devicePointer(range);
  return {};
}

Result<void> memAddressFree(CUdeviceptr pointer, size_t size) {
  return core::VirtualMemory::unreserve(address(pointer), size);
}

Result<void> memCreate(CUmemGenericAllocationHandle* handle, size_t size,
                       const CUmemAllocationProp* prop, unsigned long long flags) {
  AW_ARG(handle && prop, "null pointer");
  AW_ARG(flags == 0, "flags must be 0");
  AW_LET(memory, core::VirtualMemory::create(size, propertiesOf(*prop)));
  *handle = devicePointer(memory->handle());
  return {};
}

Result<void> memRelease(CUmemGenericAllocationHandle handle) {
  return core::VirtualMemory::release(address(handle));
}

Result<void> memMap(CUdeviceptr pointer, size_t size, size_t offset,
                    CUmemGenericAllocationHandle handle, unsigned long long flags) {
  AW_ARG(flags == 0, "flags must be 0");
  if (core::MulticastRef object = core::Multicast::fromHandle(address(handle)))
    return core::VirtualMemory::map(address(pointer), size, offset, object);
  AW_LET(memory, findMemory(handle));
  return core::VirtualMemory::map(address(pointer), size, offset, memory);
}

Result<void> memUnmap(CUdeviceptr pointer, size_t size) {
  return core::VirtualMemory::unmap(address(pointer), size);
}

Result<void> memSetAccess(CUdeviceptr pointer, size_t size, const CUmemAccessDesc* descriptions,
                          size_t count) {
  AW_ARG(descriptions && count, "no access is described");
  std::vector<core::AccessDescription> to;
  for (size_t i = 0; i < count; ++i)
    to.push_back({shim::locationOf(descriptions[i].location), int(descriptions[i].flags)});
  return core::VirtualMemory::setAccess(address(pointer), size, to);
}

Result<void> memGetAccess(unsigned long long* flags, const CUmemLocation* location,
                          CUdeviceptr pointer) {
  AW_ARG(flags && location, "null pointer");
  AW_LET(found, core::VirtualMemory::access(shim::locationOf(*location), address(pointer)));
  *flags = static_cast<unsigned long long>(found);
  return {};
}

Result<void> memGetAllocationGranularity(size_t* granularity, const CUmemAllocationProp* prop,
                                         CUmemAllocationGranularity_flags option) {
  AW_ARG(granularity && prop, "null pointer");
  AW_ARG(option == CU_MEM_ALLOC_GRANULARITY_MINIMUM ||
             option == CU_MEM_ALLOC_GRANULARITY_RECOMMENDED,
         "unknown kind of granularity");
  AW_TRY(core::VirtualMemory::checkProperties(propertiesOf(*prop)));
  *granularity = core::VirtualMemory::kGranularity;
  return {};
}

Result<void> memGetAllocationPropertiesFromHandle(CUmemAllocationProp* prop,
                                                  CUmemGenericAllocationHandle handle) {
  AW_ARG(prop, "prop is null");
  AW_LET(memory, findMemory(handle));
  const core::PhysicalProperties& p = memory->properties;
  *prop = {};
  prop->type = CUmemAllocationType(p.type);
  prop->requestedHandleTypes = CUmemAllocationHandleType(p.handleTypes);
  prop->location = {CUmemLocationType(p.location.type), p.location.id};
  prop->allocFlags.compressionType = p.compression;
  prop->allocFlags.gpuDirectRDMACapable = p.rdma;
  prop->allocFlags.usage = p.usage;
  return {};
}

Result<void> memRetainAllocationHandle(CUmemGenericAllocationHandle* handle, void* pointer) {
  AW_ARG(handle && pointer, "null pointer");
  AW_LET(found, core::VirtualMemory::retain(pointer));
  *handle = devicePointer(found);
  return {};
}

Result<void> memExportToShareableHandle(void* shareable, CUmemGenericAllocationHandle handle,
                                        CUmemAllocationHandleType type, unsigned long long flags) {
  AW_ARG(shareable, "shareableHandle is null");
  AW_ARG(flags == 0, "flags must be 0");
  if (core::MulticastRef object = core::Multicast::fromHandle(address(handle))) {
    AW_LET(file, object->exportFile(type));
    *static_cast<int*>(shareable) = file;
    return {};
  }
  AW_LET(memory, findMemory(handle));
  AW_LET(file, core::VirtualMemory::exportFile(*memory, type));
  *static_cast<int*>(shareable) = file;
  return {};
}

Result<void> memImportFromShareableHandle(CUmemGenericAllocationHandle* handle, void* shareable,
                                          CUmemAllocationHandleType type) {
  AW_ARG(handle, "handle is null");
  // The manual's programs pass the descriptor itself in place of a pointer to it.
  int descriptor = int(reinterpret_cast<intptr_t>(shareable));
  AW_LET(object, core::Multicast::importFile(descriptor, type));
  if (object) {
    *handle = devicePointer(object->handle());
    return {};
  }
  AW_LET(memory, core::VirtualMemory::importFile(descriptor, type));
  *handle = devicePointer(memory->handle());
  return {};
}

} // namespace anywarp::cuda
