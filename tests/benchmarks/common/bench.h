// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What all variants of all benchmarks share: inputs, comparing, timing, and the list of benchmarks
// that a variant's program holds. A benchmark's folder has its sizes, inputs and reference in
// problem.h; each variant registers a function that runs it. Used by one thread.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

namespace bench {

// How far a result is from the reference, and how far it may be: each problem says why.
struct Accuracy {
  double error = 0, allowed = 0;
  bool right() const { return error <= allowed; } // not for NaN
};

// Like fmax, but a NaN wins.
inline double worse(double worst, double error) {
  return error <= worst ? worst : error;
}

inline double relative(double actual, double expected, double scale) {
  return std::fabs(actual - expected) / std::fmax(std::fabs(expected), scale);
}

// The same numbers everywhere: a linear congruential generator mapped to [low, high).
class Random {
public:
  explicit Random(uint32_t seed) : state_(seed) {}
  uint32_t bits() { // the upper 24, the better ones
    state_ = state_ * 1664525u + 1013904223u;
    return state_ >> 8;
  }
  float number(float low, float high) {
    return low + (high - low) * (float(bits()) / float(1 << 24));
  }

private:
  uint32_t state_;
};
inline std::vector<float> randoms(size_t n, float low, float high, uint32_t seed = 1) {
  Random random(seed);
  std::vector<float> values(n);
  for (float& v : values)
    v = random.number(low, high);
  return values;
}

// Steps through `n` elements visiting about `count` of them, in all columns of power-of-two rows.
inline size_t stride(size_t n, size_t count) {
  return std::max<size_t>(1, n / count) | 1;
}

// IEEE binary16 from and to float; conversions of the host, so that no variant's own are trusted.
inline uint16_t toHalf(float value) { // for normal results, rounded to nearest even
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
  if (magnitude < 0x38800000u) // below the smallest normal half
    return uint16_t(sign);
  uint32_t rounded = magnitude + 0xfffu + (magnitude >> 13 & 1);
  return uint16_t(sign | ((rounded - 0x38000000u) >> 13));
}
inline float fromHalf(uint16_t half) { // for zero and normal numbers
  uint32_t bits = uint32_t(half & 0x8000u) << 16;
  if (half & 0x7fffu)
    bits |= (uint32_t(half & 0x7fffu) << 13) + 0x38000000u;
  float value;
  std::memcpy(&value, &bits, 4);
  return value;
}

struct Benchmark {
  const char* name;
  int (*run)(const char* name); // 0: right and timed
};
inline std::vector<Benchmark>& benchmarks() {
  static std::vector<Benchmark> all;
  return all;
}
struct Registered {
  Registered(const char* name, int (*run)(const char*)) { benchmarks().push_back({name, run}); }
};
#define BENCH_JOIN2(a, b) a##b
#define BENCH_JOIN(a, b) BENCH_JOIN2(a, b)
#define BENCHMARK(name, run)                                                                       \
  static const bench::Registered BENCH_JOIN(registered, __LINE__)(name, run)

// From the command line.
struct Settings {
  std::string variant, platform;
  double seconds = 0.3;
  bool cpuTime = false; // of the whole process, for machines that others load as well
};
inline Settings& settings() {
  static Settings instance;
  return instance;
}

inline double now() {
  timespec t;
  clock_gettime(settings().cpuTime ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

// Runs once, which also compiles and touches pages; looks whether the result is right, and only
// then measures for settings().seconds, and at least 5 times. `repeats`: how many operations one
// run() is. Prints the line that run.py reads.
template <class Run, class Check>
int measure(const char* name, Run run, Check check, int repeats = 1) {
  run();
  Accuracy accuracy = check();
  std::vector<double> times;
  double total = 0;
  while (accuracy.right() && (times.empty() || (times.size() < 5 && total < 2) ||
                              (total < settings().seconds && times.size() < 100000))) {
    double start = now();
    run();
    times.push_back(now() - start);
    total += times.back();
  }
  std::sort(times.begin(), times.end());
  std::printf("{\"benchmark\": \"%s\", \"variant\": \"%s\", \"right\": %s, \"error\": %.3g, "
              "\"allowed\": %.3g",
              name, settings().variant.c_str(), accuracy.right() ? "true" : "false",
              accuracy.error < 1e30 ? accuracy.error : 1e30, accuracy.allowed);
  if (!times.empty())
    std::printf(", \"seconds\": %.9g, \"median\": %.9g, \"runs\": %zu", times.front() / repeats,
                times[times.size() / 2] / repeats, times.size());
  std::printf("}\n");
  std::fflush(stdout);
  return accuracy.right() ? 0 : 1;
}

// main() of every variant's program; main.cpp has the options.
int benchmarkMain(int argc, char** argv, const char* variant);

} // namespace bench
