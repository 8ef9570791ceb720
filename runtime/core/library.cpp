// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/library.h"

#include "core/context.h"
#include "core/device.h"
#include "core/function.h"
#include "core/handles.h"
#include "core/image_units.h"
#include "core/module.h"
#include "core/runtime.h"
#include "support/options.h"

#include <fmt/core.h>
#include <map>
#include <optional>

namespace anywarp::core {

struct Library::Impl {
  // Guards everything below; held while the image is read and while a module is loaded, so that it
  // happens once. Before Context::mutex_ in the lock order.
  std::recursive_mutex mutex;
  const void* image = nullptr; // preserved by the application and not yet read
  JitOptions jit;
  std::optional<Error> failure; // reading it failed before
  // By the capability of the devices that they are for; an image may hold code for several.
  std::map<int, std::vector<PtxUnit>> units;
  bool indexed = false;
  std::vector<std::string_view> names;                     // of kernels, in the units' order
  std::unordered_map<std::string_view, KernelRef> kernels; // null until asked for
  struct Loaded {
    uint64_t contextId;
    ModuleRef module;
  };
  std::unordered_map<Context*, Loaded> modules;

  Result<void> read() {
    if (failure)
      return *failure;
    if (image) {
      const void* data = std::exchange(image, nullptr);
      Result<void> good =
          readWith([&](int capability) { return readImage(data, jit, capability); });
      jit = {}; // its buffers were only promised for the load call
      if (!good) {
        failure = good.error();
        return *failure;
      }
    }
    return {};
  }
  // For every capability that a device has. An error only when no device can use the image.
  template <typename Read> Result<void> readWith(Read&& reader) {
    std::optional<Error> error;
    for (Device* device : Runtime::get().devices()) {
      if (units.contains(device->capability()))
        continue;
      Result<std::vector<PtxUnit>> list = reader(device->capability());
      if (list)
        units[device->capability()] = std::move(*list);
      else
        error = list.error();
    }
    return units.empty() && error ? Result<void>(*error) : Result<void>();
  }
  // CUDA_MODULE_LOADING=EAGER: errors in the text are the load call's.
  Result<void> checkIfEager(const JitOptions& options) {
    if (anywarp::options().moduleLoading != ModuleLoadingOption::Eager)
      return {};
    for (Device* device : Runtime::get().devices())
      if (auto found = units.find(device->capability()); found != units.end())
        AW_TRY(checkText(device->backend(), found->second, options));
    return {};
  }
  Result<void> index() {
    AW_TRY(read());
    if (std::exchange(indexed, true))
      return {};
    for (const auto& [capability, list] : units)
      for (const PtxUnit& unit : list)
        for (std::string_view name : entryNames(*unit))
          if (kernels.emplace(name, nullptr).second)
            names.push_back(name);
    return {};
  }
};

Library::Library() : impl_(std::make_unique<Impl>()) {}

Library::~Library() = default;

Result<LibraryRef> Library::load(const void* image, bool preserved, const JitOptions& options) {
  AW_TRY(Runtime::get().check());
  if (!image)
    return makeError(Status::InvalidValue, "the library image is null");
  auto library = std::make_shared<Library>();
  library->impl_->image = image;
  if (!preserved) {
    library->impl_->jit = options;
    AW_TRY(library->impl_->read());
    AW_TRY(library->impl_->checkIfEager(options));
  }
  HandleTable<Library>::get().insert(library);
  return library;
}

Result<LibraryRef> Library::loadFile(const char* path) {
  AW_TRY(Runtime::get().check());
  Result<std::vector<char>> bytes = readFile(path);
  if (!bytes)
    return bytes.error();
  auto library = std::make_shared<Library>();
  AW_TRY(library->impl_->readWith(
      [&](int capability) { return readImageBytes(*bytes, {}, capability, path); }));
  AW_TRY(library->impl_->checkIfEager({}));
  HandleTable<Library>::get().insert(library);
  return library;
}

Result<void> Library::unload() {
  LibraryRef self = HandleTable<Library>::get().remove(this);
  if (!self)
    return makeError(Status::InvalidHandle, "the library was unloaded before");
  decltype(impl_->kernels) kernels;
  decltype(impl_->modules) modules;
  {
    std::lock_guard lock(impl_->mutex);
    kernels.swap(impl_->kernels);
    modules.swap(impl_->modules);
    impl_->failure = makeError(Status::InvalidHandle, "the library was unloaded");
  }
  for (auto& [name, kernel] : kernels)
    if (kernel) {
      HandleTable<Kernel>::get().remove(kernel.get());
      kernel->forget();
    }
  for (auto& [context, loaded] : modules) {
    HandleTable<Module>::get().remove(loaded.module.get());
    if (context->id() == loaded.contextId && context->check())
      (void)context->drain(); // its kernels may be on their way; their errors are kept
    loaded.module->forget();
  }
  return {};
}

LibraryRef Library::fromHandle(const void* handle) {
  return HandleTable<Library>::get().find(handle);
}

Result<KernelRef> Library::kernel(std::string_view name) {
  std::lock_guard lock(impl_->mutex);
  AW_TRY(impl_->index());
  auto it = impl_->kernels.find(name);
  if (it == impl_->kernels.end())
    return makeError(Status::NotFound, fmt::format("the library has no kernel {}", name));
  if (!it->second) {
    it->second = std::make_shared<Kernel>(shared_from_this(), std::string(name));
    HandleTable<Kernel>::get().insert(it->second);
  }
  return it->second;
}

Result<ModuleRef> Library::module(Context& context) {
  AW_TRY(context.check());
  std::lock_guard lock(impl_->mutex);
  if (auto it = impl_->modules.find(&context);
      it != impl_->modules.end() && it->second.contextId == context.id())
    return it->second.module;
  AW_TRY(impl_->read());
  auto units = impl_->units.find(context.device().capability());
  if (units == impl_->units.end())
    return makeError(Status::NoBinaryForGpu,
                     fmt::format("the library has no code for compute capability {}.{}",
                                 context.device().info().computeMajor,
                                 context.device().info().computeMinor));
  Result<ModuleRef> module = Module::make(context, units->second, {});
  if (!module)
    return module;
  impl_->modules[&context] = {context.id(), *module};
  HandleTable<Module>::get().insert(*module);
  context.addLibrary(weak_from_this());
  return module;
}

Result<ProgramVariable> Library::global(Context& context, std::string_view name) {
  Result<ModuleRef> loaded = module(context);
  if (!loaded)
    return loaded.error();
  return (*loaded)->global(name);
}

Result<ProgramVariable> Library::managed(Context& context, std::string_view name) {
  Result<ProgramVariable> variable = global(context, name);
  if (variable && !variable->managed)
    return makeError(Status::NotFound, fmt::format("the variable {} is not managed", name));
  return variable;
}

Result<unsigned> Library::kernelCount() {
  std::lock_guard lock(impl_->mutex);
  AW_TRY(impl_->index());
  return unsigned(impl_->names.size());
}

Result<std::vector<KernelRef>> Library::kernels() {
  std::lock_guard lock(impl_->mutex);
  AW_TRY(impl_->index());
  std::vector<KernelRef> list;
  for (std::string_view name : impl_->names) {
    Result<KernelRef> one = kernel(name);
    if (!one)
      return one.error();
    list.push_back(*one);
  }
  return list;
}

void Library::contextGone(Context& context) {
  ModuleRef gone;
  std::lock_guard lock(impl_->mutex);
  auto it = impl_->modules.find(&context);
  if (it == impl_->modules.end())
    return;
  gone = std::move(it->second.module);
  impl_->modules.erase(it);
  HandleTable<Module>::get().remove(gone.get());
  gone->forget();
}

} // namespace anywarp::core
