// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// main() of every variant: runs the benchmark that is named, or all. Included at the end of the
// variant's file.
int main(int argc, char** argv) {
  struct {
    const char* name;
    int (*run)();
  } const benchmarks[] = {
      {"saxpy", saxpy},
      {"black_scholes", blackScholes},
      {"nbody", nbody},
      {"sgemm", sgemm},
      {"reduction", reduction},
      {"mandelbrot", mandelbrot},
      {"empty_launch", empty},
#ifdef BENCH_GRAPHS
      {"graph_launch", graphLaunch},
#endif
  };
  int result = argc > 1 ? 2 : 0;
  for (auto& benchmark : benchmarks)
    if (argc < 2 || std::strcmp(argv[1], benchmark.name) == 0)
      result = argc < 2 ? result | benchmark.run() : benchmark.run();
  if (result == 2)
    std::fprintf(stderr, "usage: %s [BENCHMARK]\n", argv[0]);
  return result;
}
