// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory and events of other processes.
#include "core/ipc.h"

#include "api/cudart/impl.h"
#include "common/call.h"
#include "core/event.h"
#include "cudart/current.h"

namespace anywarp::cudart {

static_assert(sizeof(cudaIpcMemHandle_t) == core::kIpcHandleBytes);
static_assert(sizeof(cudaIpcEventHandle_t) == core::kIpcHandleBytes);

Result<void> ipcGetMemHandle(cudaIpcMemHandle_t* handle, void* devPtr) {
  AW_ARG(handle, "handle is null");
  AW_LET(context, currentContext());
  return core::ipcExport(*context, devPtr, handle);
}

Result<void> ipcOpenMemHandle(void** devPtr, cudaIpcMemHandle_t handle, unsigned int flags) {
  AW_ARG(devPtr, "devPtr is null");
  AW_LET(context, currentContext());
  AW_LET(opened, core::ipcOpen(*context, &handle, flags));
  *devPtr = opened;
  return {};
}

Result<void> ipcCloseMemHandle(void* devPtr) {
  AW_TRY(currentContext());
  return core::ipcClose(devPtr);
}

Result<void> ipcGetEventHandle(cudaIpcEventHandle_t* handle, cudaEvent_t event) {
  AW_ARG(handle, "handle is null");
  core::EventRef found = core::Event::fromHandle(event);
  if (!found)
    return makeError(Status::InvalidHandle, "not a live event");
  return found->exportTo(handle);
}

Result<void> ipcOpenEventHandle(cudaEvent_t* event, cudaIpcEventHandle_t handle) {
  AW_ARG(event, "event is null");
  AW_LET(context, currentContext());
  AW_LET(opened, core::Event::open(*context, &handle));
  *event = static_cast<cudaEvent_t>(opened->handle());
  return {};
}

} // namespace anywarp::cudart
