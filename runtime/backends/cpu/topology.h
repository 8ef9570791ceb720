// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which of the processors that the process may use lie at which memory (NUMA nodes). Read once when
// a device is opened.
#pragma once

#include <string>
#include <vector>

namespace anywarp::cpu {

struct Topology {
  // The usable processors of each node that has any, in ascending order; at least one node where
  // anything is known.
  std::vector<std::vector<int>> nodes;

  // `root` holds node0, node1, ... as /sys/devices/system/node does; `usable`: processors of this
  // process, empty: all.
  static Topology read(const std::string& root, const std::vector<int>& usable);
  static Topology ofMachine();

  // "0-3,8,10-11"; what makes no sense ends the list.
  static std::vector<int> parseList(const std::string& text);
  // Of the thread with this number, where each processor has one, node by node; 0 where nothing is
  // known.
  unsigned nodeOfThread(unsigned number) const;
  unsigned nodeOfProcessor(int processor) const; // 0: also unknown ones
  unsigned processors() const;
};

} // namespace anywarp::cpu
