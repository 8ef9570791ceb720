// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory of somebody else, by file descriptor (cuImportExternalMemory): anything that mmap() takes
// as shared memory, such as what another process or API made by memfd_create, a dma-buf, or what
// cuMemExportToShareableHandle gives. Mappings outlive the object. Safe from any thread.
#pragma once

#include "core/api.h"
#include "core/array.h"
#include "support/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace anywarp::core {

class AW_API ExternalMemory {
public:
  // `type` is CUexternalMemoryHandleType. Takes the descriptor when it succeeds. InvalidValue: an
  // unknown type or flag, no size, or more than there is; InvalidHandle: no such descriptor, or not
  // of memory; NotSupported: handles of other systems.
  static Result<ExternalMemoryRef> import(int type, int descriptor, uint64_t bytes, unsigned flags);
  Result<void> destroy();
  static ExternalMemoryRef fromHandle(const void* handle); // null: not live
  void* handle() { return this; }
  ~ExternalMemory();
  ExternalMemory(const ExternalMemory&) = delete;

  // Memory until cuMemFree, or until the context goes.
  Result<void*> mapBuffer(Context& context, uint64_t offset, uint64_t bytes, unsigned flags);
  // Levels one behind the other, rows at multiples of 64 bytes.
  Result<MipmappedArrayRef> mapArray(Context& context, uint64_t offset,
                                     const ArrayDescriptor& descriptor, unsigned levels);

private:
  ExternalMemory(int type, int descriptor, uint64_t bytes)
      : type_(type), descriptor_(descriptor), bytes_(bytes) {}
  struct Mapping;
  Result<std::shared_ptr<Mapping>> map(uint64_t offset, uint64_t bytes) const;
  const int type_, descriptor_;
  const uint64_t bytes_;
};

} // namespace anywarp::core
