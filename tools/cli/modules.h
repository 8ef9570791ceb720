// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The modules that a program would load from a file: each fatbin is one, and all relocatable units
// together are one.
#pragma once

#include "image/image.h"

#include <memory>
#include <string>
#include <vector>

namespace anywarp::cli {

struct ModuleImages {
  bool relocatable = false;
  std::vector<std::vector<const image::Image*>> units; // images of each translation unit
  bool hasPtx() const;                                 // in every unit
  bool hasAnyPtx() const;
};
// Where a relocatable module has PTX, the linked cubins without PTX next to it are left out: they
// are its compiled form.
std::vector<ModuleImages> modulesOf(const image::ImageSet& set);

// PTX of each unit as a device of this compute capability would take it; units without are left
// out. The error of the first unit whose PTX cannot be unpacked.
Result<std::vector<PtxUnit>> ptxOf(const image::ImageSet& set, const ModuleImages& module);

// What the environment asks devices to report, 10 * major + minor.
uint32_t reportedCapability();

} // namespace anywarp::cli
