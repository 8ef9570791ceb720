// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies of linear memory, and of boxes of it and of arrays.
#include "cuda/support.h"

namespace anywarp::cuda {
namespace {

using core::CopyKind;

Result<void> copy(CUstream handle, void* dst, const void* src, size_t bytes, CopyKind kind,
                  bool async) {
  AW_LET(stream, findStream(handle));
  return core::Memory::copy(*stream, dst, src, bytes, kind, async);
}

enum class Place { Host, Device, Unified };

struct Side {
  core::CopyBox box;
  Place place = Place::Unified;
};

constexpr size_t kMaxPitch = 0x7fffffff; // CU_DEVICE_ATTRIBUTE_MAX_PITCH

// One side of a 2-D or 3-D copy, as CUDA_MEMCPY3D says it.
struct Asked {
  CUmemorytype type;
  const void* host;
  CUdeviceptr device;
  CUarray array;
  size_t pitch, height, x, y, z;
};

// A pitch of 0 means rows without a gap.
Result<Side> makeSide(const Asked& a, size_t width, size_t rows, size_t depth) {
  Side side;
  side.box.x = a.x;
  side.box.y = a.y;
  side.box.z = a.z;
  switch (a.type) {
  case CU_MEMORYTYPE_HOST:
    side.place = Place::Host;
    side.box.base = const_cast<void*>(a.host);
    break;
  case CU_MEMORYTYPE_DEVICE:
    side.place = Place::Device;
    side.box.base = address(a.device);
    break;
  case CU_MEMORYTYPE_UNIFIED:
    side.box.base = address(a.device);
    break;
  case CU_MEMORYTYPE_ARRAY: {
    AW_LET(array, findArray(a.array));
    side.place = Place::Device;
    side.box.array = array;
    return side; // pitch and height mean nothing
  }
  default:
    return makeError(Status::InvalidValue, "unknown memory type");
  }
  side.box.pitch = a.pitch ? a.pitch : a.x + width;
  side.box.height = a.height ? a.height : a.y + rows;
  AW_ARG(a.pitch <= kMaxPitch, "the pitch is larger than CU_DEVICE_ATTRIBUTE_MAX_PITCH");
  if ((rows > 1 || depth > 1) && (side.box.pitch < a.x || side.box.pitch - a.x < width))
    return makeError(Status::InvalidValue, "the pitch is smaller than a row");
  if (depth > 1 && (side.box.height < a.y || side.box.height - a.y < rows))
    return makeError(Status::InvalidValue, "the height is smaller than a slice");
  return side;
}

CopyKind kindOf(Place src, Place dst) {
  if (src == Place::Unified || dst == Place::Unified)
    return CopyKind::Default;
  if (src == Place::Host)
    return dst == Place::Host ? CopyKind::HostToHost : CopyKind::HostToDevice;
  return dst == Place::Host ? CopyKind::DeviceToHost : CopyKind::DeviceToDevice;
}

Result<void> copyBox(CUstream handle, const Side& dst, const Side& src, size_t width, size_t height,
                     size_t depth, bool async) {
  AW_LET(stream, findStream(handle));
  if (width == 0 || height == 0 || depth == 0)
    return {};
  AW_ARG((dst.box.base || dst.box.array) && (src.box.base || src.box.array), "an address is null");
  return core::Memory::copyBox(*stream, dst.box, src.box, width, height, depth,
                               kindOf(src.place, dst.place), async);
}

Result<void> copy2d(const CUDA_MEMCPY2D* c, CUstream stream, bool async) {
  AW_ARG(c, "pCopy is null");
  Asked from{c->srcMemoryType, c->srcHost,  c->srcDevice,
             c->srcArray,      c->srcPitch, 0,
             c->srcXInBytes,   c->srcY,     0};
  Asked to{c->dstMemoryType, c->dstHost, c->dstDevice, c->dstArray, c->dstPitch, 0, c->dstXInBytes,
           c->dstY,          0};
  AW_LET(src, makeSide(from, c->WidthInBytes, c->Height, 1));
  AW_LET(dst, makeSide(to, c->WidthInBytes, c->Height, 1));
  return copyBox(stream, dst, src, c->WidthInBytes, c->Height, 1, async);
}

// CUDA_MEMCPY3D and CUDA_MEMCPY3D_PEER name their members alike.
template <typename Copy> Result<void> copy3d(const Copy* c, CUstream stream, bool async) {
  AW_ARG(c, "pCopy is null");
  AW_ARG(c->srcLOD == 0 && c->dstLOD == 0, "the level of detail must be 0");
  Asked from{c->srcMemoryType, c->srcHost,     c->srcDevice, c->srcArray, c->srcPitch,
             c->srcHeight,     c->srcXInBytes, c->srcY,      c->srcZ};
  Asked to{c->dstMemoryType, c->dstHost,     c->dstDevice, c->dstArray, c->dstPitch,
           c->dstHeight,     c->dstXInBytes, c->dstY,      c->dstZ};
  AW_LET(src, makeSide(from, c->WidthInBytes, c->Height, c->Depth));
  AW_LET(dst, makeSide(to, c->WidthInBytes, c->Height, c->Depth));
  return copyBox(stream, dst, src, c->WidthInBytes, c->Height, c->Depth, async);
}

Result<void> checkPeers(CUcontext dst, CUcontext src) {
  if (!dst || !src)
    return makeError(Status::InvalidContext, "a context is null");
  AW_LET(dstContext, findContext(dst));
  AW_LET(srcContext, findContext(src));
  AW_TRY(dstContext->check());
  return srcContext->check();
}

} // namespace

Result<void> memcpy(CUdeviceptr dst, CUdeviceptr src, size_t bytes, CUstream stream) {
  return copy(stream, address(dst), address(src), bytes, CopyKind::Default, false);
}

Result<void> memcpyPeer(CUdeviceptr dst, CUcontext dstContext, CUdeviceptr src,
                        CUcontext srcContext, size_t bytes, CUstream stream) {
  AW_TRY(checkPeers(dstContext, srcContext));
  return copy(stream, address(dst), address(src), bytes, CopyKind::DeviceToDevice, false);
}

Result<void> memcpyHtoD(CUdeviceptr dst, const void* src, size_t bytes, CUstream stream) {
  return copy(stream, address(dst), src, bytes, CopyKind::HostToDevice, false);
}

Result<void> memcpyDtoH(void* dst, CUdeviceptr src, size_t bytes, CUstream stream) {
  return copy(stream, dst, address(src), bytes, CopyKind::DeviceToHost, false);
}

Result<void> memcpyDtoD(CUdeviceptr dst, CUdeviceptr src, size_t bytes, CUstream stream) {
  return copy(stream, address(dst), address(src), bytes, CopyKind::DeviceToDevice, false);
}

Result<void> memcpy2D(const CUDA_MEMCPY2D* copy, CUstream stream) {
  return copy2d(copy, stream, false);
}

Result<void> memcpy2DUnaligned(const CUDA_MEMCPY2D* copy, CUstream stream) {
  return copy2d(copy, stream, false);
}

Result<void> memcpy3D(const CUDA_MEMCPY3D* copy, CUstream stream) {
  return copy3d(copy, stream, false);
}

Result<void> memcpy3DPeer(const CUDA_MEMCPY3D_PEER* copy, CUstream stream) {
  AW_ARG(copy, "pCopy is null");
  AW_TRY(checkPeers(copy->dstContext, copy->srcContext));
  return copy3d(copy, stream, false);
}

Result<void> memcpyAsync(CUdeviceptr dst, CUdeviceptr src, size_t bytes, CUstream stream) {
  return copy(stream, address(dst), address(src), bytes, CopyKind::Default, true);
}

Result<void> memcpyPeerAsync(CUdeviceptr dst, CUcontext dstContext, CUdeviceptr src,
                             CUcontext srcContext, size_t bytes, CUstream stream) {
  AW_TRY(checkPeers(dstContext, srcContext));
  return copy(stream, address(dst), address(src), bytes, CopyKind::DeviceToDevice, true);
}

Result<void> memcpyHtoDAsync(CUdeviceptr dst, const void* src, size_t bytes, CUstream stream) {
  return copy(stream, address(dst), src, bytes, CopyKind::HostToDevice, true);
}

Result<void> memcpyDtoHAsync(void* dst, CUdeviceptr src, size_t bytes, CUstream stream) {
  return copy(stream, dst, address(src), bytes, CopyKind::DeviceToHost, true);
}

Result<void> memcpyDtoDAsync(CUdeviceptr dst, CUdeviceptr src, size_t bytes, CUstream stream) {
  return copy(stream, address(dst), address(src), bytes, CopyKind::DeviceToDevice, true);
}

Result<void> memcpy2DAsync(const CUDA_MEMCPY2D* copy, CUstream stream) {
  return copy2d(copy, stream, true);
}

Result<void> memcpy3DAsync(const CUDA_MEMCPY3D* copy, CUstream stream) {
  return copy3d(copy, stream, true);
}

Result<void> memcpy3DPeerAsync(const CUDA_MEMCPY3D_PEER* copy, CUstream stream) {
  AW_ARG(copy, "pCopy is null");
  AW_TRY(checkPeers(copy->dstContext, copy->srcContext));
  return copy3d(copy, stream, true);
}

} // namespace anywarp::cuda
