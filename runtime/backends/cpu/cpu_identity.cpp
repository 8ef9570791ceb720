// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cpu_identity.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace anywarp::cpu {
namespace {

// The first value of `key` in /proc/cpuinfo.
std::string cpuinfo(const char* key) {
  FILE* file = fopen("/proc/cpuinfo", "re");
  if (!file)
    return {};
  char line[512];
  std::string value;
  while (fgets(line, sizeof line, file)) {
    if (line[0] == '\n')
      break; // the other processors say the same
    if (strncmp(line, key, strlen(key)) != 0)
      continue;
    if (const char* colon = strchr(line, ':')) {
      value = colon + 1;
      value.erase(0, value.find_first_not_of(" \t"));
      value.erase(value.find_last_not_of(" \t\n") + 1);
      break;
    }
  }
  fclose(file);
  return value;
}

} // namespace

std::string cpuIdentity() {
  std::string bytes;
  [[maybe_unused]] auto add = [&bytes](uint64_t value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
#if defined(__x86_64__)
  struct {
    unsigned leaf, sub;
    bool onlyA; // other registers hold the number of this core
  } const leaves[] = {{0, 0, false},  {1, 0, true},           {7, 0, false},  {7, 1, false},
                      {0xd, 1, true}, {0x80000001, 0, false}, {0x24, 0, true}};
  for (auto [leaf, sub, onlyA] : leaves) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    __get_cpuid_count(leaf, sub, &a, &b, &c, &d);
    add(a);
    if (leaf == 1) {
      add(c); // feature bits; ebx holds the core's number
      add(d);
    } else if (!onlyA) {
      add(b);
      add(c);
      add(d);
    }
    if (leaf == 1 && (c & bit_OSXSAVE)) {
      uint32_t low, high; // which registers the system saves
      asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
      add(low);
    }
  }
#elif defined(__aarch64__)
  add(getauxval(AT_HWCAP));
  add(getauxval(AT_HWCAP2));
  bytes += cpuinfo("CPU implementer") + cpuinfo("CPU part") + cpuinfo("CPU variant");
#endif
  return bytes;
}

bool cpuHasLevel(const std::string& level) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return (level == "x86-64-v2" && __builtin_cpu_supports("x86-64-v2")) ||
         (level == "x86-64-v3" && __builtin_cpu_supports("x86-64-v3")) ||
         (level == "x86-64-v4" && __builtin_cpu_supports("x86-64-v4"));
#else
  (void)level;
  return false;
#endif
}

std::string cpuName() {
  std::string name = cpuinfo("model name");
  return name.empty() ? "CPU" : name;
}

int cpuClockKHz() {
  if (FILE* file = fopen("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "re")) {
    int khz = 0;
    bool found = fscanf(file, "%d", &khz) == 1;
    fclose(file);
    if (found && khz > 0)
      return khz;
  }
  double mhz = atof(cpuinfo("cpu MHz").c_str());
  return mhz > 0 ? int(mhz * 1000) : 1'000'000;
}

} // namespace anywarp::cpu
