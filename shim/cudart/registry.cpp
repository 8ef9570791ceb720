// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cudart/registry.h"

#include "common/call.h"
#include "core/memory.h"
#include "core/module.h"
#include "core/runtime.h"
#include "cudart/last_error.h"
#include "support/log.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>

namespace anywarp::cudart {

struct RegisteredFunction {
  RegisteredUnit* unit;
  const void* host;
  const char* name;
  std::atomic<bool> known{false}; // kernel is set and no longer changes
  core::KernelRef kernel;
  RegisteredFunction(RegisteredUnit* u, const void* h, const char* n) : unit(u), host(h), name(n) {}
};

struct RegisteredVariable {
  RegisteredUnit* unit;
  const void* host;
  const char* name;
};

struct RegisteredReference {
  RegisteredUnit* unit;
  const void* host;
  const char* name;
  bool surface, normalizedFloat;
  std::atomic<size_t> offset{SIZE_MAX};
  RegisteredReference(RegisteredUnit* u, const void* h, const char* n, bool s, bool f)
      : unit(u), host(h), name(n), surface(s), normalizedFloat(f) {}
};

// One registered fatbin. The lists belong to Registry::mutex_, the rest to mutex_.
class RegisteredUnit : public std::enable_shared_from_this<RegisteredUnit> {
public:
  explicit RegisteredUnit(const void* wrapper) : wrapper_(wrapper) {}

  Result<core::LibraryRef> library() {
    std::lock_guard lock(mutex_);
    return libraryLocked();
  }
  Result<core::KernelRef> kernel(RegisteredFunction& function);
  void addManaged(const RegisteredVariable& variable);
  Result<void> initManaged(core::Context& context) {
    if (managedContext_.load(std::memory_order_acquire) == context.id() ||
        !hasManaged_.load(std::memory_order_acquire)) [[likely]]
      return {};
    return initManagedSlow(context);
  }
  void unload();

  std::deque<RegisteredFunction> functions; // a deque: addresses stay
  std::deque<RegisteredVariable> variables;
  std::deque<RegisteredReference> references;
  size_t indexedFunctions = 0, indexedVariables = 0, indexedReferences = 0;

private:
  Result<void> initManagedSlow(core::Context& context);
  Result<core::LibraryRef> libraryLocked() {
    if (!library_)
      library_ = core::Library::load(wrapper_, true);
    return *library_;
  }

