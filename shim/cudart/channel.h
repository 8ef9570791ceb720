// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Between the runtime API's channel descriptors (bits per channel and a kind) and the driver's
// formats, which core uses. Stateless.
#pragma once

#include "core/array.h"
#include "cudart/types.h"
#include "support/result.h"

namespace anywarp::cudart {

struct ChannelFormat {
  int format = 0; // CUarray_format
  unsigned channels = 0;
};
// cudaErrorInvalidChannelDescriptor for descriptors that no format has.
Result<ChannelFormat> channelFormat(const cudaChannelFormatDesc& descriptor);
cudaChannelFormatDesc channelDescriptor(int format, unsigned channels);

} // namespace anywarp::cudart
