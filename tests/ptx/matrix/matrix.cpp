// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ptx_matrix_test: every legal form of the matrix instructions (case.h) through the whole compiler
// and the cpu backend, each compared with the product that its random operands have. Exits with 1
// if anything differs, or if a form is in no case.
//
//   --filter TEXT   only cases whose name contains TEXT
//   --seed N        other random numbers
//   --isa NAME      kernels for sse4, avx2 or avx512 instead of this machine
//   --list          the cases; nothing runs
//   --dump          the kernels' PTX; nothing runs
#include "batch.h"
#include "parallel.h"

#include <cstdio>
#include <dlfcn.h>

namespace anywarp::ptxmatrix {
namespace {

struct Options {
  std::string filter, isa = "native";
  uint64_t seed = 1;
  bool list = false, dump = false;
};

bool parse(int argc, char** argv, Options& o) {
  for (int i = 1; i < argc; ++i) {
    std::string a = argv[i];
    bool more = i + 1 < argc;
    if (a == "--list")
      o.list = true;
    else if (a == "--dump")
      o.dump = true;
    else if (a == "--filter" && more)
      o.filter = argv[++i];
    else if (a == "--isa" && more)
      o.isa = argv[++i];
    else if (a == "--seed" && more)
      o.seed = strtoull(argv[++i], nullptr, 0);
    else
      return false;
  }
  return true;
}

std::unique_ptr<BackendDevice> openDevice(const std::string& isa) {
  void* module = dlopen(AW_CPU_MODULE, RTLD_NOW | RTLD_LOCAL);
  auto entry = module ? reinterpret_cast<BackendEntry>(dlsym(module, "anywarpBackend")) : nullptr;
  if (!entry)
    return fprintf(stderr, "%s\n", dlerror()), nullptr;
  auto opened = entry()->open("threads=2,memory=1G,isa=" + isa);
  if (!opened)
    return fprintf(stderr, "%s\n", opened.error().message.c_str()), nullptr;
  return std::move(*opened);
}

// Cases side by side use the same code of the device library; a kernel compiles it once.
std::vector<Batch> batchesOf(const Options& options) {
  std::vector<Batch> batches;
  for (const Case& c : cases()) {
    if (c.name.find(options.filter) == std::string::npos)
      continue;
    size_t most = c.lanes == 32 ? 16 : 32;
    auto record = [](const Case& x) { return x.forms[0].info; };
    if (batches.empty() || batches.back().cases.size() == most ||
        record(*batches.back().cases[0]) != record(c))
      batches.push_back({{}, options.seed + batches.size(), {}, 0});
    batches.back().cases.push_back(&c);
  }
  return batches;
}

// Legal forms that no case has.
std::vector<std::string> missingForms() {
  std::vector<std::string> missing;
  for (const ptx::InstrInfo& info : ptx::instructions())
    if (isMatrix(info))
      for (const Form& form : ptxsweep::formsOf(info))
        if (ptxsweep::isLegal(form) &&
            !testedForms().contains(std::string(info.record) + " " + form.name()))
          missing.push_back(form.name());
  return missing;
}

int report(const std::vector<Batch>& batches) {
  std::map<std::string, std::string> failures;
  size_t checked = 0, ran = 0;
  for (const Batch& b : batches) {
    failures.insert(b.failures.begin(), b.failures.end());
    checked += b.checked, ran += b.cases.size();
  }
  for (const std::string& form : missingForms())
    failures[form] += "    no case has this form\n";
  for (auto& [name, text] : failures)
    printf("FAILED %s\n%s", name.c_str(), text.c_str());
  printf("%zu forms, %zu cases, %zu kernels, %zu units checked, %zu cases failed\n",
         testedForms().size(), ran, batches.size(), checked, failures.size());
  return failures.empty() && ran ? 0 : 1;
}

} // namespace
} // namespace anywarp::ptxmatrix

int main(int argc, char** argv) {
  using namespace anywarp::ptxmatrix;
  Options options;
  if (!parse(argc, argv, options))
    return fprintf(stderr, "usage: ptx_matrix_test [--filter TEXT] [--seed N] [--isa NAME] "
                           "[--list] [--dump]\n"),
           2;
  std::vector<Batch> batches = batchesOf(options);
  if (options.list || options.dump) {
    for (const Batch& b : batches) {
      for (const Case* c : b.cases)
        printf("%s%s\n", options.dump ? "// " : "", c->name.c_str());
      if (options.dump)
        printf("%s", b.kernelText().c_str());
    }
    return 0;
  }
  auto device = openDevice(options.isa);
  if (!device)
    return 2;
  anywarp::ptxsweep::inParallel(batches.size(), [&](size_t i) { batches[i].run(*device); });
  return report(batches);
}
