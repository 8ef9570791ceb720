// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The switch of cuProfilerStart and cuProfilerStop, for whoever collects something. Safe from any
// thread.
#pragma once

#include "core/api.h"

namespace anywarp::core {

class AW_API Profiler {
public:
  enum class State : int { NeverUsed, On, Off };
  static State state();
  static void start();
  static void stop();
};

} // namespace anywarp::core
