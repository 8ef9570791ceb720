// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs the chains of a body, those that do not wait for each other at the same time. The thread
// that needs the body runs one chain after the other; while others are ready to run, workers are
// called for them, some at a time, so that a chain may wait for what another one does; the device
// finds threads for more calls when all its workers only wait. A body whose chains become ready one
// by one calls nobody. Workers hold it by shared_ptr and may come when everything is done already.
#pragma once

#include "core/graph_plan.h"
#include "core/graph_wait.h"
#include "support/timeline.h"

#include <deque>

namespace anywarp::core {

class GraphRun;
class Series;

class GraphTeam final : public GraphWait {
public:
  // `run` and `body` live until run() returns.
  GraphTeam(GraphRun& run, const GraphPlan::Body& body, BackendDevice& device);
  // Until all chains have run, or those that had begun when one failed; the first error.
  Result<void> run();
  // Runs what is ready, if anything is.
  void assist();

private:
  void help();
  void runOne(Lock& lock, Series& series);                 // one that is ready
  void finish(uint32_t chain, const Result<void>& result); // mutex_ held
  void post(unsigned calls);
  unsigned callHelp(); // mutex_ held; how many are to be posted now

  GraphRun& run_;
  const GraphPlan::Body& body_;
  BackendDevice& device_;
  const unsigned mostCalled_;
  const timeline::Place place_; // of the operation that this is part of

  // GraphWait::mutex_ guards all below.
  std::vector<uint32_t> missing_; // for each chain: how many it still waits for
  std::deque<uint32_t> ready_;
  unsigned running_ = 0;              // chains
  unsigned helpers_ = 0, called_ = 0; // posted; of these not there yet
  Error error_{Status::Success, {}};
};

} // namespace anywarp::core
