// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a runtime call works on: the calling thread's device and context. The context is whatever
// the driver API made current; without one, the primary context of the thread's device is retained
// once for the process and made current. Safe from any thread.
#pragma once

#include "core/context.h"
#include "core/device.h"
#include "core/stream.h"
#include "support/result.h"

#include <span>
#include <vector>

namespace anywarp::cudart {

// Opens the devices; NoDevice when there are none.
Result<void> initialize();
Result<core::Device*> deviceAt(int ordinal); // InvalidDevice
// The calling thread's device; makes no context.
Result<core::Device*> currentDevice();
// The usable context of the calling thread; its sticky error otherwise. Valid while it is current.
Result<core::Context*> currentContext();
// The primary context of a device, retained by this library.
Result<core::ContextRef> primaryContext(core::Device& device);

Result<void> setCurrentDevice(int ordinal);
// cudaSetValidDevices: the devices to choose from for threads that choose none.
Result<void> setValidDevices(std::span<const int> ordinals);
// cudaDeviceReset of the calling thread's device.
Result<void> resetCurrentDevice();

// A cudaStream_t of the current context; InvalidHandle for garbage.
Result<core::StreamRef> resolveStream(const void* handle);

} // namespace anywarp::cudart
