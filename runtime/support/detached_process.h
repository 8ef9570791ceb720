// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs of our own beside somebody else's process, which must not notice them: they are not its
// children, so its wait() never returns them and no SIGCHLD comes; whoever collects orphans
// collects them. Memory is not copied, however large the process is. Safe from any thread.
#pragma once

#include <string>
#include <vector>

namespace anywarp {

// Where the program finds the descriptor that it is given.
inline constexpr int kGivenDescriptor = 3;

// Starts `path` with these arguments (its name first) and this environment. Returns 0 or an errno;
// then nothing runs. The program gets standard files and the caller's signal mask with everything
// blocked: what it does not want of them, and descriptors that are not closed on exec, it changes
// itself.
int startDetached(const std::string& path, const std::vector<std::string>& arguments,
                  const std::vector<std::string>& environment, int descriptor);

// Whether orphans become children of this process: the first process of a container does, and one
// that asked for it. Then it would notice.
bool collectsOrphans();

} // namespace anywarp
