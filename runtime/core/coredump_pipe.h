// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The named pipe of user-triggered core dumps: whoever writes to it asks for a dump. One for the
// process, owned by Coredump; a thread of its own waits for writers, for no thread of the
// application need be in a CUDA call when somebody writes. Safe from any thread.
#pragma once

#include "support/result.h"

#include <string>

namespace anywarp::core::coredump_pipe {

// Makes the pipe, if no process has, and calls `triggered` once for each writer that wrote
// something and closed. The pipe goes when the process exits. InvalidValue: it cannot be made, or
// there is no thread.
Result<void> listen(const std::string& path, void (*triggered)());
// Nobody is listened to any more; the pipe goes.
void stop();

} // namespace anywarp::core::coredump_pipe
