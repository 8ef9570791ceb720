// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command line of every variant's program. Exit code: 0 all right, 1 a wrong result, 2 usage or
// an error of the variant's API.
#include "bench.h"

#include <cstdlib>

namespace bench {

int benchmarkMain(int argc, char** argv, const char* variant) {
  settings().variant = variant;
  std::vector<std::string> names;
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    bool hasValue = i + 1 < argc;
    if (word == "--list") {
      for (auto& benchmark : benchmarks())
        std::printf("%s\n", benchmark.name);
      return 0;
    }
    if (word == "--cpu-time")
      settings().cpuTime = true;
    else if (word == "--seconds" && hasValue)
      settings().seconds = std::atof(argv[++i]);
    else if (word == "--platform" && hasValue)
      settings().platform = argv[++i];
    else if (word == "--variant" && hasValue)
      settings().variant = argv[++i];
    else
      names.push_back(word);
  }
  int result = 0;
  size_t found = 0;
  for (auto& benchmark : benchmarks())
    if (names.empty() || std::count(names.begin(), names.end(), benchmark.name)) {
      result |= benchmark.run(benchmark.name);
      ++found;
    }
  if (found < names.size() || !found) {
    std::fprintf(stderr,
                 "usage: %s [--list] [--seconds S] [--cpu-time] [--platform P] [--variant V] "
                 "[BENCHMARK...]\n",
                 argv[0]);
    return 2;
  }
  return result;
}

} // namespace bench

int main(int argc, char** argv) {
  return bench::benchmarkMain(argc, argv, BENCH_VARIANT);
}
