// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "programs.h"

#include "batch.h"
#include "ptx/lower.h"

#include <algorithm>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/FunctionComparator.h>
#include <map>

namespace anywarp::ptxsweep {
namespace {

constexpr size_t kChunk = 200; // functions of a module

// Each scene as a function, and a kernel that calls them all.
std::string moduleText(const std::vector<Scene>& scenes) {
  EffectBatch batch{scenes, {"", false, true, false}, 0, {}, 0};
  std::string calls, s = batch.moduleHead();
  for (size_t i = 0; i < scenes.size(); ++i) {
    std::string parameters, loads;
    for (const char* p : {"regions", "results", "in0", "in1", "in2", "in3", "source", "words"}) {
      parameters += std::string(parameters.empty() ? "" : ", ") + ".param .b64 p" + p;
      if (std::string(p) != "words")
        loads += std::string("  ld.param.b64 %") + p + ", [p" + p + "];\n";
    }
    s += ".func c" + number(i) + "(" + parameters + ")\n{\n" + batch.registers() +
         batch.localVariable() + loads +
         "  ld.param.b64 %w, [pwords];\n  ld.b32 %tid, [%w];\n  ld.b32 %slot, [%w+4];\n"
         "  ld.b32 %lane, [%w+8];\n  ld.b32 %block, [%w+12];\n  ld.b32 %m, [%w+16];\n"
         "  setp.ne.u32 %guard, %m, 0;\n  ld.b64 %pol, [%w+24];\n" +
         batch.caseText(i, 0) + "  ret;\n}\n";
    calls += "  call c" + number(i) + ", (%x, %x, %x, %x, %x, %x, %x, %x);\n";
  }
  return s + ".visible .entry k(.param .u64 p)\n{\n  .reg .b64 %x;\n  ld.param.u64 %x, [p];\n" +
         calls + "  ret;\n}\n";
}

void workOn(std::vector<Scene> chunk, Distinct& result) {
  auto refuse = [&](const std::string& message) {
    if (chunk.size() == 1) {
      result.refused.push_back({chunk[0].form, message + "\n" + chunk[0].text});
      return;
    }
    auto middle = chunk.begin() + long(chunk.size() / 2);
    workOn({chunk.begin(), middle}, result);
    workOn({middle, chunk.end()}, result);
  };
  auto index = ptx::Index::build({std::make_shared<const PtxText>(moduleText(chunk))});
  if (!index)
    return refuse(index.error().message);
  auto slice = (*index)->slice("k");
  if (!slice)
    return refuse(slice.error().message);
  llvm::LLVMContext context;
  auto module = ptx::lower(*slice, "k", {90, false}, context);
  if (!module)
    return refuse(module.error().message);
  llvm::GlobalNumberState numbers;
  std::map<std::string, std::vector<size_t>> kept; // by meaning
  for (size_t i = 0; i < chunk.size(); ++i) {
    const llvm::Function* f = (*module)->getFunction("f.c" + number(i));
    std::vector<size_t>& same = kept[chunk[i].meaning];
    auto equals = [&](size_t k) {
      const llvm::Function* g = (*module)->getFunction("f.c" + number(k));
      return f && g && llvm::FunctionComparator(f, g, &numbers).compare() == 0;
    };
    if (std::ranges::any_of(same, equals))
      continue;
    same.push_back(i);
    result.scenes.push_back(chunk[i]);
  }
}

} // namespace

Distinct distinctPrograms(std::vector<Scene> scenes) {
  Distinct result;
  std::map<std::string, std::vector<Scene>> byMeaning;
  for (Scene& s : scenes)
    byMeaning[s.meaning].push_back(std::move(s));
  std::vector<Scene> chunk;
  for (auto& [meaning, list] : byMeaning) {
    // Functions know no kernel parameters, and names of the module differ.
    bool comparable = list.size() > 1 && !meaning.empty() && list[0].module.empty() &&
                      list[0].space != Space::Param;
    for (Scene& s : list)
      (comparable ? chunk : result.scenes).push_back(std::move(s));
    if (chunk.size() >= kChunk) {
      workOn(std::move(chunk), result);
      chunk.clear();
    }
  }
  if (!chunk.empty())
    workOn(std::move(chunk), result);
  return result;
}

} // namespace anywarp::ptxsweep
