// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cudart/last_error.h"

#include "common/call.h"
#include "common/errors.h"
#include "core/context.h"
#include "core/runtime.h"

namespace anywarp::cudart {
namespace {

// Plain data: entry points may run before and after the constructors of this library.
thread_local constinit uint32_t tlsLastError = 0;

// The error that a context keeps after a kernel faulted; it stays until the device is reset.
uint32_t stickyError() {
  if (!core::Runtime::get().initialized())
    return 0;
  core::Context* context = core::Context::currentRaw();
  return context ? shim::runtimeError(uint32_t(context->stickyStatus())) : 0;
}

// Failures of the program's device code or of the machine; wrong arguments are the caller's
// business and are logged at level info only.
bool worthWarning(Status status) {
  switch (status) {
  case Status::InvalidImage:
  case Status::NoBinaryForGpu:
  case Status::InvalidPtx:
  case Status::UnsupportedPtxVersion:
  case Status::SharedObjectInitFailed:
  case Status::OperatingSystem:
  case Status::LaunchOutOfResources:
  case Status::CooperativeLaunchTooLarge:
  case Status::NotSupported:
    return true;
  default:
    return status == Status(uint32_t(RuntimeStatus::InvalidDeviceFunction));
  }
}

} // namespace

uint32_t recordFailure(const char* function, const Error& error) {
  uint32_t code = shim::runtimeError(uint32_t(error.status));
  if (error.status == Status::NotReady)
    return code;
  tlsLastError = code;
  const shim::ErrorRow* row = shim::findError(code);
  shim::logFailure(function, error, row && row->runtimeName ? row->runtimeName : "cudaErrorUnknown",
                   worthWarning(error.status));
  return code;
}

uint32_t lastError() {
  if (tlsLastError)
    return tlsLastError;
  return stickyError();
}

uint32_t takeLastError() {
  uint32_t error = lastError();
  tlsLastError = stickyError();
  return error;
}

void clearLastError() {
  tlsLastError = 0;
}

} // namespace anywarp::cudart
