// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Command lines of the small tools: --name=value, --name value, -n value, switches and files. A
// tool says which names take a value; unknown names are collected, because these tools accept what
// the options of NVIDIA's do not change here.
#pragma once

#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace anywarp::nvcc {

struct Arguments {
  std::map<std::string, std::vector<std::string>> values; // by name without hyphens
  std::set<std::string> switches;
  std::vector<std::string> files;

  Arguments(int argc, char** argv, const std::set<std::string>& withValue) {
    for (int i = 1; i < argc; ++i) {
      std::string word = argv[i];
      if (word.size() < 2 || word[0] != '-') {
        files.push_back(word);
        continue;
      }
      std::string name = word.substr(word[1] == '-' ? 2 : 1);
      size_t equals = name.find('=');
      if (equals != std::string::npos)
        values[name.substr(0, equals)].push_back(name.substr(equals + 1));
      else if (withValue.contains(name) && i + 1 < argc)
        values[name].push_back(argv[++i]);
      else
        switches.insert(name);
    }
  }
  bool has(std::string_view name) const { return switches.contains(std::string(name)); }
  std::string last(std::initializer_list<const char*> names, std::string otherwise = "") const {
    for (const char* name : names)
      if (auto found = values.find(name); found != values.end())
        return found->second.back();
    return otherwise;
  }
};

// The version lines that build systems read; 0, for `return`.
inline int printToolVersion(const char* name, const char* what) {
  std::printf("%s: NVIDIA (R) %s -- the name that build systems look for. This is Anywarp's; no "
              "part of it is from NVIDIA.\n"
              "Cuda compilation tools, release 13.0, V13.0.88\n",
              name, what);
  return 0;
}
inline int failTool(const char* name, const std::string& message) {
  std::fprintf(stderr, "%s fatal   : %s\n", name, message.c_str());
  return 1;
}

} // namespace anywarp::nvcc
