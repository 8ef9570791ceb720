// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What other calls may do while streams are captured (CUDA driver API manual,
// cuThreadExchangeStreamCaptureMode). A call that may not invalidates the captures that it would
// have disturbed. Without captures all of this costs one load. Safe from any thread.
#pragma once

#include "core/api.h"
#include "support/result.h"

#include <atomic>

namespace anywarp::core {

class Capture;

enum class CaptureMode : int { Global = 0, ThreadLocal = 1, Relaxed = 2 };

// Sets the calling thread's mode and gives the one before.
AW_API CaptureMode exchangeCaptureMode(CaptureMode mode);

constexpr auto kCaptureImplicit = Status(906); // CUDA_ERROR_STREAM_CAPTURE_IMPLICIT

namespace capture_mode {
AW_API extern std::atomic<unsigned> active; // captures under way in the process
Result<void> refuseUnsafe(const char* call);
AW_API Result<void> refuseLegacy(const Context& context, bool invalidate);
} // namespace capture_mode

// For calls that may be unsafe: they wait, or allocate or free memory at once. CaptureUnsupported.
inline Result<void> checkUnsafeCall(const char* call) {
  if (!capture_mode::active.load(std::memory_order_relaxed)) [[likely]]
    return {};
  return capture_mode::refuseUnsafe(call);
}
// For work in a context's legacy default stream: a captured stream would have to wait for it.
// CaptureImplicit.
inline Result<void> checkLegacyStream(const Context& context) {
  if (!capture_mode::active.load(std::memory_order_relaxed)) [[likely]]
    return {};
  return capture_mode::refuseLegacy(context, true);
}
// For questions about that stream: the captures stay valid.
inline Result<void> checkLegacyQuery(const Context& context) {
  if (!capture_mode::active.load(std::memory_order_relaxed)) [[likely]]
    return {};
  return capture_mode::refuseLegacy(context, false);
}

// For Capture.
void enterCapture(const std::shared_ptr<Capture>& capture);
void leaveCapture(const Capture& capture);

} // namespace anywarp::core
