// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies of a number of bytes from and to arrays. Offsets are in bytes from the array's first
// texel; in a 2D array they count over its rows, whatever lies between these in memory.
#include "cuda/support.h"

namespace anywarp::cuda {
namespace {

using core::CopyKind;
using Place = core::Memory::ArrayPlace;

Result<Place> arrayPlace(CUarray handle, size_t offset) {
  AW_LET(array, findArray(handle));
  Place place;
  size_t row = std::max<size_t>(array->rowBytes(), 1);
  place.x = offset % row;
  place.y = offset / row;
  place.array = array;
  return place;
}

Place linear(const void* pointer) {
  Place place;
  place.pointer = const_cast<void*>(pointer);
  return place;
}

Result<void> copyTo(CUarray array, size_t offset, const void* src, size_t bytes, CopyKind kind,
                    CUstream handle, bool async) {
  AW_LET(stream, findStream(handle));
  AW_LET(place, arrayPlace(array, offset));
  return core::Memory::copyArray(*stream, place, linear(src), bytes, kind, async);
}

Result<void> copyFrom(void* dst, CUarray array, size_t offset, size_t bytes, CopyKind kind,
                      CUstream handle, bool async) {
  AW_LET(stream, findStream(handle));
  AW_LET(place, arrayPlace(array, offset));
  return core::Memory::copyArray(*stream, linear(dst), place, bytes, kind, async);
}

} // namespace

Result<void> memcpyDtoA(CUarray dst, size_t offset, CUdeviceptr src, size_t bytes,
                        CUstream stream) {
  return copyTo(dst, offset, address(src), bytes, CopyKind::DeviceToDevice, stream, false);
}

Result<void> memcpyAtoD(CUdeviceptr dst, CUarray src, size_t offset, size_t bytes,
                        CUstream stream) {
  return copyFrom(address(dst), src, offset, bytes, CopyKind::DeviceToDevice, stream, false);
}

Result<void> memcpyHtoA(CUarray dst, size_t offset, const void* src, size_t bytes,
                        CUstream stream) {
  return copyTo(dst, offset, src, bytes, CopyKind::HostToDevice, stream, false);
}

Result<void> memcpyAtoH(void* dst, CUarray src, size_t offset, size_t bytes, CUstream stream) {
  return copyFrom(dst, src, offset, bytes, CopyKind::DeviceToHost, stream, false);
}

Result<void> memcpyAtoA(CUarray dst, size_t dstOffset, CUarray src, size_t srcOffset, size_t bytes,
                        CUstream handle) {
  AW_LET(stream, findStream(handle));
  AW_LET(to, arrayPlace(dst, dstOffset));
  AW_LET(from, arrayPlace(src, srcOffset));
  return core::Memory::copyArray(*stream, to, from, bytes, CopyKind::DeviceToDevice, false);
}

Result<void> memcpyHtoAAsync(CUarray dst, size_t offset, const void* src, size_t bytes,
                             CUstream stream) {
  return copyTo(dst, offset, src, bytes, CopyKind::HostToDevice, stream, true);
}

Result<void> memcpyAtoHAsync(void* dst, CUarray src, size_t offset, size_t bytes, CUstream stream) {
  return copyFrom(dst, src, offset, bytes, CopyKind::DeviceToHost, stream, true);
}

} // namespace anywarp::cuda
