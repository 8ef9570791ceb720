// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a link made, and its logs.
#include "nvjitlink/support.h"

#include <cstring>

namespace anywarp::nvjitlink {
namespace {

template <typename Bytes>
Result<void> size(nvJitLinkHandle handle, size_t* out, Bytes Link::* what) {
  AW_LET(link, find(handle));
  if (!out)
    return fail(NVJITLINK_ERROR_NULL_INPUT, "the place for the size is null");
  std::lock_guard lock(link->mutex);
  *out = ((*link).*what).size();
  return {};
}

template <typename Bytes> Result<void> copy(nvJitLinkHandle handle, void* out, Bytes Link::* what) {
  AW_LET(link, find(handle));
  if (!out)
    return fail(NVJITLINK_ERROR_NULL_INPUT, "the place for the result is null");
  std::lock_guard lock(link->mutex);
  const Bytes& bytes = (*link).*what;
  std::memcpy(out, bytes.data(), bytes.size());
  return {};
}

Result<void> copyLog(nvJitLinkHandle handle, char* out, std::string Link::* what) {
  AW_TRY(copy(handle, out, what));
  AW_LET(link, find(handle));
  std::lock_guard lock(link->mutex);
  if (size_t length = ((*link).*what).size())
    out[length] = '\0';
  return {};
}

// NVJITLINK_ERROR_INTERNAL before the link is complete, INVALID_INPUT when this was not asked for.
template <typename Bytes> Result<void> checkThere(nvJitLinkHandle handle, Bytes Link::* what) {
  AW_LET(link, find(handle));
  std::lock_guard lock(link->mutex);
  if (!link->complete)
    return fail(NVJITLINK_ERROR_INTERNAL, "the link is not complete");
  if (((*link).*what).empty())
    return fail(NVJITLINK_ERROR_INVALID_INPUT, "the link made nothing of the kind");
  return {};
}

} // namespace

Result<void> getLinkedCubinSize(nvJitLinkHandle handle, size_t* out) {
  AW_TRY(checkThere(handle, &Link::cubin));
  return size(handle, out, &Link::cubin);
}
Result<void> getLinkedCubin(nvJitLinkHandle handle, void* out) {
  AW_TRY(checkThere(handle, &Link::cubin));
  return copy(handle, out, &Link::cubin);
}
Result<void> getLinkedPtxSize(nvJitLinkHandle handle, size_t* out) {
  AW_TRY(checkThere(handle, &Link::ptx));
  return size(handle, out, &Link::ptx);
}
Result<void> getLinkedPtx(nvJitLinkHandle handle, char* out) {
  AW_TRY(checkThere(handle, &Link::ptx));
  return copy(handle, out, &Link::ptx);
}
// A log that says something comes with its NUL.
Result<void> getErrorLogSize(nvJitLinkHandle handle, size_t* out) {
  AW_TRY(size(handle, out, &Link::errors));
  *out += *out ? 1 : 0;
  return {};
}
Result<void> getErrorLog(nvJitLinkHandle handle, char* out) {
  return copyLog(handle, out, &Link::errors);
}
Result<void> getInfoLogSize(nvJitLinkHandle handle, size_t* out) {
  AW_TRY(size(handle, out, &Link::info));
  *out += *out ? 1 : 0;
  return {};
}
Result<void> getInfoLog(nvJitLinkHandle handle, char* out) {
  return copyLog(handle, out, &Link::info);
}

Result<void> version(unsigned int* major, unsigned int* minor) {
  if (!major || !minor)
    return fail(NVJITLINK_ERROR_NULL_INPUT, "the place for the version is null");
  *major = ANYWARP_CUDA_VERSION / 1000;
  *minor = ANYWARP_CUDA_VERSION % 1000 / 10;
  return {};
}

} // namespace anywarp::nvjitlink
