// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Access from one device to another one's memory.
#include "api/cudart/impl.h"
#include "common/call.h"
#include "cudart/current.h"

#include <fmt/core.h>

namespace anywarp::cudart {

Result<void> deviceCanAccessPeer(int* canAccessPeer, int device, int peerDevice) {
  AW_ARG(canAccessPeer, "canAccessPeer is null");
  AW_LET(from, deviceAt(device));
  AW_LET(to, deviceAt(peerDevice));
  *canAccessPeer = from != to && from->canAccessPeer(*to);
  return {};
}

Result<void> deviceEnablePeerAccess(int peerDevice, unsigned int flags) {
  AW_ARG(flags == cudaPeerAccessDefault, "flags must be 0");
  AW_LET(peer, deviceAt(peerDevice));
  AW_LET(context, currentContext());
  if (peer == &context->device())
    return makeError(Status::InvalidDevice, "a device is no peer of itself");
  AW_LET(primary, primaryContext(*peer));
  return context->enablePeerAccess(*primary);
}

Result<void> deviceDisablePeerAccess(int peerDevice) {
  AW_LET(peer, deviceAt(peerDevice));
  AW_LET(context, currentContext());
  AW_LET(primary, primaryContext(*peer));
  return context->disablePeerAccess(*primary);
}

Result<void> deviceGetP2PAttribute(int* value, cudaDeviceP2PAttr attr, int srcDevice,
                                   int dstDevice) {
  AW_ARG(value, "value is null");
  AW_LET(from, deviceAt(srcDevice));
  AW_LET(to, deviceAt(dstDevice));
  if (from == to)
    return makeError(Status::InvalidDevice, "a device is no peer of itself");
  bool access = from->canAccessPeer(*to);
  switch (int(attr)) {
  case cudaDevP2PAttrPerformanceRank:
    *value = 0;
    return {};
  case cudaDevP2PAttrAccessSupported:
  case cudaDevP2PAttrNativeAtomicSupported:
    *value = access;
    return {};
  case cudaDevP2PAttrCudaArrayAccessSupported:
    *value = 0;
    return {};
  case 5: // only part of the native atomics
    *value = 0;
    return {};
  }
  return makeError(Status::InvalidValue, fmt::format("{} is no peer attribute", int(attr)));
}

} // namespace anywarp::cudart
