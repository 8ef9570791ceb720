// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cooperative launches on several devices at once.
#include "core/context.h"
#include "core/device.h"
#include "core/function.h"
#include "core/launch.h"
#include "core/runtime.h"
#include "core/stream.h"
#include "core/stream_queue.h"

#include <algorithm>
#include <fmt/core.h>

namespace anywarp::core {
namespace {

// CUDA_COOPERATIVE_LAUNCH_MULTI_DEVICE_*.
constexpr unsigned kNoSyncBefore = 1, kNoSyncAfter = 2;

Error invalid(std::string why) {
  return makeError(Status::InvalidValue, std::move(why));
}

Result<void> check(const std::vector<DeviceLaunch>& launches, unsigned flags) {
  if (launches.empty() || launches.size() > Runtime::get().devices().size())
    return invalid(fmt::format("{} launches; there are {} devices", launches.size(),
                               Runtime::get().devices().size()));
  if (flags & ~(kNoSyncBefore | kNoSyncAfter))
    return invalid(fmt::format("{:#x} are no flags of this launch", flags));
  const DeviceLaunch& first = launches[0];
  for (const DeviceLaunch& launch : launches) {
    if (launch.stream->kind() != Stream::Kind::Created)
      return invalid("the streams must have been created; default streams cannot be used");
    if (launch.function->name() != first.function->name())
      return invalid("the kernels are not the same");
    const LaunchRequest &a = launch.request, &b = first.request;
    if (!std::equal(a.grid, a.grid + 3, b.grid) || !std::equal(a.block, a.block + 3, b.block) ||
        a.dynamicShared != b.dynamicShared)
      return invalid("grids, blocks and shared memory must match across all launches");
    if (std::any_of(&first, &launch, [&](const DeviceLaunch& other) {
          return &other.stream->device() == &launch.stream->device();
        }))
      return invalid("two launches for one device");
  }
  return {};
}

// Each stream waits for what all have so far.
void meet(const std::vector<DeviceLaunch>& launches) {
  std::vector<QueuePosition> ends;
  for (const DeviceLaunch& launch : launches)
    ends.push_back({launch.stream->queue(), launch.stream->queue()->pushed()});
  for (const DeviceLaunch& launch : launches) {
    StreamQueue::Push push;
    push.deps = ends;
    push.mode = StreamQueue::Mode::Inline;
    launch.stream->queue()->push(std::move(push));
  }
}

} // namespace

Result<void> launchOnDevices(std::vector<DeviceLaunch> launches, unsigned flags) {
  AW_TRY(check(launches, flags));
  std::vector<std::shared_ptr<const PreparedLaunch>> prepared;
  for (DeviceLaunch& launch : launches) { // all or none
    if (auto capture = launch.stream->capturing(); capture)
      return makeError(Status::CaptureUnsupported, "launches on several devices are not captured");
    launch.request.cooperative = true;
    auto one = prepareLaunch(launch.function, launch.stream->context(), launch.request);
    if (!one)
      return one.error();
    prepared.push_back(std::move(*one));
  }
  if (!(flags & kNoSyncBefore))
    meet(launches);
  for (size_t i = 0; i < launches.size(); ++i)
    AW_TRY(launches[i].stream->enqueue([launch = prepared[i]] { return launch->run(); }));
  if (!(flags & kNoSyncAfter))
    meet(launches);
  return {};
}

} // namespace anywarp::core
