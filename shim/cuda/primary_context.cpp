// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The one primary context of each device, shared by all users of the process.
#include "cuda/support.h"

namespace anywarp::cuda {

Result<void> devicePrimaryCtxRetain(CUcontext* context, CUdevice dev) {
  AW_ARG(context, "pctx is null");
  AW_LET(device, findDevice(dev));
  AW_LET(primary, device->primaryRetain());
  *context = asHandle<CUcontext>(primary);
  return {};
}

Result<void> devicePrimaryCtxRelease(CUdevice dev) {
  AW_LET(device, findDevice(dev));
  return device->primaryRelease();
}

Result<void> devicePrimaryCtxSetFlags(CUdevice dev, unsigned int flags) {
  AW_LET(device, findDevice(dev));
  return device->primarySetFlags(flags);
}

Result<void> devicePrimaryCtxGetState(CUdevice dev, unsigned int* flags, int* active) {
  AW_ARG(flags && active, "null pointer");
  AW_LET(device, findDevice(dev));
  auto state = device->primaryState();
  *flags = state.flags;
  *active = state.active;
  return {};
}

Result<void> devicePrimaryCtxReset(CUdevice dev) {
  AW_LET(device, findDevice(dev));
  return device->primaryReset();
}

} // namespace anywarp::cuda
