// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Scenes of one space in one kernel, run by the cpu backend and compared with what they must leave
// behind. Lanes come by a mask and their guards are another: whoever is out must leave no trace.
// One batch, one thread; the device is shared.
#pragma once

#include "core/backend.h"
#include "scene.h"

namespace anywarp::ptxsweep {

struct Way {
  const char* name;
  bool barrier;  // values live across a barrier
  bool guarded;  // instructions under @p
  bool permuted; // lanes work at places that are no sequence
};

struct EffectFailure {
  std::string form, details;
};

struct EffectBatch {
  std::vector<Scene> cases; // alike in space, whole, cluster
  Way way;
  uint64_t seed = 0;

  std::vector<EffectFailure> failures;
  uint64_t compared = 0;

  void run(BackendDevice& device);
  std::string kernelText() const;
  // Its parts, for functions of one case each (programs.h).
  std::string moduleHead() const;
  std::string registers() const;
  std::string localVariable() const;
  std::string caseText(size_t i, size_t place) const; // `place`: of its memory

private:
  struct Memory;
  std::string copies(bool in) const;
  std::string chosenText(size_t i) const;
  std::string launch(BackendDevice& device, Memory& memory);
  std::string runEachFailing(BackendDevice& device, BackendKernel& kernel, LaunchConfig& config,
                             std::vector<std::byte>& params);
  void check(const Memory& memory);
  void split(BackendDevice& device, const std::string& error);
};

} // namespace anywarp::ptxsweep
