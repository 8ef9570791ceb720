// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/graph_run.h"

#include "core/context.h"
#include "core/device.h"
#include "core/function.h"
#include "core/graph_exec.h"
#include "core/graph_team.h"
#include "core/status.h"
#include "support/log.h"

namespace anywarp::core {
namespace {

// cudaError_t and cudaStream_t as kernels see them (CUDA runtime API manual).
constexpr uint32_t kSuccess = 0, kInvalidValue = 1;
constexpr uint64_t kTail = 0x0100'0000'0000'0000, kFireAndForget = 0x0200'0000'0000'0000,
                   kSibling = 0x0300'0000'0000'0000;

} // namespace

void GraphEnvironment::add(GraphExecRef exec, BackendDevice& device) {
  {
    std::lock_guard lock(mutex_);
    ready_.push_back(std::move(exec));
    notify();
  }
  device.post([self = shared()] { self->help(); });
}

void GraphEnvironment::runOne(std::unique_lock<std::mutex>& lock) {
  GraphExecRef exec = std::move(ready_.front());
  ready_.pop_front();
  ++running_;
  lock.unlock();
  Result<void> result;
  {
    Part part(*this);
    result = GraphRun::runChain(std::move(exec), shared());
  }
  lock.lock();
  if (!result && error_.status == Status::Success)
    error_ = result.error();
  --running_;
  notify();
}

void GraphEnvironment::help() {
  std::unique_lock lock(mutex_);
  if (!ready_.empty())
    runOne(lock);
}

Result<void> GraphEnvironment::drain() {
  std::unique_lock lock(mutex_);
  while (!ready_.empty() || running_)
    if (!ready_.empty())
      runOne(lock);
    else
      wait(lock, [this] { return !ready_.empty() || !running_; });
  if (error_.status == Status::Success)
    return {};
  return error_;
}

GraphRun::GraphRun(GraphExecRef exec, std::shared_ptr<const GraphPlan> plan,
                   std::shared_ptr<GraphEnvironment> around)
    : exec_(std::move(exec)), plan_(std::move(plan)),
      values_(plan_->conditions.empty()
                  ? nullptr
                  : std::make_unique<std::atomic<uint32_t>[]>(plan_->conditions.size())),
      hostLaunch_(!around), around_(std::move(around)) {}

void GraphRun::begin() {
  plan_->upload();
  for (size_t i = 0; i < plan_->conditions.size(); ++i)
    values_[i] = exec_->startValue(*plan_->conditions[i]);
}

Result<void> GraphRun::execute(const GraphPlan::Body& body) {
  if (body.size() == 1) [[likely]]
    return execute(body[0].items);
  return std::make_shared<GraphTeam>(*this, body, exec_->device().backend())->run();
}

Result<void> GraphRun::executePart(GraphPlan::Items items) {
  if (partFailed_.load(std::memory_order_acquire))
    return {};
  Result<void> result = execute(items);
  if (result)
    return {};
  std::lock_guard lock(mutex_);
  if (!partFailed_.exchange(true) && !isSticky(result.status()))
    partError_ = result.error();
  return isSticky(result.status()) ? result : Result<void>();
}

Result<void> GraphRun::execute(GraphPlan::Items items) {
  Series series;
  return execute(items, series);
}

Result<void> GraphRun::execute(GraphPlan::Items items, Series& series) {
  for (const GraphPlan::Item& item : items) {
    if (item.kernel) {
      series.enter(item.kernel->function->device().backend());
      AW_TRY(item.deviceNode ? item.deviceNode->run(this) : item.kernel->run(this));
      continue;
    }
    series.leave(); // what comes may be code of the application
    AW_TRY(item.run ? item.run() : branch(*item.branch));
  }
  return {};
}

Result<void> GraphRun::branch(const GraphPlan::Branch& branch) {
  std::atomic<uint32_t>& value = values_[branch.variable];
  switch (branch.type) {
  case ConditionalType::If:
    if (value)
      return execute(branch.bodies[0]);
    return branch.bodies.size() > 1 ? execute(branch.bodies[1]) : Result<void>();
  case ConditionalType::While:
    while (value)
      AW_TRY(execute(branch.bodies[0]));
    return {};
  case ConditionalType::Switch: {
    uint32_t n = value;
    return n < branch.bodies.size() ? execute(branch.bodies[n]) : Result<void>();
  }
  }
  return {};
}

Result<void> GraphRun::waitBelow() {
  std::shared_ptr<GraphEnvironment> below;
  {
    std::lock_guard lock(mutex_);
    below = below_;
  }
  return below ? below->drain() : Result<void>();
}

GraphRun::Tails GraphRun::takeTails() {
  std::lock_guard lock(mutex_);
  return std::exchange(tails_, {});
}

Result<void> GraphRun::runOnce(GraphExecRef exec, const std::shared_ptr<GraphEnvironment>& around,
                               Tails& tails) {
  std::shared_ptr<const GraphPlan> plan = exec->devicePlan();
  plan->upload(); // for who launches before the stream has come to it
  GraphRun run(exec, plan, around);
  Result<void> result = run.execute(plan->top);
  Result<void> below = run.waitBelow();
  exec->endDeviceRun();
  AW_TRY(result);
  AW_TRY(below);
  Tails more = run.takeTails();
  tails.insert(tails.begin(), more.begin(), more.end());
  return {};
}

Result<void> GraphRun::runTails(Tails tails, const std::shared_ptr<GraphEnvironment>& around) {
  while (!tails.empty()) {
    GraphExecRef exec = std::move(tails.front());
    tails.pop_front();
    exec->beginTail();
    AW_TRY(runOnce(std::move(exec), around, tails));
  }
  return {};
}

Result<void> GraphRun::runChain(GraphExecRef exec,
                                const std::shared_ptr<GraphEnvironment>& around) {
  Tails tails;
  AW_TRY(runOnce(std::move(exec), around, tails));
  return runTails(std::move(tails), around);
}

Result<void> GraphRun::finish() {
  if (partFailed_.load(std::memory_order_acquire)) {
    std::lock_guard lock(mutex_);
    return partError_;
  }
  for (size_t i = 0; i < plan_->conditions.size(); ++i)
    exec_->keepValue(*plan_->conditions[i], values_[i]);
  if (!launched_.load(std::memory_order_acquire))
    return {};
  AW_TRY(waitBelow());
  std::shared_ptr<GraphEnvironment> around;
  {
    std::lock_guard lock(mutex_);
    if (!around_)
      around_ = std::make_shared<GraphEnvironment>();
    around = around_;
  }
  AW_TRY(runTails(takeTails(), around));
  return hostLaunch_ ? around->drain() : Result<void>();
}

void GraphRun::setCondition(uint64_t handle, uint32_t value) {
  for (size_t i = 0; i < plan_->conditions.size(); ++i)
    if (plan_->conditions[i]->handle() == handle) {
      values_[i] = value;
      return;
    }
  log::warn("cudaGraphSetConditional: {:#x} is no condition of the graph that runs; ignored",
            handle);
}

uint32_t GraphRun::launchGraph(uint64_t handle, uint64_t stream) {
  GraphExecRef exec = GraphExec::fromHandle(reinterpret_cast<const void*>(handle));
  if (!exec || !exec->devicePlan())
    return kInvalidValue;
  BackendDevice& device = exec->device().backend();
  std::unique_lock lock(mutex_);
  std::shared_ptr<GraphEnvironment>* place = nullptr;
  switch (stream) {
  case kTail:
    if (!exec->claimTail())
      return kInvalidValue;
    tails_.push_back(std::move(exec));
    launched_.store(true, std::memory_order_release);
    return kSuccess;
  case kFireAndForget:
    place = &below_;
    break;
  case kSibling:
    place = &around_;
    break;
  default:
    return kInvalidValue;
  }
  if (!exec->claimDeviceRun())
    return kInvalidValue;
  if (!*place)
    *place = std::make_shared<GraphEnvironment>();
  std::shared_ptr<GraphEnvironment> environment = *place;
  launched_.store(true, std::memory_order_release);
  lock.unlock();
  environment->add(std::move(exec), device);
  return kSuccess;
}

uint64_t GraphRun::deviceGraph() const {
  return exec_->devicePlan() ? uint64_t(uintptr_t(exec_.get())) : 0;
}

} // namespace anywarp::core
