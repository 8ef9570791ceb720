// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Threads of our own inside somebody else's process. Safe from any thread.
#pragma once

#include <csignal>

namespace anywarp {

// What such a thread holds back: all signals but those of its own faults, as they are for the
// application's threads.
sigset_t foreignSignals();

// A thread for the rest of the process's life, which needs no more than static data.
void startThread(const char* name, void (*body)());

} // namespace anywarp
