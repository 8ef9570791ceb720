// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Decompression.
#include "core/decompress.h"

#include "cuda/support.h"

#include <algorithm>

namespace anywarp::cuda {

Result<void> memBatchDecompressAsync(CUmemDecompressParams* params, size_t count,
                                     unsigned int flags, size_t* errorIndex, CUstream handle) {
  size_t failed = SIZE_MAX;
  auto tell = [&](Result<void> result) {
    if (!result && errorIndex)
      *errorIndex = failed;
    return result;
  };
  if (!params || !count || flags)
    return tell(makeError(Status::InvalidValue, "the list is empty or null, or flags are not 0"));
  Result<core::StreamRef> stream = findStream(handle);
  if (!stream)
    return tell(stream.error());
  std::vector<core::Decompression> batch;
  for (size_t i = 0; i < count; ++i) {
    const CUmemDecompressParams& p = params[i];
    if (std::any_of(std::begin(p.padding), std::end(p.padding), [](auto c) { return c != 0; })) {
      failed = i;
      return tell(makeError(Status::InvalidValue, "padding must be 0"));
    }
    batch.push_back({p.src, p.srcNumBytes, p.dst, p.dstNumBytes, p.dstActBytes, int(p.algo)});
  }
  return tell(core::decompress(**stream, batch, failed));
}

} // namespace anywarp::cuda
