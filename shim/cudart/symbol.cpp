// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Device variables by the host address that stands for them.
#include "api/cudart/impl.h"
#include "common/call.h"
#include "cudart/copy.h"
#include "cudart/registry.h"

namespace anywarp::cudart {
namespace {

Result<ProgramVariable> find(const void* symbol) {
  AW_LET(context, currentContext());
  return Registry::get().variable(symbol, *context);
}

// The part of the variable that a copy touches.
Result<char*> part(const void* symbol, size_t offset, size_t count) {
  AW_LET(variable, find(symbol));
  AW_ARG(offset <= variable.size && count <= variable.size - offset,
         fmt::format("{} bytes at {} do not fit a variable of {} bytes", count, offset,
                     variable.size));
  return static_cast<char*>(variable.address) + offset;
}

Result<void> copyTo(const void* symbol, const void* src, size_t count, size_t offset,
                    cudaMemcpyKind kind, cudaStream_t stream, bool async) {
  AW_LET(direction, copyKind(kind));
  if (direction == core::CopyKind::HostToHost || direction == core::CopyKind::DeviceToHost)
    return makeError(RuntimeStatus::InvalidMemcpyDirection, "a variable is device memory");
  AW_LET(target, part(symbol, offset, count));
  return copyLinear(target, src, count, kind, stream, async);
}

Result<void> copyFrom(void* dst, const void* symbol, size_t count, size_t offset,
                      cudaMemcpyKind kind, cudaStream_t stream, bool async) {
  AW_LET(direction, copyKind(kind));
  if (direction == core::CopyKind::HostToHost || direction == core::CopyKind::HostToDevice)
    return makeError(RuntimeStatus::InvalidMemcpyDirection, "a variable is device memory");
  AW_LET(source, part(symbol, offset, count));
  return copyLinear(dst, source, count, kind, stream, async);
}

} // namespace

Result<void> getSymbolAddress(void** devPtr, const void* symbol) {
  AW_ARG(devPtr, "devPtr is null");
  AW_LET(variable, find(symbol));
  *devPtr = variable.address;
  return {};
}

Result<void> getSymbolSize(size_t* size, const void* symbol) {
  AW_ARG(size, "size is null");
  AW_LET(variable, find(symbol));
  *size = variable.size;
  return {};
}

Result<void> memcpyToSymbol(const void* symbol, const void* src, size_t count, size_t offset,
                            cudaMemcpyKind kind, cudaStream_t defaultStream) {
  return copyTo(symbol, src, count, offset, kind, defaultStream, false);
}

Result<void> memcpyToSymbolAsync(const void* symbol, const void* src, size_t count, size_t offset,
                                 cudaMemcpyKind kind, cudaStream_t stream) {
  return copyTo(symbol, src, count, offset, kind, stream, true);
}

Result<void> memcpyFromSymbol(void* dst, const void* symbol, size_t count, size_t offset,
                              cudaMemcpyKind kind, cudaStream_t defaultStream) {
  return copyFrom(dst, symbol, count, offset, kind, defaultStream, false);
}

Result<void> memcpyFromSymbolAsync(void* dst, const void* symbol, size_t count, size_t offset,
                                   cudaMemcpyKind kind, cudaStream_t stream) {
  return copyFrom(dst, symbol, count, offset, kind, stream, true);
}

} // namespace anywarp::cudart
