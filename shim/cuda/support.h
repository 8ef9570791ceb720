// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From CUDA's handles to core's objects, with the error that CUDA gives for a bad one. Used by the
// implementations in this folder. Safe from any thread.
#pragma once

#include "api/cuda/impl.h"
#include "common/call.h"
#include "core/array.h"
#include "core/context.h"
#include "core/device.h"
#include "core/event.h"
#include "core/function.h"
#include "core/green_context.h"
#include "core/jit_options.h"
#include "core/library.h"
#include "core/linker.h"
#include "core/memory.h"
#include "core/module.h"
#include "core/pool.h"
#include "core/runtime.h"
#include "core/stream.h"
#include "core/texture.h"
#include "core/texture_reference.h"
#include "cuda/types.h"
#include "support/result.h"

namespace anywarp::cuda {

inline Result<core::Device*> findDevice(CUdevice device) {
  return core::Runtime::get().device(device);
}

// The green context that a CUcontext stands for; null: none. A null handle means the current one.
inline core::GreenContextRef findGreenOf(CUcontext handle) {
  return handle ? core::GreenContext::fromContextHandle(handle) : core::Context::currentOf().green;
}

// The context of a handle; null means the calling thread's current one.
inline Result<core::ContextRef> findContext(CUcontext handle) {
  if (handle)
    if (core::GreenContextRef green = core::GreenContext::fromContextHandle(handle)) [[unlikely]]
      return green->rootRef();
  core::ContextRef context = handle ? core::Context::fromHandle(handle) : core::Context::current();
  if (!context)
    return makeError(Status::InvalidContext, handle ? "not a live context" : "no current context");
  return context;
}

// A stream of the current context.
inline Result<core::StreamRef> findStream(CUstream handle) {
  AW_LET(context, core::Context::require());
  return core::Stream::resolve(handle, *context, false);
}

#define AW_FIND(Type, name, what)                                                                  \
  inline Result<core::Type##Ref> find##Type(const void* handle) {                                  \
    core::Type##Ref object = core::Type::fromHandle(handle);                                       \
    if (!object)                                                                                   \
      return makeError(Status::InvalidHandle, "not a live " what);                                 \
    return object;                                                                                 \
  }
AW_FIND(Event, event, "event")
AW_FIND(Module, module, "module")
AW_FIND(Library, library, "library")
AW_FIND(Kernel, kernel, "kernel of a library")
AW_FIND(Linker, linker, "link state")
AW_FIND(Array, array, "array")
AW_FIND(MipmappedArray, mipmappedArray, "mipmapped array")
AW_FIND(TextureReference, textureReference, "texture reference")
AW_FIND(SurfaceReference, surfaceReference, "surface reference")
#undef AW_FIND

// A CUfunction, or a CUkernel standing for its function in the current context.
inline Result<core::FunctionRef> findFunction(CUfunction handle) {
  AW_LET(context, core::Context::require());
  return core::Function::resolve(handle, *context);
}

inline Result<core::PoolRef> findPool(CUmemoryPool handle) {
  core::PoolRef pool = core::Pool::fromHandle(handle);
  if (!pool)
    return makeError(Status::InvalidValue, "not a live memory pool");
  return pool;
}

inline Result<core::JitOptions> jitOptions(unsigned count, CUjit_option* options, void** values) {
  if (count && (!options || !values))
    return makeError(Status::InvalidValue, "options or their values are null");
  return core::JitOptions::parse(count, reinterpret_cast<const int*>(options), values);
}

// Stream priorities, as devices of compute capability 9.0 have them.
inline constexpr int kLeastPriority = 0, kGreatestPriority = -5;

inline void* address(CUdeviceptr pointer) {
  return reinterpret_cast<void*>(pointer);
}
inline CUdeviceptr devicePointer(const void* pointer) {
  return reinterpret_cast<CUdeviceptr>(pointer);
}
// The object's address as the handle that applications hold.
template <typename Handle, typename Ref> Handle asHandle(Ref& object) {
  return static_cast<Handle>(object->handle());
}

} // namespace anywarp::cuda
