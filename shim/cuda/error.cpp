// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Names and texts of error codes.
#include "common/errors.h"
#include "cuda/support.h"

namespace anywarp::cuda {
namespace {

const shim::ErrorRow* driverRow(CUresult error) {
  const shim::ErrorRow* row = shim::findError(error);
  return row && row->driverName ? row : nullptr;
}

} // namespace

Result<void> getErrorString(CUresult error, const char** text) {
  AW_ARG(text, "pStr is null");
  const shim::ErrorRow* row = driverRow(error);
  *text = row ? row->text : nullptr;
  if (!row)
    return makeError(Status::InvalidValue, "");
  return {};
}

Result<void> getErrorName(CUresult error, const char** name) {
  AW_ARG(name, "pStr is null");
  const shim::ErrorRow* row = driverRow(error);
  *name = row ? row->driverName : nullptr;
  if (!row)
    return makeError(Status::InvalidValue, "");
  return {};
}

} // namespace anywarp::cuda
