// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One launch of an executable graph while it runs: the values of its conditions, and the graphs
// that its kernels launch (CUDA programming guide, "Device Graph Launch"). A launch of the host is
// owned by its stream operations, one of a kernel lives on the stack of the thread that runs it.
// Kernels call it from any thread.
#pragma once

#include "core/backend.h"
#include "core/graph_plan.h"
#include "core/graph_wait.h"

#include <deque>

namespace anywarp::core {

class GraphExec;
using GraphExecRef = std::shared_ptr<GraphExec>;

// Kernels that a thread runs one behind the other on one device.
class Series {
public:
  Series() = default;
  Series(const Series&) = delete;
  ~Series() { leave(); }
  void enter(BackendDevice& device) {
    if (device_ == &device)
      return;
    leave();
    device_ = &device;
    device.beginSeries();
  }
  void leave() {
    if (BackendDevice* device = std::exchange(device_, nullptr))
      device->endSeries();
  }

private:
  BackendDevice* device_ = nullptr;
};

// Graphs launched beside each other, which something waits for: whoever waits runs those that no
// worker has taken, so that nothing depends on a free worker.
class GraphEnvironment final : public GraphWait {
public:
  void add(GraphExecRef exec, BackendDevice& device);
  Result<void> drain(); // until all have run; the first error

private:
  std::shared_ptr<GraphEnvironment> shared() {
    return std::static_pointer_cast<GraphEnvironment>(shared_from_this());
  }
  void help();
  void runOne(std::unique_lock<std::mutex>& lock);

  // GraphWait::mutex_ guards all below.
  std::deque<GraphExecRef> ready_;
  unsigned running_ = 0;
  Error error_{Status::Success, {}};
};

class GraphRun final : public GraphCalls {
public:
  // `around`: the environment that the launch is part of; null: a launch of the host, which gets
  // one.
  GraphRun(GraphExecRef exec, std::shared_ptr<const GraphPlan> plan,
           std::shared_ptr<GraphEnvironment> around);

  const GraphPlan& plan() const { return *plan_; }
  void begin(); // uploads; the conditions get their first values
  Result<void> execute(GraphPlan::Items items);
  Result<void> execute(GraphPlan::Items items, Series& series); // which may go on behind them
  Result<void> execute(const GraphPlan::Body& body);
  // The same for a part of a launch of which other operations run other parts: nothing once one of
  // them has failed. Errors that do not stick are kept for finish(), as theirs is the stream's.
  Result<void> executePart(GraphPlan::Items items);
  // Waits for what its kernels have launched, and runs the tails.
  Result<void> finish();
  // A whole launch by a kernel, its tails included.
  static Result<void> runChain(GraphExecRef exec, const std::shared_ptr<GraphEnvironment>& around);

  void setCondition(uint64_t handle, uint32_t value) override;
  uint32_t launchGraph(uint64_t exec, uint64_t stream) override;
  uint64_t deviceGraph() const override;

private:
  using Tails = std::deque<GraphExecRef>;
  Result<void> branch(const GraphPlan::Branch& branch);
  Result<void> waitBelow();
  // One launch of a graph by a kernel; its tails go before those that are there already.
  static Result<void> runOnce(GraphExecRef exec, const std::shared_ptr<GraphEnvironment>& around,
                              Tails& tails);
  static Result<void> runTails(Tails tails, const std::shared_ptr<GraphEnvironment>& around);
  Tails takeTails();

  const GraphExecRef exec_;
  const std::shared_ptr<const GraphPlan> plan_;
  const std::unique_ptr<std::atomic<uint32_t>[]> values_; // by place in the plan's conditions
  const bool hostLaunch_;
  std::atomic<bool> partFailed_{false};
  std::mutex mutex_; // guards the four below
  Error partError_{Status::Success, {}};
  std::shared_ptr<GraphEnvironment> around_, below_; // null: nothing was launched into it
  Tails tails_;
  std::atomic<bool> launched_{false}; // anything by a kernel
};

} // namespace anywarp::core
