// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/graph_team.h"

#include "core/graph_run.h"

#include <algorithm>
#include <optional>

namespace anywarp::core {

namespace {

constexpr unsigned kMostHelpers = 127; // with the owner as many grids as a GPU runs at once

} // namespace

GraphTeam::GraphTeam(GraphRun& run, const GraphPlan::Body& body, BackendDevice& device)
    : run_(run), body_(body), device_(device), mostCalled_(device.info().workers),
      place_(timeline::place()) {
  missing_.reserve(body.size());
  for (size_t i = 0; i < body.size(); ++i) {
    missing_.push_back(uint32_t(body[i].before.size()));
    if (!missing_[i])
      ready_.push_back(uint32_t(i));
  }
}

Result<void> GraphTeam::run() {
  Series series;
  Lock lock(mutex_);
  while (!ready_.empty() || running_) {
    if (!ready_.empty()) {
      runOne(lock, series);
      continue;
    }
    series.leave();
    wait(lock, [this] { return !ready_.empty() || !running_; });
  }
  if (error_.status == Status::Success)
    return {};
  return error_;
}

void GraphTeam::help() {
  std::optional<timeline::OperationScope> scope;
  if (timeline::on()) [[unlikely]] // the stream's track is the owner's
    scope.emplace(timeline::Place{place_.device, 0, place_.origin});
  Series series;
  Lock lock(mutex_);
  --called_;
  while (!ready_.empty()) // otherwise the owner may have left, with `run_` and `body_`
    runOne(lock, series);
  --helpers_;
}

void GraphTeam::assist() {
  Series series;
  Lock lock(mutex_);
  while (!ready_.empty())
    runOne(lock, series);
}

unsigned GraphTeam::callHelp() {
  size_t coming = called_ + (waiting_ ? 1 : 0);
  if (ready_.size() <= coming || called_ >= mostCalled_ || helpers_ >= kMostHelpers)
    return 0;
  unsigned calls = unsigned(std::min<size_t>(
      ready_.size() - coming, std::min(mostCalled_ - called_, kMostHelpers - helpers_)));
  helpers_ += calls;
  called_ += calls;
  return calls;
}

void GraphTeam::post(unsigned calls) {
  auto self = std::static_pointer_cast<GraphTeam>(shared_from_this());
  for (unsigned i = 0; i < calls; ++i)
    device_.post([self] { self->help(); });
  callAbove(self);
}

void GraphTeam::runOne(Lock& lock, Series& series) {
  uint32_t chain = ready_.front();
  ready_.pop_front();
  ++running_;
  unsigned calls = callHelp();
  lock.unlock();
  if (calls)
    post(calls);
  Result<void> result;
  {
    Part part(*this);
    result = run_.execute(body_[chain].items, series);
  }
  lock.lock();
  --running_;
  finish(chain, result);
}

void GraphTeam::finish(uint32_t chain, const Result<void>& result) {
  if (!result && error_.status == Status::Success)
    error_ = result.error();
  if (error_.status == Status::Success) {
    for (uint32_t next : body_[chain].next)
      if (!--missing_[next])
        ready_.push_back(next);
  } else {
    ready_.clear();
  }
  // Whoever was here takes one that has become ready itself.
  if (waiting_ && (ready_.size() > 1 || !running_))
    notify();
}

} // namespace anywarp::core
