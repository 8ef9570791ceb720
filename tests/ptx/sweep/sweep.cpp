// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ptx_sweep_test: every legal form of the computing instructions through the whole compiler, each
// result compared with an independent reference. Exits with 1 if anything differs.
//
//   --filter TEXT   only forms whose name contains TEXT
//   --long          every configuration for every form, and ten times the inputs; else the kernels
//                   take turns
//   --config N      only configuration N
//   --seed N        other random inputs
//   --list          the forms and whether a reference knows them; nothing runs
#include "batch.h"
#include "parallel.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>
#include <unistd.h>

namespace anywarp::ptxsweep {
namespace {

using spmd::BarrierMode;

constexpr Config kConfigs[] = {
    {"plain", BarrierMode::Resume, false, false, false},
    {"resumed behind a barrier, guarded, AVX2", BarrierMode::Resume, true, true, true},
    {"fiber behind a barrier", BarrierMode::Fiber, true, false, false},
    {"fiber behind a barrier, guarded, AVX2", BarrierMode::Fiber, true, true, true},
    {"last operand constant", BarrierMode::Resume, false, false, false, Config::Constant},
    {"uniform inputs, guarded", BarrierMode::Resume, true, true, false, Config::Uniform},
    {"affine inputs", BarrierMode::Resume, false, false, true, Config::Affine},
};
constexpr size_t kBatch = 24; // results of a kernel

thread_local const Batch* current = nullptr;

// A kernel that crashes takes the test down: say which.
void onFault(int signal) {
  const char* name = strsignal(signal);
  const Batch* b = current;
  dprintf(2, "ptx_sweep_test: %s in %s ... %s (%s)\n", name,
          b ? b->cases.front().form.c_str() : "?", b ? b->cases.back().form.c_str() : "?",
          b ? b->config.name : "?");
  _exit(3);
}

struct Options {
  std::string filter;
  bool isLong = false, list = false;
  int config = -1;
  uint64_t seed = 1;
};

struct Sweep {
  std::vector<Batch> batches;
  size_t forms = 0, cases = 0;

  void build(const Options& options);
  void run();
};

void listForms() {
  for (const ptx::InstrInfo& info : ptx::instructions())
    for (const Form& form : formsOf(info))
      if (isLegal(form))
        printf("%s %s %zu\n", std::string(info.record).c_str(), form.name().c_str(),
               references(form).size());
}

void Sweep::build(const Options& options) {
  std::map<std::string, std::vector<Case>> bySignature;
  for (const ptx::InstrInfo& info : ptx::instructions())
    for (const Form& form : formsOf(info)) {
      std::string name = form.name();
      if (!isLegal(form) || name.find(options.filter) == std::string::npos)
        continue;
      std::vector<Reference> all = references(form);
      forms += !all.empty();
      cases += all.size();
      for (Reference& r : all)
        bySignature[signatureOf(r.in)].push_back({name, std::move(r)});
    }
  size_t number = 0;
  for (auto& [signature, list] : bySignature) {
    for (size_t first = 0; first < list.size();) {
      size_t end = first, results = 0;
      while (end < list.size() && (results += list[end].reference.out.size()) <= kBatch)
        ++end;
      for (size_t c = 0; c < std::size(kConfigs); ++c) {
        if (options.config >= 0 && c != size_t(options.config))
          continue;
        // In a short run the kernels take turns.
        if (!options.isLong && options.config < 0 && c != number % std::size(kConfigs))
          continue;
        batches.push_back({{list.begin() + long(first), list.begin() + long(end)},
                           kConfigs[c],
                           options.isLong ? 40000u : 3000u,
                           options.seed,
                           {},
                           0});
      }
      ++number;
      first = end;
    }
  }
  // Long batches first, so that all threads end together.
  std::sort(batches.begin(), batches.end(),
            [](const Batch& a, const Batch& b) { return a.cases.size() > b.cases.size(); });
}

void Sweep::run() {
  inParallel(batches.size(), [&](size_t i) {
    current = &batches[i];
    batches[i].run();
  });
}

int report(const Sweep& sweep) {
  std::map<std::string, std::string> byForm;
  uint64_t compared = 0;
  for (const Batch& b : sweep.batches) {
    compared += b.compared;
    for (const Failure& f : b.failures)
      byForm[f.form] += "  " + f.text + " (" + b.config.name + "): " + std::to_string(f.count) +
                        " wrong\n" + f.details;
  }
  for (auto& [form, text] : byForm)
    printf("FAILED %s\n%s", form.c_str(), text.c_str());
  printf(
      "%zu forms, %zu ways to write them, %zu kernels, %llu results compared, %zu forms failed\n",
      sweep.forms, sweep.cases, sweep.batches.size(), static_cast<unsigned long long>(compared),
      byForm.size());
  return byForm.empty() && sweep.forms ? 0 : 1;
}

bool parse(int argc, char** argv, Options& o) {
  for (int i = 1; i < argc; ++i) {
    std::string a = argv[i];
    bool more = i + 1 < argc;
    if (a == "--long")
      o.isLong = true;
    else if (a == "--list")
      o.list = true;
    else if (a == "--filter" && more)
      o.filter = argv[++i];
    else if (a == "--config" && more)
      o.config = atoi(argv[++i]);
    else if (a == "--seed" && more)
      o.seed = strtoull(argv[++i], nullptr, 0);
    else
      return false;
  }
  return true;
}

} // namespace
} // namespace anywarp::ptxsweep

int main(int argc, char** argv) {
  using namespace anywarp::ptxsweep;
  Options options;
  if (!parse(argc, argv, options))
    return fprintf(
               stderr,
               "usage: ptx_sweep_test [--filter TEXT] [--long] [--config N] [--seed N] [--list]\n"),
           2;
  if (options.list)
    return listForms(), 0;
  for (int s : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT})
    signal(s, onFault);
  Sweep sweep;
  sweep.build(options);
  sweep.run();
  return report(sweep);
}
