// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/capture_mode.h"

#include "core/capture.h"

#include <fmt/core.h>

namespace anywarp::core {
namespace {

thread_local constinit CaptureMode tlsMode = CaptureMode::Global;

struct Captures {
  std::mutex mutex; // guards list; a leaf in the lock order
  struct Entry {
    const Capture* raw;
    std::weak_ptr<Capture> capture;
  };
  std::vector<Entry> list;
};

Captures& captures() {
  static Captures* c = new Captures; // never destroyed: see Runtime
  return *c;
}

std::vector<std::shared_ptr<Capture>> activeCaptures() {
  std::vector<std::shared_ptr<Capture>> result;
  std::lock_guard lock(captures().mutex);
  for (auto& entry : captures().list)
    if (auto capture = entry.capture.lock())
      result.push_back(std::move(capture));
  return result;
}

} // namespace

std::atomic<unsigned> capture_mode::active{0};

CaptureMode exchangeCaptureMode(CaptureMode mode) {
  return std::exchange(tlsMode, mode);
}

Result<void> capture_mode::refuseUnsafe(const char* call) {
  if (tlsMode == CaptureMode::Relaxed)
    return {};
  bool refused = false;
  for (const auto& capture : activeCaptures()) {
    bool mine = capture->thread() == std::this_thread::get_id();
    bool disturbed = mine
                         ? capture->mode() != CaptureMode::Relaxed
                         : tlsMode == CaptureMode::Global && capture->mode() == CaptureMode::Global;
    if (!disturbed)
      continue;
    (void)capture->refuse(call);
    refused = true;
  }
  if (!refused)
    return {};
  return makeError(Status::CaptureUnsupported,
                   fmt::format("{} while a stream is captured; a relaxed capture mode "
                               "(cudaThreadExchangeStreamCaptureMode) would allow it",
                               call));
}

Result<void> capture_mode::refuseLegacy(const Context& context, bool invalidate) {
  bool refused = false;
  for (const auto& capture : activeCaptures()) {
    if (!capture->hasBlockingStream(context))
      continue;
    if (invalidate)
      (void)capture->refuse("work in the legacy default stream");
    refused = true;
  }
  if (!refused)
    return {};
  return makeError(kCaptureImplicit,
                   "work in the legacy default stream would wait for a stream that is captured");
}

void enterCapture(const std::shared_ptr<Capture>& capture) {
  std::lock_guard lock(captures().mutex);
  captures().list.push_back({capture.get(), capture});
  ++capture_mode::active;
}

void leaveCapture(const Capture& capture) {
  std::lock_guard lock(captures().mutex);
  auto same = [&](const Captures::Entry& entry) { return entry.raw == &capture; };
  capture_mode::active -= unsigned(std::erase_if(captures().list, same));
}

} // namespace anywarp::core
