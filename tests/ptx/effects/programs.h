// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Thousands of forms differ only in order, scope and hints, and most of those become the same
// program of a thread. All are parsed, checked and lowered; of scenes with one meaning whose
// programs are equal, one is run. Stateless; lists may be worked on in parallel.
#pragma once

#include "scene.h"

namespace anywarp::ptxsweep {

struct Distinct {
  std::vector<Scene> scenes;
  std::vector<std::pair<std::string, std::string>> refused; // form, message
};

// `scenes` are alike in space, whole, cluster.
Distinct distinctPrograms(std::vector<Scene> scenes);

} // namespace anywarp::ptxsweep
