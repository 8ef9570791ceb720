// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where commands run: shows them (-dryrun, -v), measures them (-time), keeps or removes what they
// leave behind (-keep). A command's output file appears complete or not at all. Commands of one
// runAll() run side by side; everything else is for one thread.
#pragma once

#include "support/result.h"

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace anywarp::nvcc {

struct Command {
  std::vector<std::string> words;
  std::string phase;         // for -time: "device", "host", "link", ...
  std::string input, output; // for -time
  std::string arch;          // for -time; may be empty
};

struct SessionOptions {
  bool dryrun = false, verbose = false, keep = false;
  std::string keepDir;
  std::string timeFile; // empty: do not measure
};

class Session {
public:
  explicit Session(SessionOptions options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  bool dryrun() const { return options_.dryrun; }
  bool keeps() const { return options_.keep; }
  // A name for an intermediate file, which is removed at the end unless it is kept.
  std::string intermediate(const std::string& name);
  // "#$ NAME=VALUE", as nvcc shows what it works with; nothing without -dryrun and -v.
  void show(const std::string& line);
  bool shows() const { return options_.dryrun || options_.verbose; }

  // 0, or the first exit code that is not.
  int run(const Command& command);
  int runSilently(const Command& command); // already shown
  // `threads` at once. Of several that fail the first one's messages are shown; those of commands
  // that succeed are dropped, because the host pass says the same.
  int runAll(const std::vector<Command>& commands, unsigned threads);
  // What the last failed command wrote to stderr, where it was captured.
  const std::string& lastMessages() const { return lastMessages_; }
  // Writes a file of our own making; nothing under -dryrun.
  Result<void> write(const std::string& path, std::string_view bytes);

private:
  int execute(const Command& command, const std::string& stderrFile);
  void note(const Command& command, double milliseconds);

  SessionOptions options_;
  std::string folder_;
  std::string lastMessages_;
  std::mutex mutex_; // of the time table
};

// A name next to `path` that nobody uses, for output that is renamed when it is complete. The path
// itself where it is no ordinary file (/dev/null).
std::string unfinishedName(const std::string& path);
// Gives a finished file its name; fails where it cannot.
Result<void> finish(const std::string& unfinished, const std::string& path);

std::string shellWord(const std::string& word);
Result<std::string> readFile(const std::string& path);

} // namespace anywarp::nvcc
