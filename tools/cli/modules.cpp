// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See modules.h.
#include "modules.h"

#include "support/options.h"

#include <algorithm>

namespace anywarp::cli {
namespace {

bool isPtx(const image::Image* image) {
  return image->kind == image::Kind::Ptx;
}

bool unitHasPtx(const std::vector<const image::Image*>& unit) {
  return std::any_of(unit.begin(), unit.end(), isPtx);
}

} // namespace

bool ModuleImages::hasPtx() const {
  return std::all_of(units.begin(), units.end(), unitHasPtx);
}

bool ModuleImages::hasAnyPtx() const {
  return std::any_of(units.begin(), units.end(), unitHasPtx);
}

std::vector<ModuleImages> modulesOf(const image::ImageSet& set) {
  std::vector<ModuleImages> modules;
  ModuleImages relocatable;
  relocatable.relocatable = true;
  const image::Image* previous = nullptr;
  for (const image::Image& image : set.images()) {
    bool fresh = !previous || previous->unit != image.unit;
    previous = &image;
    if (image.relocatable) {
      if (fresh)
        relocatable.units.emplace_back();
      relocatable.units.back().push_back(&image);
    } else {
      if (fresh)
        modules.push_back({false, {{}}});
      modules.back().units[0].push_back(&image);
    }
  }
  if (relocatable.units.empty())
    return modules;
  if (relocatable.hasAnyPtx())
    std::erase_if(modules, [](const ModuleImages& m) { return !m.hasPtx(); });
  modules.push_back(std::move(relocatable));
  return modules;
}

Result<std::vector<PtxUnit>> ptxOf(const image::ImageSet& set, const ModuleImages& module) {
  std::vector<PtxUnit> texts;
  for (const auto& unit : module.units) {
    Error first;
    bool tried = false, found = false;
    for (const image::Image* image : set.ptxCandidates(unit[0]->unit, reportedCapability())) {
      auto text = image->unpack();
      if (text) {
        texts.push_back(std::make_shared<const PtxText>(std::move(*text)));
        found = true;
        break;
      }
      if (!tried)
        first = text.error();
      tried = true;
    }
    if (tried && !found)
      return first;
  }
  return texts;
}

uint32_t reportedCapability() {
  OptionVersion version = options().computeCapability;
  return static_cast<uint32_t>(10 * version.major + version.minor);
}

} // namespace anywarp::cli
