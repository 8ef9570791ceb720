// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See check_ptx.h.
#include "check_ptx.h"

#include "ptx/check.h"
#include "ptx/index.h"

namespace anywarp::cli {

std::vector<PtxProblem> checkPtx(std::vector<PtxUnit> units, size_t& kernelLimit) {
  std::vector<PtxProblem> problems;
  auto index = ptx::Index::build(std::move(units));
  if (!index) {
    problems.push_back({"", index.error().message});
    return problems;
  }
  if ((*index)->functions().size() <= kernelLimit) {
    std::vector<ptx::Unsupported> unsupported;
    if (Result<void> good = ptx::checkBodies(**index, &unsupported); !good) {
      problems.push_back({"", good.error().message}); // the module is refused as a whole
      return problems;
    }
    for (const ptx::Unsupported& u : unsupported)
      problems.push_back({std::string(u.function), u.text});
  }
  for (const ptx::IndexedFunction& function : (*index)->functions()) {
    if (!function.header.isEntry)
      continue;
    if (kernelLimit == 0)
      break;
    --kernelLimit;
    auto slice = (*index)->slice(function.header.name);
    if (!slice)
      problems.push_back({std::string(function.header.name), slice.error().message});
  }
  return problems;
}

} // namespace anywarp::cli
