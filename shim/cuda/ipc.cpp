// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory and events of other processes.
#include "core/ipc.h"

#include "cuda/support.h"

namespace anywarp::cuda {

static_assert(sizeof(CUipcMemHandle) == core::kIpcHandleBytes);
static_assert(sizeof(CUipcEventHandle) == core::kIpcHandleBytes);

Result<void> ipcGetMemHandle(CUipcMemHandle* handle, CUdeviceptr pointer) {
  AW_ARG(handle, "pHandle is null");
  AW_LET(context, core::Context::require());
  return core::ipcExport(*context, address(pointer), handle);
}

Result<void> ipcOpenMemHandle(CUdeviceptr* pointer, CUipcMemHandle handle, unsigned int flags) {
  AW_ARG(pointer, "pdptr is null");
  AW_LET(context, core::Context::require());
  AW_LET(opened, core::ipcOpen(*context, &handle, flags));
  *pointer = devicePointer(opened);
  return {};
}

Result<void> ipcCloseMemHandle(CUdeviceptr pointer) {
  AW_TRY(core::Context::require());
  return core::ipcClose(address(pointer));
}

Result<void> ipcGetEventHandle(CUipcEventHandle* handle, CUevent eventHandle) {
  AW_ARG(handle, "pHandle is null");
  AW_LET(event, findEvent(eventHandle));
  return event->exportTo(handle);
}

Result<void> ipcOpenEventHandle(CUevent* event, CUipcEventHandle handle) {
  AW_ARG(event, "phEvent is null");
  AW_LET(context, core::Context::require());
  AW_LET(opened, core::Event::open(*context, &handle));
  *event = asHandle<CUevent>(opened);
  return {};
}

} // namespace anywarp::cuda
