// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cuCheckpoint...: stops the calling process's CUDA calls and work, so that a tool can save the
// process. Device memory is the process's own memory here, so a checkpoint has nothing to bring
// home and a restore nothing to bring back. One state for the process; safe from any thread, also
// while everything else is held.
#pragma once

#include "core/api.h"
#include "support/result.h"

namespace anywarp::core {

class AW_API Checkpoint {
public:
  enum class State : int {
    Running = 0,
    Locked = 1,
    Checkpointed = 2,
    Failed = 3
  }; // CUprocessState
  static State state();
  // Holds back all further calls and waits for what was submitted. NotReady: it was not done after
  // so many milliseconds (0: waits for ever), and nothing is held. IllegalState: not Running.
  static Result<void> lock(unsigned timeoutMs);
  static Result<void> checkpoint(); // IllegalState: not Locked
  static Result<void> restore();    // IllegalState: not Checkpointed
  static Result<void> unlock();     // IllegalState: not Locked
};

} // namespace anywarp::core
