// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "seed_driver.h"

#include "choices.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace anywarp::fuzz {
namespace {

using Clock = std::chrono::steady_clock;

// What the child tells its parent.
struct Shared {
  uint64_t seed;
  uint32_t verdict;
  uint64_t compiled, refused, late, unexpected;
  uint64_t longest, longestSeed; // milliseconds
  char message[4000];
};

struct Options {
  const Subject* subject = nullptr;
  uint64_t first = 1, count = 300, seconds = 0;
  unsigned slow = 10000; // milliseconds of processor time
  bool strict = false, stop = false;
};

Shared* shared() {
  static auto* memory = static_cast<Shared*>(
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  return memory;
}

uint64_t cpuMilliseconds() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return uint64_t(t.tv_sec) * 1000 + uint64_t(t.tv_nsec) / 1000000;
}

// A hang ends the child by SIGXCPU: processor time, since tests share the machine.
void limitTime(unsigned milliseconds) {
  rlimit limit;
  getrlimit(RLIMIT_CPU, &limit);
  limit.rlim_cur = rlim_t((cpuMilliseconds() + milliseconds) / 1000 + 1);
  setrlimit(RLIMIT_CPU, &limit);
}

std::string firstLine(const std::string& s) {
  return s.substr(0, s.find('\n'));
}

// The message without its numbers and names: what findings have in common.
std::string kindOf(const std::string& message) {
  std::string kind = firstLine(message);
  if (size_t at = kind.find("error: "); at != kind.npos)
    kind.erase(0, at + 7);
  std::string result;
  bool quoted = false;
  for (char x : kind) {
    if (x == '\'') {
      quoted = !quoted;
      continue;
    }
    if (!quoted && !isdigit(static_cast<unsigned char>(x)))
      result += x;
  }
  return result.substr(0, 160);
}

bool isUnexpected(const Case& c, const Outcome& o) {
  return o.verdict == Outcome::Late || (o.verdict == Outcome::Refused && c.broken.empty() &&
                                        o.message.find("not supported") == std::string::npos);
}

// One case in this process; its outcome goes to `shared`.
void runCase(const Case& c, const Options& options) {
  limitTime(options.slow);
  uint64_t start = cpuMilliseconds();
  Outcome o = options.subject->judge(c);
  uint64_t took = cpuMilliseconds() - start;
  Shared& s = *shared();
  if (took > s.longest) {
    s.longest = took;
    s.longestSeed = s.seed;
  }
  s.compiled += o.verdict == Outcome::Compiled;
  s.refused += o.verdict == Outcome::Refused;
  s.late += o.verdict == Outcome::Late;
  s.unexpected += isUnexpected(c, o);
  s.verdict = o.verdict;
  strncpy(s.message, o.message.c_str(), sizeof s.message - 1);
  if (options.strict && isUnexpected(c, o))
    std::printf("seed %llu: %s: %s\n", static_cast<unsigned long long>(s.seed),
                o.verdict == Outcome::Late ? "late" : "unexpected", firstLine(o.message).c_str());
}

std::string describe(int status) {
  if (WIFSIGNALED(status))
    return WTERMSIG(status) == SIGXCPU ? "takes too long" : strsignal(WTERMSIG(status));
  return "ended with code " + std::to_string(WEXITSTATUS(status));
}

// In a child of its own: "", or what is wrong with the text.
std::string judge(Case c, const std::string& text, const Options& options) {
  std::fflush(stdout);
  shared()->verdict = Outcome::Compiled;
  pid_t child = fork();
  if (child == 0) {
    if (!freopen("/dev/null", "w", stderr))
      _exit(3);
    c.text = text;
    runCase(c, options);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return describe(status);
  uint32_t verdict = shared()->verdict;
  return verdict == Outcome::Finding || (options.strict && verdict != Outcome::Compiled)
             ? kindOf(shared()->message)
             : "";
}

// Drops lines, in halves, quarters, ... while the same thing is wrong.
int minimise(const Case& c, const Options& options) {
  const std::string& text = c.text;
  std::string wrong = judge(c, text, options);
  std::printf("// %s\n", wrong.empty() ? "nothing is wrong" : wrong.c_str());
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size() - 1);
    lines.push_back(text.substr(at, end + 1 - at));
    at = end + 1;
  }
  auto joined = [](const std::vector<std::string>& parts) {
    std::string all;
    for (const std::string& part : parts)
      all += part;
    return all;
  };
  for (size_t part = lines.size() / 2; part > 0 && !wrong.empty();
       part = part == 1 ? 0 : (part + 1) / 2)
    for (size_t at = 0; at < lines.size();) {
      std::vector<std::string> fewer = lines;
      fewer.erase(fewer.begin() + long(at),
                  fewer.begin() + long(std::min(at + part, lines.size())));
      if (judge(c, joined(fewer), options) == wrong)
        lines = std::move(fewer);
      else
        at += part;
    }
  std::printf("%s// %s\n", joined(lines).c_str(), shared()->message);
  return wrong.empty() ? 0 : 1;
}

