// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Threads of our own inside somebody else's process. Safe from any thread.
#pragma once

#include <csignal>
#include <functional>

namespace anywarp {

// What such a thread holds back: all signals but those of its own faults, as they are for the
// application's threads.
sigset_t foreignSignals();

// A thread that nobody joins. One for the rest of the process's life needs no more than static
// data. False: there can be no more threads; then `body` is not called.
bool startThread(const char* name, std::function<void()> body);

} // namespace anywarp
