// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cases of one kind of unit in one kernel, compiled and run by the cpu backend and checked. Blocks
// of two units; every unit has numbers of its own. One batch, one thread; the device is shared.
#pragma once

#include "case.h"
#include "core/backend.h"

#include <map>

namespace anywarp::ptxmatrix {

struct Batch {
  std::vector<const Case*> cases; // alike in lanes
  uint64_t seed = 0;
  std::map<std::string, std::string> failures; // case: details
  size_t checked = 0;                          // products

  void run(BackendDevice& device);
  std::string kernelText() const;

private:
  size_t inBytes() const, outBytes() const;
  std::string launch(BackendDevice& device, std::vector<uint8_t>& in,
                     std::vector<uint8_t>& out) const;
};

} // namespace anywarp::ptxmatrix
