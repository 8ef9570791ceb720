// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/kernel.h"

#include "core/context.h"
#include "core/device.h"
#include "core/function.h"
#include "core/handles.h"
#include "core/library.h"
#include "core/module.h"
#include "core/runtime.h"

#include <fmt/core.h>

namespace anywarp::core {

Kernel::Kernel(LibraryRef library, std::string name)
    : library_(std::move(library)), name_(std::move(name)) {}

Kernel::~Kernel() = default;

KernelRef Kernel::fromHandle(const void* handle) {
  return HandleTable<Kernel>::get().find(handle);
}

void Kernel::forget() {
  std::lock_guard lock(mutex_);
  functions_.clear();
}

Result<FunctionRef> Kernel::function(Context& context) {
  AW_TRY(context.check());
  {
    std::lock_guard lock(mutex_);
    if (auto it = functions_.find(&context);
        it != functions_.end() && it->second.contextId == context.id())
      if (FunctionRef function = it->second.function.lock())
        return function;
  }
  Result<ModuleRef> module = library_->module(context);
  if (!module)
    return module.error();
  Result<FunctionRef> function = (*module)->function(name_);
  if (!function)
    return function;
  std::lock_guard lock(mutex_);
  for (auto& [code, value] : attributes_[context.device().ordinal()])
    (void)(*function)->setAttribute(code, value); // was checked when it was set
  (*function)->setKernelHandle(handle());
  functions_[&context] = {context.id(), *function};
  return function;
}

template <typename F> auto Kernel::onDevice(Device& device, F f) -> decltype(f(*FunctionRef())) {
  // The current context if it is one of this device, else the primary one.
  ContextRef context = Context::current();
  bool retained = false;
  if (!context || &context->device() != &device || !context->check()) {
    Result<ContextRef> primary = device.primaryRetain();
    if (!primary)
      return primary.error();
    context = *primary;
    retained = true;
  }
  auto answer = [&]() -> decltype(f(*FunctionRef())) {
    Result<FunctionRef> in = function(*context);
    if (!in)
      return in.error();
    return f(**in);
  }();
  if (retained)
    (void)device.primaryRelease();
  return answer;
}

Result<int> Kernel::attribute(int code, Device& device) {
  return onDevice(device, [&](Function& f) { return f.attribute(code); });
}

Result<void> Kernel::setAttribute(int code, int value, Device& device) {
  AW_TRY(onDevice(device, [&](Function& f) { return f.setAttribute(code, value); }));
  std::lock_guard lock(mutex_);
  attributes_[device.ordinal()][code] = value; // for contexts that load it later
  for (auto& [context, entry] : functions_)
    if (FunctionRef function = entry.function.lock())
      if (&function->device() == &device)
        (void)function->setAttribute(code, value);
  return {};
}

Result<void> Kernel::setCacheConfig(int config, Device& device) {
  if (config < 0 || config > 3)
    return makeError(Status::InvalidValue, fmt::format("{} is no CUfunc_cache", config));
  return {};
}

Result<KernelParam> Kernel::param(size_t index) {
  Context* context = Context::currentRaw();
  Result<Device*> first = Runtime::get().device(0);
  if (!context && !first)
    return first.error();
  return onDevice(context ? context->device() : **first,
                  [&](Function& f) { return f.param(index); });
}

} // namespace anywarp::core