int runSeeds(const Options& options) {
  Shared& s = *shared();
  auto start = Clock::now();
  auto inTime = [&] {
    return !options.seconds || Clock::now() - start < std::chrono::seconds(options.seconds);
  };
  uint64_t next = options.first, end = options.first + options.count;
  std::map<std::string, std::vector<uint64_t>> findings;
  while (next < end && inTime() && !(options.stop && !findings.empty())) {
    s.message[0] = 0;
    std::fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
      for (s.seed = next; s.seed < end && inTime(); ++s.seed) {
        runCase(options.subject->make(bytesOfSeed(s.seed)), options);
        if (s.verdict == Outcome::Finding) {
          std::fflush(stdout);
          _exit(2);
        }
      }
      std::fflush(stdout);
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    next = s.seed;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
      break;
    bool told = WIFEXITED(status) && WEXITSTATUS(status) == 2;
    std::string what = told ? kindOf(s.message) : describe(status);
    findings[what].push_back(s.seed);
    std::printf("seed %llu: FINDING: %s\n", static_cast<unsigned long long>(s.seed),
                told ? s.message : what.c_str());
    ++next;
  }
  for (auto& [what, seeds] : findings) {
    std::printf("%zu x %s:", seeds.size(), what.c_str());
    for (size_t i = 0; i < seeds.size() && i < 8; ++i)
      std::printf(" %llu", static_cast<unsigned long long>(seeds[i]));
    std::printf("\n");
  }
  std::printf("%llu programs: %llu compiled, %llu refused, %llu refused late, %llu unexpected; "
              "longest %llu ms (seed %llu); %zu kinds of findings\n",
              static_cast<unsigned long long>(s.seed - options.first),
              static_cast<unsigned long long>(s.compiled),
              static_cast<unsigned long long>(s.refused), static_cast<unsigned long long>(s.late),
              static_cast<unsigned long long>(s.unexpected),
              static_cast<unsigned long long>(s.longest),
              static_cast<unsigned long long>(s.longestSeed), findings.size());
  if (!s.compiled) // a generator that makes nothing valid finds nothing
    std::printf("nothing compiled\n");
  return findings.empty() && s.compiled ? 0 : 1;
}

int show(const Case& c, const Options& options) {
  std::printf("%s// broken: %s\n", c.text.c_str(), c.broken.c_str());
  Outcome o = options.subject->judge(c);
  std::printf("// outcome %d: %s\n", int(o.verdict), o.message.c_str());
  return o.verdict == Outcome::Finding;
}

std::string readFile(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

int seedMain(int argc, char** argv, const Subject& subject) {
  setvbuf(stdout, nullptr, _IOLBF, 0); // a crash loses nothing
  Options options;
  options.subject = &subject;
  for (int i = 1; i < argc; ++i) {
    std::string name = argv[i];
    auto number = [&]() -> uint64_t { return i + 1 < argc ? strtoull(argv[++i], nullptr, 0) : 0; };
    if (name == "--strict" || name == "--stop") {
      (name == "--stop" ? options.stop : options.strict) = true;
    } else if (name == "--first") {
      options.first = number();
    } else if (name == "--count") {
      options.count = number();
    } else if (name == "--seconds") {
      options.seconds = number();
      options.count = ~0ull >> 1;
    } else if (name == "--slow") {
      options.slow = unsigned(number());
    } else if (name == "--print" || name == "--minimise") {
      Case c = subject.make(bytesOfSeed(number()));
      return name == "--minimise" ? minimise(c, options) : show(c, options);
    } else if ((name == "--file" || name == "--minimise-file") && i + 1 < argc) {
      Case c;
      c.text = readFile(argv[++i]);
      c.effort = 1;
      return name == "--file" ? show(c, options) : minimise(c, options);
    } else {
      std::fprintf(stderr, "%s: unknown option %s\n", argv[0], name.c_str());
      return 2;
    }
  }
  return runSeeds(options);
}

} // namespace anywarp::fuzz
