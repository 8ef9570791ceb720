// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ptx_effects_test: every legal form of the instructions with effects (scene.h) through the whole
// compiler and the cpu backend, each compared with an independent reference. Exits with 1 if
// anything differs, or if a form that should be known is not.
//
//   --filter TEXT   only forms whose name contains TEXT
//   --textures      only texture and surface instructions; --others: only the others
//   --long          every form and every way to run it; else forms with the same meaning and the
//                   same thread program run once (programs.h), and the ways take turns
//   --seed N        other random inputs; also shifts whose turn it is
//   --list          the forms and whether a scene knows them; nothing runs
#include "batch.h"
#include "parallel.h"
#include "programs.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <dlfcn.h>
#include <map>
#include <mutex>

namespace anywarp::ptxsweep {
namespace {

constexpr Way kWays[] = {
    {"in sequence", false, false, false},
    {"behind a barrier, guarded", true, true, false},
    {"permuted", false, false, true},
    {"behind a barrier, guarded, permuted", true, true, true},
};

struct Options {
  std::string filter;
  bool textures = true, others = true;
  bool isLong = false, list = false;
  uint64_t seed = 1;
};

struct Effects {
  std::unique_ptr<BackendDevice> device;
  std::vector<EffectBatch> batches;
  std::map<std::string, std::string> refused; // form: why
  std::vector<std::vector<Scene>> groups;     // alike in what a kernel must be
  size_t forms = 0, cases = 0, programs = 0;

  bool open();
  void collect(const Options& options);
  void choose();
  void build(const Options& options);
  void run();
};

bool Effects::open() {
  void* module = dlopen(AW_CPU_MODULE, RTLD_NOW | RTLD_LOCAL);
  auto entry = module ? reinterpret_cast<BackendEntry>(dlsym(module, "anywarpBackend")) : nullptr;
  if (!entry)
    return fprintf(stderr, "%s\n", dlerror()), false;
  auto opened = entry()->open("threads=2,memory=1G");
  if (!opened)
    return fprintf(stderr, "%s\n", opened.error().message.c_str()), false;
  device = std::move(*opened);
  return true;
}

// PTX ISA 9.7.10 and 9.7.11.
bool isTexture(std::string_view mnemonic) {
  for (const char* m : {"tex", "tld4", "txq", "istypep", "suld", "sust", "sured", "suq"})
    if (mnemonic == m)
      return true;
  return false;
}

size_t casesOf(const Scene& s) {
  return s.alone ? 1 : s.space == Space::Shared ? 18 : s.space == Space::Local ? 20 : 32;
}

void Effects::collect(const Options& options) {
  std::vector<const ptx::InstrInfo*> records;
  for (const ptx::InstrInfo& info : ptx::instructions())
    records.push_back(&info);
  std::vector<std::vector<Scene>> byRecord(records.size());
  std::atomic<size_t> known{0};
  inParallel(records.size(), [&](size_t i) {
    if (!(isTexture(records[i]->mnemonic) ? options.textures : options.others) ||
        !hasEffects(*records[i]))
      return;
    for (const Form& form : formsOf(*records[i])) {
      if (form.name().find(options.filter) == std::string::npos || !isLegal(form))
        continue;
      std::vector<Scene> all = scenes(form);
      known += !all.empty();
      std::move(all.begin(), all.end(), std::back_inserter(byRecord[i]));
    }
  });
  forms = known;
  using Key = std::tuple<Space, bool, bool, bool, bool, bool, bool, bool>;
  std::map<Key, std::vector<Scene>> sorted;
  for (std::vector<Scene>& list : byRecord)
    for (Scene& s : list) {
      ++cases;
      // Code that knows of clusters is compiled otherwise.
      bool window = s.text.find("::cluster") != std::string::npos;
      Key key{s.space, s.whole, s.cluster, s.alone, s.scratch, window, s.fails, s.independent};
      sorted[key].push_back(std::move(s));
    }
  for (auto& [key, list] : sorted)
    groups.push_back(std::move(list));
}

void Effects::choose() {
  std::mutex mutex;
  inParallel(groups.size(), [&](size_t i) {
    Distinct distinct = distinctPrograms(std::move(groups[i]));
    groups[i] = std::move(distinct.scenes);
    std::lock_guard lock(mutex);
    for (auto& [form, why] : distinct.refused)
      refused[form] += "    " + why + "\n";
  });
}

void Effects::build(const Options& options) {
  size_t turn = options.seed;
  for (std::vector<Scene>& list : groups) {
    programs += list.size();
    for (size_t first = 0; first < list.size(); ++turn) {
      size_t end = std::min(list.size(), first + casesOf(list[first]));
      for (size_t w = 0; w < std::size(kWays); ++w)
        if (options.isLong || w == turn % std::size(kWays))
          batches.push_back({{list.begin() + long(first), list.begin() + long(end)},
                             kWays[w],
                             options.seed,
                             {},
                             0});
      first = end;
    }
  }
}

void Effects::run() {
  inParallel(batches.size(), [&](size_t i) { batches[i].run(*device); });
}

void listForms() {
  for (const ptx::InstrInfo& info : ptx::instructions())
    if (hasEffects(info))
      for (const Form& form : formsOf(info))
        if (isLegal(form))
          printf("%s %s %zu\n", std::string(info.record).c_str(), form.name().c_str(),
                 scenes(form).size());
}

int report(const Effects& effects) {
  std::map<std::string, std::string> byForm = effects.refused;
  uint64_t compared = 0;
  for (const EffectBatch& b : effects.batches) {
    compared += b.compared;
    for (const EffectFailure& f : b.failures)
      byForm[f.form] += f.details;
  }
  for (auto& [form, text] : byForm)
    printf("FAILED %s\n%s", form.c_str(), text.c_str());
  printf(
      "%zu forms, %zu scenes, %zu programs, %zu kernels, %llu values compared, %zu forms failed\n",
      effects.forms, effects.cases, effects.programs, effects.batches.size(),
      static_cast<unsigned long long>(compared), byForm.size());
  return byForm.empty() && effects.forms ? 0 : 1;
}

bool parse(int argc, char** argv, Options& o) {
  for (int i = 1; i < argc; ++i) {
    std::string a = argv[i];
    bool more = i + 1 < argc;
    if (a == "--long")
      o.isLong = true;
    else if (a == "--textures")
      o.others = false;
    else if (a == "--others")
      o.textures = false;
    else if (a == "--list")
      o.list = true;
    else if (a == "--filter" && more)
      o.filter = argv[++i];
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
    return fprintf(stderr, "usage: ptx_effects_test [--filter TEXT] [--textures | --others] "
                           "[--long] [--seed N] "
                           "[--list]\n"),
           2;
  if (options.list)
    return listForms(), 0;
  Effects effects;
  if (!effects.open())
    return 2;
  effects.collect(options);
  if (!options.isLong)
    effects.choose();
  effects.build(options);
  effects.run();
  return report(effects);
}
