// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The commands behind `anywarp`: each takes its parsed options and returns the process's exit
// status. 0: done; 1: it could not be done, one line on stderr says why; 2: wrong command line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace anywarp::cli {

struct RunOptions {
  std::string device;            // ordinal(s) or a text for ANYWARP_DEVICES
  std::string computeCapability; // "9.0"
  std::string trace;             // "", or kinds as ANYWARP_TRACE takes them
  std::string log;               // "", or a level
  int threads = -1;              // -1: not given
  std::vector<std::string> command;
};
// Replaces this process; returns only on failure: 125 ours, 126 not executable, 127 not found.
int run(const RunOptions& options);

struct InfoOptions {
  bool json = false;
};
int info(const InfoOptions& options);

struct InspectOptions {
  std::string file;
  bool json = false;
  bool all = false; // no abridged lists
  std::string ptx;  // where to write the PTX; "-": stdout
};
int inspect(const InspectOptions& options);

int cacheInfo(bool json);
int cacheClear();

struct WarmOptions {
  std::string file;
  std::string shape = "256"; // block: X[,Y[,Z]]
};
int cacheWarm(const WarmOptions& options);

} // namespace anywarp::cli
