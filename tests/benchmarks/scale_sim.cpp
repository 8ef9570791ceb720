// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the hand-out of blocks (backends/cpu/schedule.h, pool.cpp) would do on machines that nobody
// here has: a simulation of one grid on 2 ... 192 processors, in two sockets from 32 on. It uses
// the pool's own schedule; all times are assumptions, printed with the result.
//
//   build/release/benchmarks/scale_sim [--csv]
//
// "fixed" is the rule before: chunks of units/64 and at most 64 units or 10 us, a counter of
// finished blocks that every chunk writes to, and one caller that wakes all threads; processors of
// both sockets take neighbouring chunks.
#include "backends/cpu/schedule.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <queue>
#include <random>
#include <string>
#include <vector>

namespace {

using anywarp::cpu::Schedule;

// Nanoseconds.
constexpr double kLineNear = 30, kLineFar = 100; // a cache line from another core, another socket
constexpr double kWakeCall = 1'500;              // what waking one thread costs the waker
constexpr double kWakeLatency = 30'000;          // until it runs
constexpr double kJoin = 150;                    // the pool's mutex, held
constexpr double kLeave = 2'000;                 // the caller sees the end
constexpr double kRemote = 1.5; // a memory-bound block whose data lie at the other socket
constexpr unsigned kWakeAtOnce = 8, kWakeFurther = 2; // pool.cpp

struct Machine {
  unsigned threads;
  unsigned nodes;
  unsigned nodeOf(unsigned thread) const { return thread * nodes / threads; }
};

struct Work {
  std::string name;
  std::vector<double> blocks; // how long each takes where its data lie
  bool bound;                 // by memory
  double sum() const {
    double total = 0;
    for (double b : blocks)
      total += b;
    return total;
  }
};

// A cache line that one core has at a time.
struct Line {
  double free = 0;
  int owner = -1;
  double access(double now, unsigned node, bool sameThread = false) {
    double cost = sameThread ? 5 : owner < 0 || owner == int(node) ? kLineNear : kLineFar;
    owner = int(node);
    return free = std::max(now, free) + cost;
  }
};

// When every thread begins, from the moment the caller has published the grid.
std::vector<double> starts(const Machine& m, bool tree) {
  std::vector<double> at(m.threads, 0);
  Line mutex;
  unsigned next = 1;
  std::queue<unsigned> wakers;
  auto wake = [&](unsigned waker, unsigned count) {
    for (; count && next < m.threads; count--, next++) {
      at[waker] += kWakeCall;
      at[next] = mutex.access(at[waker] + kWakeLatency, m.nodeOf(next)) + kJoin;
      mutex.free = at[next];
      wakers.push(next);
    }
  };
  wake(0, tree ? kWakeAtOnce : m.threads);
  while (tree && next < m.threads && !wakers.empty()) {
    unsigned waker = wakers.front();
    wakers.pop();
    wake(waker, kWakeFurther);
  }
  return at;
}

struct Result {
  double nanos, efficiency;
};

Result simulate(const Machine& m, const Work& work, bool fixed) {
  uint64_t units = work.blocks.size();
  double average = work.sum() / double(units);
  unsigned shares = fixed || units < 2 * uint64_t(m.threads) ? 1 : m.nodes;
  std::vector<Schedule> schedules;
  for (unsigned i = 0; i < shares; i++)
    schedules.emplace_back(units * i / shares, units * (i + 1) / shares - units * i / shares,
                           uint64_t(average), m.threads / shares);
  uint64_t chunk = std::max<uint64_t>(64, uint64_t(10'000 / average));
  chunk = std::clamp<uint64_t>(std::min(units / 64, chunk), 1,
                               std::max<uint64_t>(1, units / (m.threads + 1)));
  std::vector<uint64_t> tickets(shares, 0);
  std::vector<Line> counters(shares);
  Line done;
  auto take = [&](unsigned node, double& now) -> Schedule::Range {
    for (unsigned i = 0; i < shares; i++) {
      unsigned s = (node + i) % shares;
      if (!fixed && tickets[s] >= schedules[s].chunks())
        continue;
      now = counters[s].access(now, node);
      uint64_t ticket = tickets[s]++;
      if (!fixed)
        return schedules[s].chunk(ticket);
      uint64_t first = ticket * chunk;
      return {first, first < units ? std::min(chunk, units - first) : 0};
    }
    return {};
  };
  using Event = std::pair<double, unsigned>;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events;
  std::vector<double> begin = starts(m, !fixed);
  for (unsigned t = 0; t < m.threads; t++)
    events.push({begin[t], t});
  double end = 0;
  while (!events.empty()) {
    auto [now, thread] = events.top();
    events.pop();
    unsigned node = m.nodeOf(thread);
    Schedule::Range range = take(node, now);
    if (!range.count)
      continue; // what it did has been counted
    for (uint64_t i = range.first; i < range.first + range.count; i++) {
      bool remote = work.bound && i * m.nodes / units != node;
      now += work.blocks[i] * (remote ? kRemote : 1);
    }
    if (fixed)
      now = done.access(now, node);
    end = std::max(end, now);
    events.push({now, thread});
  }
  double alone = work.sum();
  end += kLeave;
  if (alone < 20'000) // the caller does not call for help
    end = alone;
  double longest = *std::max_element(work.blocks.begin(), work.blocks.end());
  double best = std::max(alone / m.threads, longest);
  return {end, best / end};
}

Work make(const std::string& name, size_t count, bool bound,
          const std::function<double(size_t, std::mt19937&)>& nanos) {
  std::mt19937 random(1);
  Work work{name, {}, bound};
  for (size_t i = 0; i < count; i++)
    work.blocks.push_back(nanos(i, random));
  return work;
}

std::vector<Work> works() {
  auto same = [](double nanos) { return [nanos](size_t, std::mt19937&) { return nanos; }; };
  auto exponential = [](double nanos) {
    return [nanos](size_t, std::mt19937& r) {
      return std::exponential_distribution<double>(1 / nanos)(r);
    };
  };
  return {
      make("1000 blocks, 1 us", 1000, false, same(1'000)),
      make("1000 blocks, 20 us", 1000, false, same(20'000)),
      make("1 million blocks, 0.1 us", 1'000'000, false, same(100)),
      make("100,000 blocks, 1 us, memory", 100'000, true, same(1'000)),
      make("20,000 blocks, 50 us, memory", 20'000, true, same(50'000)),
      make("20,000 blocks, 10 us on average, exponential", 20'000, false, exponential(10'000)),
      make("5000 blocks, 20 us, each 50th 1 ms", 5000, false,
           [](size_t i, std::mt19937&) { return i % 50 ? 20'000. : 1'000'000.; }),
      make("20,000 blocks, from 1 to 100 us in order", 20'000, false,
           [](size_t i, std::mt19937&) { return 1'000 + double(i) * 4.95; }),
  };
}

} // namespace

int main(int argc, char** argv) {
  bool csv = argc > 1 && !strcmp(argv[1], "--csv");
  const Machine machines[] = {{2, 1}, {8, 1}, {16, 1}, {32, 2}, {64, 2}, {128, 2}, {192, 2}};
  printf(csv ? "grid,rule,threads,us,efficiency\n"
             : "| grid | rule | 2 | 8 | 16 | 32 | 64 | 128 | 192 processors |\n"
               "|---|---|---|---|---|---|---|---|---|\n");
  for (const Work& work : works())
    for (bool fixed : {true, false}) {
      const char* rule = fixed ? "fixed" : "now";
      if (!csv)
        printf("| %s | %s |", work.name.c_str(), rule);
      for (const Machine& machine : machines) {
        Result r = simulate(machine, work, fixed);
        if (csv)
          printf("\"%s\",%s,%u,%.1f,%.3f\n", work.name.c_str(), rule, machine.threads,
                 r.nanos / 1000, r.efficiency);
        else
          printf(" %.0f %% |", 100 * r.efficiency);
      }
      if (!csv)
        printf("\n");
    }
}
