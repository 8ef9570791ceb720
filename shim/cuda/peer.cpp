// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Access between devices.
#include "cuda/support.h"

namespace anywarp::cuda {

Result<void> deviceCanAccessPeer(int* can, CUdevice dev, CUdevice peerDev) {
  AW_ARG(can, "canAccessPeer is null");
  AW_LET(device, findDevice(dev));
  AW_LET(peer, findDevice(peerDev));
  *can = device != peer && device->canAccessPeer(*peer); // a device is no peer of itself
  return {};
}

Result<void> ctxEnablePeerAccess(CUcontext handle, unsigned int flags) {
  AW_ARG(flags == 0, "flags must be 0");
  AW_LET(context, core::Context::require());
  if (!handle)
    return makeError(Status::InvalidContext, "peerContext is null");
  AW_LET(peer, findContext(handle));
  return context->enablePeerAccess(*peer);
}

Result<void> ctxDisablePeerAccess(CUcontext handle) {
  AW_LET(context, core::Context::require());
  if (!handle)
    return makeError(Status::InvalidContext, "peerContext is null");
  AW_LET(peer, findContext(handle));
  return context->disablePeerAccess(*peer);
}

Result<void> deviceGetP2PAttribute(int* value, CUdevice_P2PAttribute attribute, CUdevice srcDevice,
                                   CUdevice dstDevice) {
  AW_ARG(value, "value is null");
  AW_LET(src, findDevice(srcDevice));
  AW_LET(dst, findDevice(dstDevice));
  if (src == dst)
    return makeError(Status::InvalidDevice, "a device is no peer of itself");
  bool reach = src->canAccessPeer(*dst);
  switch (attribute) {
  case CU_DEVICE_P2P_ATTRIBUTE_PERFORMANCE_RANK:
  case CU_DEVICE_P2P_ATTRIBUTE_ONLY_PARTIAL_NATIVE_ATOMIC_SUPPORTED:
    *value = 0;
    return {};
  case CU_DEVICE_P2P_ATTRIBUTE_ACCESS_SUPPORTED:
  case CU_DEVICE_P2P_ATTRIBUTE_NATIVE_ATOMIC_SUPPORTED:
    *value = reach;
    return {};
  case CU_DEVICE_P2P_ATTRIBUTE_CUDA_ARRAY_ACCESS_SUPPORTED:
    *value = 0;
    return {};
  default:
    return makeError(Status::InvalidValue, "unknown attribute");
  }
}

} // namespace anywarp::cuda
