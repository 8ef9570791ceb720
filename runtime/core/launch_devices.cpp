// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cooperative launches on several devices at once.
#include "core/context.h"
#include "core/device.h"
#include "core/function.h"
#include "core/green_context.h"
#include "core/launch.h"
#include "core/runtime.h"
#include "core/stream.h"
#include "core/stream_queue.h"
#include "support/options.h"
#include "support/trace.h"

#include <algorithm>
#include <fmt/core.h>
#include <mutex>

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
    const DeviceInfo &own = launch.stream->device().info(), &others = first.stream->device().info();
    if (own.computeMajor != others.computeMajor || own.computeMinor != others.computeMinor)
      return invalid("the devices are not identical: their compute capabilities differ");
  }
  return {};
}

// A grid of the launch. The others may wait for it, so that it must begin whatever the workers do:
// it runs in a queue with a thread of its own, and its stream waits for that.
class TeamGrid {
public:
  explicit TeamGrid(std::shared_ptr<const PreparedLaunch> launch) : launch_(std::move(launch)) {}
  ~TeamGrid() {
    if (!ran_) // its context has failed
      launch_->team->failed = true;
  }
  TeamGrid(const TeamGrid&) = delete;
  void run() {
    ran_ = true;
    outcome_ = launch_->run();
    if (!outcome_)
      launch_->team->failed = true;
  }
  Result<void> outcome() const { return outcome_; }

private:
  const std::shared_ptr<const PreparedLaunch> launch_;
  bool ran_ = false;
  Result<void> outcome_;
};

std::vector<QueuePosition> ends(const std::vector<DeviceLaunch>& launches) {
  std::vector<QueuePosition> result;
  for (const DeviceLaunch& launch : launches)
    result.push_back({launch.stream->queue(), launch.stream->queue()->pushed()});
  return result;
}

void pushOn(Stream& stream, StreamQueue::Push push, std::shared_ptr<const PreparedLaunch> launch) {
  auto grid = std::make_shared<TeamGrid>(std::move(launch));
  auto own =
      std::make_shared<StreamQueue>(stream.contextRef(), nullptr, false, StreamQueue::Threads::Own);
  own->setTrack(stream.id());
  QueuePosition turn{stream.queue(), stream.queue()->push(std::move(push))};
  StreamQueue::Push run;
  run.deps = {std::move(turn)};
  run.run = [grid]() -> Result<void> {
    grid->run();
    return {};
  };
  QueuePosition end{own, own->push(std::move(run))};
  StreamQueue::Push wait;
  wait.deps = {std::move(end)};
  wait.mode = StreamQueue::Mode::Inline;
  wait.run = [grid = std::move(grid)] { return grid->outcome(); };
  stream.queue()->push(std::move(wait));
}

// In all streams as one step: two launches whose grids come in another order in one stream than in
// the other would wait for each other.
void pushAll(const std::vector<DeviceLaunch>& launches,
             std::vector<std::shared_ptr<const PreparedLaunch>> prepared, unsigned flags) {
  static std::mutex order;
  std::lock_guard lock(order);
  std::vector<QueuePosition> before;
  if (!(flags & kNoSyncBefore))
    before = ends(launches);
  for (size_t i = 0; i < launches.size(); ++i) {
    StreamQueue::Push push;
    push.deps = before;
    push.mode = StreamQueue::Mode::Inline;
    pushOn(*launches[i].stream, std::move(push), std::move(prepared[i]));
  }
  if (flags & kNoSyncAfter)
    return;
  std::vector<QueuePosition> after = ends(launches);
  for (const DeviceLaunch& launch : launches) {
    StreamQueue::Push push;
    push.deps = after;
    push.mode = StreamQueue::Mode::Inline;
    launch.stream->queue()->push(std::move(push));
  }
}

} // namespace

Result<void> launchOnDevices(std::vector<DeviceLaunch> launches, unsigned flags) {
  AW_TRY(check(launches, flags));
  auto team = std::make_shared<LaunchTeam>();
  team->grids = uint32_t(launches.size());
  std::vector<std::shared_ptr<const PreparedLaunch>> prepared;
  for (DeviceLaunch& launch : launches) { // all or none
    if (launch.stream->capturing())
      return makeError(Status::CaptureUnsupported, "launches on several devices are not captured");
    AW_TRY(launch.stream->admit());
    launch.request.cooperative = true;
    launch.request.team = team;
    launch.request.teamRank = uint32_t(prepared.size());
    if (launch.stream->green())
      launch.request.multiprocessors = launch.stream->green()->resource().count;
    auto one = prepareLaunch(launch.function, launch.stream->context(), launch.request);
    if (!one)
      return one.error();
    prepared.push_back(std::move(*one));
  }
  for (const DeviceLaunch& launch : launches)
    trace::line(trace::kLaunch, "{}: a grid of a launch on {} devices, on device {}, stream {}",
                launch.function->name(), launches.size(), launch.stream->device().ordinal(),
                launch.stream->id());
  pushAll(launches, std::move(prepared), flags);
  if (options().launchBlocking)
    for (const DeviceLaunch& launch : launches)
      AW_TRY(launch.stream->synchronize());
  return {};
}

} // namespace anywarp::core
