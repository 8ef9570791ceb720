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
  std::string trace;             // "", kinds as ANYWARP_TRACE takes them, or a file
  bool profilerRange = false;    // only between cudaProfilerStart and cudaProfilerStop
  std::string log;               // "", or a level
  int threads = -1;              // -1: not given
  std::vector<std::string> command;
};
// Replaces this process; returns only on failure: 125 ours, 126 not executable, 127 not found.
int run(const RunOptions& options);

// The words that ANYWARP_TRACE takes; anything else behind --trace is a file.
bool isTraceKinds(const std::string& text);

struct ProfileOptions {
  RunOptions run;
  bool json = false, csv = false;
  std::string output; // empty: stderr
};
// Runs the program as run() does, waits for it and prints where the time went. The exit status and
// signal are the program's.
int profile(const ProfileOptions& options);

struct SmiOptions {
  bool json = false, list = false;
  std::string queryGpu, queryApps; // comma-separated fields
  std::string format = "csv";      // csv[,noheader][,nounits]
  std::string id;                  // one device: index, UUID or bus id; empty: all
  unsigned loop = 0;               // seconds; 0: once
};
int smi(const SmiOptions& options);

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

// Replaces this process by the toolkit's nvcc.
int compile(const std::vector<std::string>& arguments);
// Variables for a shell to evaluate: PATH, CUDA_PATH, CUDA_HOME, CUDACXX, LD_LIBRARY_PATH.
int printToolkitEnvironment(const std::string& shell);

} // namespace anywarp::cli
