// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "topology.h"

#include <algorithm>
#include <cstdlib>
#include <dirent.h>
#include <fstream>
#include <sched.h>

namespace anywarp::cpu {

std::vector<int> Topology::parseList(const std::string& text) {
  constexpr long kMost = 1 << 16;
  std::vector<int> list;
  for (const char* p = text.c_str(); *p >= '0' && *p <= '9';) {
    char* end = nullptr;
    long first = strtol(p, &end, 10), last = first;
    if (*end == '-' && end[1] >= '0' && end[1] <= '9')
      last = strtol(end + 1, &end, 10);
    if (first > last || last > kMost)
      break;
    for (long i = first; i <= last; i++)
      list.push_back(int(i));
    p = *end == ',' ? end + 1 : end;
    if (*end != ',')
      break;
  }
  return list;
}

Topology Topology::read(const std::string& root, const std::vector<int>& usable) {
  std::vector<std::pair<int, std::vector<int>>> found;
  if (DIR* directory = opendir(root.c_str())) {
    while (dirent* entry = readdir(directory)) {
      std::string name = entry->d_name;
      if (!name.starts_with("node") || name.size() < 5 || !isdigit(name[4]))
        continue;
      std::ifstream file(root + "/" + name + "/cpulist");
      std::string line;
      std::getline(file, line);
      std::vector<int> processors = parseList(line);
      if (!usable.empty())
        std::erase_if(processors, [&](int p) {
          return std::find(usable.begin(), usable.end(), p) == usable.end();
        });
      if (!processors.empty()) // some nodes are memory only
        found.push_back({atoi(name.c_str() + 4), std::move(processors)});
    }
    closedir(directory);
  }
  std::sort(found.begin(), found.end());
  Topology topology;
  for (auto& [number, processors] : found)
    topology.nodes.push_back(std::move(processors));
  if (topology.nodes.empty() && !usable.empty())
    topology.nodes.push_back(usable);
  return topology;
}

Topology Topology::ofMachine() {
  std::vector<int> usable;
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    for (int i = 0; i < CPU_SETSIZE; i++)
      if (CPU_ISSET(i, &set))
        usable.push_back(i);
  return read("/sys/devices/system/node", usable);
}

unsigned Topology::processors() const {
  size_t count = 0;
  for (const auto& node : nodes)
    count += node.size();
  return unsigned(count);
}

unsigned Topology::nodeOfThread(unsigned number) const {
  unsigned all = processors();
  if (!all)
    return 0;
  number %= all;
  unsigned node = 0;
  for (; number >= nodes[node].size(); node++)
    number -= unsigned(nodes[node].size());
  return node;
}

unsigned Topology::nodeOfProcessor(int processor) const {
  for (size_t i = 0; i < nodes.size(); i++)
    if (std::binary_search(nodes[i].begin(), nodes[i].end(), processor))
      return unsigned(i);
  return 0;
}

} // namespace anywarp::cpu
