// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "nvml/sampler.h"

#include "core/usage.h"
#include "nvml/sensors.h"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <unistd.h>

namespace anywarp::nvml {
namespace {

// Counters tick every few milliseconds, so that this is exact to some percent.
constexpr uint64_t kPeriod = 100'000'000;

uint64_t clockNanos(clockid_t clock) {
  timespec t;
  clock_gettime(clock, &t);
  return uint64_t(t.tv_sec) * 1'000'000'000 + uint64_t(t.tv_nsec);
}

bool same(const uint8_t (&a)[16], const uint8_t (&b)[16]) {
  return std::memcmp(a, b, sizeof a) == 0;
}

} // namespace

Sampler& Sampler::get() {
  static Sampler* sampler = new Sampler; // never destroyed: static destructors may still call in
  return *sampler;
}

Sampler::Look Sampler::look() {
  Look result;
  for (const core::ProcessUsage& process : core::readUsage())
    for (const core::DeviceUsage& device : process.devices) {
      Busy busy{unsigned(process.process), {}, device.busyNanos};
      std::memcpy(busy.uuid, device.uuid, sizeof busy.uuid);
      result.busy.push_back(busy);
    }
  result.energy = Sensors::host().energyMicrojoules();
  result.time = clockNanos(CLOCK_MONOTONIC);
  return result;
}

void Sampler::start() {
  std::lock_guard lock(mutex_);
  before_ = now_ = look();
}

void Sampler::advance() {
  uint64_t age = clockNanos(CLOCK_MONOTONIC) - now_.time;
  bool first = before_.time == now_.time;
  if (first && age < kPeriod) {
    usleep(useconds_t((kPeriod - age) / 1000 + 1));
    age = kPeriod;
  }
  if (age < kPeriod)
    return;
  before_ = std::move(now_);
  now_ = look();
}

unsigned Sampler::percent(unsigned process, const uint8_t (&uuid)[16]) const {
  auto find = [&](const Look& look) {
    return std::find_if(look.busy.begin(), look.busy.end(),
                        [&](const Busy& b) { return b.process == process && same(b.uuid, uuid); });
  };
  auto end = find(now_), begin = find(before_);
  if (end == now_.busy.end() || now_.time <= before_.time)
    return 0;
  uint64_t earlier = begin == before_.busy.end() ? 0 : begin->nanos;
  uint64_t busy = end->nanos > earlier ? end->nanos - earlier : 0;
  return unsigned(std::min<uint64_t>(100, busy * 100 / (now_.time - before_.time)));
}

DeviceSample Sampler::device(const nvmlDevice_st& device) {
  DeviceSample sample;
  std::lock_guard lock(mutex_);
  advance();
  for (const core::ProcessUsage& process : core::readUsage())
    for (const core::DeviceUsage& used : process.devices) {
      if (!same(used.uuid, infoOf(&device).uuid))
        continue;
      ProcessSample one{unsigned(process.process), used.memoryUsed,
                        percent(unsigned(process.process), used.uuid), used.context};
      sample.busyPercent = std::min(100u, sample.busyPercent + one.busyPercent);
      sample.processes.push_back(one);
    }
  sample.timeMicros = clockNanos(CLOCK_REALTIME) / 1000;
  return sample;
}

std::optional<uint64_t> Sampler::powerMilliwatts() {
  std::lock_guard lock(mutex_);
  if (!now_.energy)
    return std::nullopt;
  advance();
  if (!now_.energy || !before_.energy || *now_.energy < *before_.energy ||
      now_.time <= before_.time)
    return std::nullopt; // the counter ran over
  return (*now_.energy - *before_.energy) * 1'000'000 / (now_.time - before_.time);
}

} // namespace anywarp::nvml
