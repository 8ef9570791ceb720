// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiles a kernel with the real compile driver and runs it here, on the calling thread: gang
// after gang, with barriers, resumed or on stacks of their own. One object, one thread.
#pragma once

#include "backends/cpu/compiler.h"
#include "spmd/kernel_abi.h"

#include <string>
#include <vector>

namespace anywarp::ptxsweep {

class GangRunner {
public:
  GangRunner() = default;
  GangRunner(const GangRunner&) = delete;
  ~GangRunner();

  // Text of an error, empty if it worked.
  std::string compile(const std::string& ptx, const std::string& kernel,
                      const spmd::VectorizeOptions& options, const std::string& features);
  // A one-dimensional grid; parameters laid out as PTX says.
  void run(uint32_t blocks, uint32_t threads, const std::vector<uint64_t>& params);

private:
  void runResumable(AwBlock& block);
  void runFibers(AwBlock& block);

  int file_ = -1;
  void* library_ = nullptr;
  const AwKernelInfo* info_ = nullptr;
};

} // namespace anywarp::ptxsweep
