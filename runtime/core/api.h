// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// AW_API marks what libanywarp.so exports to the shims and backends.
// Handles that applications see (CUcontext, CUstream, ...) are addresses of these objects; core
// speaks of them as `const void*` and never needs CUDA's headers. Numbers such as attribute codes
// and flags are CUDA's own and are passed through as int or unsigned.
#pragma once

#include "support/export.h"

#include <memory>

namespace anywarp::core {

class Array;
class Context;
class Device;
class Event;
class ExternalMemory;
class ExternalSemaphore;
class Function;
class GreenContext;
class Kernel;
class Library;
class Linker;
class MipmappedArray;
class Module;
class Multicast;
class PhysicalMemory;
class Pool;
class Runtime;
class Stream;
class Surface;
class SurfaceReference;
class Texture;
class TextureReference;

using ArrayRef = std::shared_ptr<Array>;
using ContextRef = std::shared_ptr<Context>;
using EventRef = std::shared_ptr<Event>;
using ExternalMemoryRef = std::shared_ptr<ExternalMemory>;
using ExternalSemaphoreRef = std::shared_ptr<ExternalSemaphore>;
using FunctionRef = std::shared_ptr<Function>;
using GreenContextRef = std::shared_ptr<GreenContext>;
using KernelRef = std::shared_ptr<Kernel>;
using LibraryRef = std::shared_ptr<Library>;
using LinkerRef = std::shared_ptr<Linker>;
using MipmappedArrayRef = std::shared_ptr<MipmappedArray>;
using ModuleRef = std::shared_ptr<Module>;
using MulticastRef = std::shared_ptr<Multicast>;
using PhysicalMemoryRef = std::shared_ptr<PhysicalMemory>;
using PoolRef = std::shared_ptr<Pool>;
using StreamRef = std::shared_ptr<Stream>;
using SurfaceRef = std::shared_ptr<Surface>;
using SurfaceReferenceRef = std::shared_ptr<SurfaceReference>;
using TextureRef = std::shared_ptr<Texture>;
using TextureReferenceRef = std::shared_ptr<TextureReference>;

} // namespace anywarp::core