  const void* const wrapper_;
  std::mutex mutex_; // guards what follows and a function's kernel until known
  std::optional<Result<core::LibraryRef>> library_; // set at first use; a failure stays
  std::vector<RegisteredVariable> managed_;
  std::atomic<bool> hasManaged_{false};
  std::atomic<uint64_t> managedContext_{0}; // Context::id() that the host variables point into
};

Result<core::KernelRef> RegisteredUnit::kernel(RegisteredFunction& function) {
  if (function.known.load(std::memory_order_acquire)) [[likely]]
    return function.kernel;
  std::lock_guard lock(mutex_);
  AW_LET(library, libraryLocked());
  if (!function.kernel) {
    auto kernel = library->kernel(function.name);
    if (!kernel && kernel.status() == Status::NotFound)
      return makeError(RuntimeStatus::InvalidDeviceFunction,
                       fmt::format("kernel {} is not in the PTX of the module that registers it",
                                   function.name));
    AW_TRY(kernel);
    function.kernel = *kernel;
    function.known.store(true, std::memory_order_release);
  }
  return function.kernel;
}

void RegisteredUnit::addManaged(const RegisteredVariable& variable) {
  std::lock_guard lock(mutex_);
  managed_.push_back(variable);
  managedContext_.store(0, std::memory_order_release);
  hasManaged_.store(true, std::memory_order_release);
}

Result<void> RegisteredUnit::initManagedSlow(core::Context& context) {
  std::lock_guard lock(mutex_);
  AW_LET(library, libraryLocked());
  for (const RegisteredVariable& variable : managed_) {
    auto place = library->managed(context, variable.name);
    if (!place && place.status() == Status::NotFound)
      continue; // unused by device code, so the compiler left it out
    AW_TRY(place);
    *static_cast<void**>(const_cast<void*>(variable.host)) = place->address;
  }
  managedContext_.store(context.id(), std::memory_order_release);
  return {};
}

void RegisteredUnit::unload() {
  std::lock_guard lock(mutex_);
  if (library_ && *library_ && core::Runtime::get().initialized())
    (void)(**library_)->unload();
  library_ = makeError(RuntimeStatus::InvalidDeviceFunction, "the module was unregistered");
}

Registry& Registry::get() {
  static auto* registry = new Registry;
  return *registry;
}

RegisteredUnit* Registry::add(const void* wrapper) {
  auto unit = std::make_shared<RegisteredUnit>(wrapper);
  std::unique_lock lock(mutex_);
  units_.push_back(unit);
  return unit.get();
}

void Registry::addFunction(RegisteredUnit* unit, const void* host, const char* name) {
  std::unique_lock lock(mutex_);
  unit->functions.emplace_back(unit, host, name);
  pending_ = true;
}

void Registry::addVariable(RegisteredUnit* unit, const void* host, const char* name) {
  std::unique_lock lock(mutex_);
  unit->variables.push_back({unit, host, name});
  pending_ = true;
}

void Registry::addManaged(RegisteredUnit* unit, void** host, const char* name) {
  unit->addManaged({unit, host, name});
}

void Registry::addTexture(RegisteredUnit* unit, const void* host, const char* name,
                          bool normalizedFloat) {
  std::unique_lock lock(mutex_);
  unit->references.emplace_back(unit, host, name, false, normalizedFloat);
  pending_ = true;
}

void Registry::addSurface(RegisteredUnit* unit, const void* host, const char* name) {
  std::unique_lock lock(mutex_);
  unit->references.emplace_back(unit, host, name, true, false);
  pending_ = true;
}

void Registry::remove(RegisteredUnit* unit) {
  std::shared_ptr<RegisteredUnit> gone;
  {
    std::unique_lock lock(mutex_);
    auto it =
        std::find_if(units_.begin(), units_.end(), [&](const auto& u) { return u.get() == unit; });
    if (it == units_.end())
      return;
    gone = *it;
    units_.erase(it);
    // Several units may have registered the same inline stub; those left take their places again.
    if (!functions_.empty() || !variables_.empty() || !references_.empty()) {
      functions_.clear();
      variables_.clear();
      references_.clear();
      for (auto& u : units_)
        u->indexedFunctions = u->indexedVariables = u->indexedReferences = 0;
      pending_ = true;
    }
  }
  gone->unload();
}

void Registry::indexPending() {
  for (auto& unit : units_) {
    for (; unit->indexedFunctions < unit->functions.size(); ++unit->indexedFunctions) {
      RegisteredFunction& function = unit->functions[unit->indexedFunctions];
      functions_.insert(function.host, &function);
    }
    for (; unit->indexedVariables < unit->variables.size(); ++unit->indexedVariables) {
      RegisteredVariable& variable = unit->variables[unit->indexedVariables];
      variables_.insert(variable.host, &variable);
    }
    for (; unit->indexedReferences < unit->references.size(); ++unit->indexedReferences) {
      RegisteredReference& reference = unit->references[unit->indexedReferences];
      references_.insert(reference.host, &reference);
    }
  }
  pending_ = false;
}

template <typename T>
Registry::Found<T> Registry::find(const PointerMap<T>& index, const void* host) {
  if (!host)
    return {};
  {
    std::shared_lock lock(mutex_);
    if (T* entry = index.find(host))
      return {entry->unit->shared_from_this(), entry};
    if (!pending_)
      return {};
  }
  std::unique_lock lock(mutex_);
  indexPending();
  T* entry = index.find(host);
  return entry ? Found<T>{entry->unit->shared_from_this(), entry} : Found<T>{};
}

Result<core::KernelRef> Registry::kernel(const void* host) {
  auto found = find(functions_, host);
  if (!found.entry)
    return makeError(RuntimeStatus::InvalidDeviceFunction,
                     fmt::format("no kernel is registered for host function {}", host));
  return found.unit->kernel(*found.entry);
}

Result<core::FunctionRef> Registry::function(const void* handle, core::Context& context) {
  if (auto found = find(functions_, handle); found.entry) [[likely]] {
    AW_TRY(found.unit->initManaged(context));
    AW_LET(kernel, found.unit->kernel(*found.entry));
    auto function = kernel->function(context);
    if (!function && function.status() == Status::NotFound)
      return makeError(RuntimeStatus::InvalidDeviceFunction, function.error().message);
    return function;
  }
  if (!handle)
    return makeError(RuntimeStatus::InvalidDeviceFunction, "the kernel is null");
  auto function = core::Function::resolve(handle, context);
  if (!function && function.status() == Status::InvalidHandle)
    return makeError(RuntimeStatus::InvalidDeviceFunction,
                     fmt::format("{} is neither a registered kernel nor a kernel handle", handle));
  return function;
}

Result<ProgramVariable> Registry::variable(const void* host, core::Context& context) {
  if (auto found = find(variables_, host); found.entry) {
    const RegisteredVariable& variable = *found.entry;
    AW_TRY(found.unit->initManaged(context));
    AW_LET(library, found.unit->library());
    auto place = library->global(context, variable.name);
    if (!place && place.status() == Status::NotFound)
      return makeError(RuntimeStatus::InvalidSymbol,
                       fmt::format("variable {} is not in the PTX of the module that registers it",
                                   variable.name));
    return place;
  }
  // The address of a managed variable is the variable itself.
  if (auto allocation = core::Memory::find(host))
    if (allocation->managed || allocation->kind == core::AllocationKind::Variable)
      return ProgramVariable{allocation->base, allocation->size, false, true};
  return makeError(RuntimeStatus::InvalidSymbol,
                   fmt::format("no device variable is registered for host address {}", host));
}

Result<BoundTexture> Registry::texture(const void* host, core::Context& context) {
  auto found = find(references_, host);
  if (!found.entry || found.entry->surface)
    return makeError(RuntimeStatus::InvalidTexture,
                     fmt::format("no texture reference is registered at {}", host));
  AW_LET(library, found.unit->library());
  AW_LET(module, library->module(context));
  auto reference = module->textureReference(found.entry->name);
  if (!reference && reference.status() == Status::NotFound)
    return makeError(RuntimeStatus::InvalidTexture, reference.error().message);
  AW_TRY(reference);
  return BoundTexture{*reference, found.entry->normalizedFloat, &found.entry->offset, found.unit};
}

Result<core::SurfaceReferenceRef> Registry::surface(const void* host, core::Context& context) {
  auto found = find(references_, host);
  if (!found.entry || !found.entry->surface)
    return makeError(RuntimeStatus::InvalidSurface,
                     fmt::format("no surface reference is registered at {}", host));
  AW_LET(library, found.unit->library());
  AW_LET(module, library->module(context));
  auto reference = module->surfaceReference(found.entry->name);
  if (!reference && reference.status() == Status::NotFound)
    return makeError(RuntimeStatus::InvalidSurface, reference.error().message);
  return reference;
}

Result<void> Registry::initManaged(RegisteredUnit* unit, core::Context& context) {
  return unit->initManaged(context);
}

} // namespace anywarp::cudart
