// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The two outputs of the timeline. Both are called with the timeline's lock held, also from a
// handler of a fatal signal: they allocate nothing and call only what is safe there.
#pragma once

#include "support/clock.h"
#include "support/timeline.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace anywarp::timeline {

inline uint64_t nowNanos() {
  return uint64_t(nowNanoseconds());
}

// JSON text of a trace, appended to a file that other processes append to as well. The file ends
// with the closing brackets at all times: each write begins in their place and brings new ones.
class TraceFile {
public:
  bool open(const std::string& path); // false: logged
  bool isOpen() const { return fd_ >= 0; }
  void thread(uint32_t thread, const char* name);
  void event(const Event& event, uint32_t thread);
  void write(); // what has been put so far
  // In a forked child: the file is the same, the process is not.
  void forked();

private:
  void room(size_t bytes);
  void put(const char* text);
  void quoted(const char* text); // as a JSON string, cut if very long
  void number(uint64_t value);
  void micros(uint64_t nanos);
  void head(char phase, const char* category, uint64_t process, uint64_t track, uint64_t time);
  void nameTrack(uint64_t process, uint64_t track, const char* what, const char* name);
  void deviceTrack(uint16_t device, uint32_t stream);
  void append(const char* text, size_t bytes);

  static constexpr size_t kBuffer = 64 << 10;
  int fd_ = -1;
  bool announced_ = false; // the process's name is in the file
  size_t used_ = 0;
  uint64_t arrows_ = 0;
  uint64_t seenDevices_ = 0;
  uint64_t seenStreams_[64] = {}; // which are named: 4096 of them over all devices
  char buffer_[kBuffer];
};

// Count, sum, least and most time of each name, in a file of its own for each process that is
// mapped: it survives any end of the process. Read by tools/cli through readProfile().
class ProfileTable {
public:
  bool open(const std::string& folder); // false: logged
  bool isOpen() const { return file_ != nullptr; }
  void event(const Event& event);
  void forked();

private:
  struct File;
  File* file_ = nullptr;
  std::string folder_;
  struct Known {
    const char* name;
    uint32_t row;
    Kind kind;
  };
  static constexpr size_t kKnown = 1 << 14; // by address; a power of two
  Known known_[kKnown] = {};
  friend struct ProfileReader;
};

} // namespace anywarp::timeline
