// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Core dumps of contexts that fail (cuCoredump..., CUDA_ENABLE_COREDUMP_ON_EXCEPTION & co.), and of
// all contexts when somebody writes to a pipe: a text file that says what failed where. Settings of
// the process and of each context; those of the environment are final. Safe from any thread.
#pragma once

#include "core/api.h"
#include "support/result.h"

#include <cstddef>

namespace anywarp::core {

class AW_API Coredump {
public:
  enum Setting : int { // CUcoredumpSettings
    EnableOnException = 1,
    TriggerHost,
    Lightweight,
    EnableUserTrigger,
    File,
    Pipe,
    GenerationFlags,
  };
  // `context` null: the process's. `value` null: only the size that it takes. InvalidValue: unknown
  // setting, or too little room.
  static Result<void> get(const Context* context, int setting, void* value, size_t* size);
  // NotPermitted: the environment has decided, or the setting is not one of a context.
  static Result<void> set(const Context* context, int setting, const void* value, size_t* size);

  // The driver is there: listens to the pipe if the environment wants that.
  static void begin();
  // A context got its sticky error: writes the file and ends the process if that is wanted.
  static void contextFailed(const Context& context, const Error& error);
};

} // namespace anywarp::core
