// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// AW_API marks what libanywarp.so exports to the shims and backends.
// Handles that applications see (CUcontext, CUstream, ...) are addresses of these objects; core
// speaks of them as `const void*` and never needs CUDA's headers. Numbers such as attribute codes
// and flags are CUDA's own and are passed through as int or unsigned.
#pragma once

#include "support/export.h"

#include <memory>

namespace anywarp::core {

class Context;
class Device;
class Event;
class Function;
class Kernel;
class Library;
class Linker;
class Module;
class Pool;
class Runtime;
class Stream;

using ContextRef = std::shared_ptr<Context>;
using EventRef = std::shared_ptr<Event>;
using FunctionRef = std::shared_ptr<Function>;
using KernelRef = std::shared_ptr<Kernel>;
using LibraryRef = std::shared_ptr<Library>;
using LinkerRef = std::shared_ptr<Linker>;
using ModuleRef = std::shared_ptr<Module>;
using PoolRef = std::shared_ptr<Pool>;
using StreamRef = std::shared_ptr<Stream>;

} // namespace anywarp::core
