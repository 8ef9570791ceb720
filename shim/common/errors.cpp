// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "common/errors.h"

#include <algorithm>
#include <iterator>

namespace anywarp::shim {
namespace {

constexpr uint32_t kUnknown = 999;

constexpr ErrorRow kRows[] = {
#define AW_ERROR(value, driver, runtime, text, driverCode, runtimeCode)                            \
  {value, driver, runtime, text, driverCode, runtimeCode},
#include "api/cuda/errors.inc"
#undef AW_ERROR
};

} // namespace

std::span<const ErrorRow> errorRows() {
  return kRows;
}

const ErrorRow* findError(uint32_t value) {
  auto it = std::lower_bound(std::begin(kRows), std::end(kRows), value,
                             [](const ErrorRow& row, uint32_t v) { return row.value < v; });
  return it != std::end(kRows) && it->value == value ? &*it : nullptr;
}

uint32_t runtimeError(uint32_t driverCode) {
  const ErrorRow* row = findError(driverCode);
  return row ? row->runtimeCode : kUnknown;
}

uint32_t driverError(uint32_t runtimeCode) {
  const ErrorRow* row = findError(runtimeCode);
  return row ? row->driverCode : kUnknown;
}

} // namespace anywarp::shim
