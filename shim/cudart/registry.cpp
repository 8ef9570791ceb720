// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cudart/registry.h"

#include "common/call.h"
#include "core/memory.h"
#include "core/runtime.h"
#include "cudart/last_error.h"
#include "support/log.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>

namespace anywarp::cudart {

// One registered fatbin. The lists belong to Registry::mutex_, the rest to mutex_.
class RegisteredUnit {
public:
  explicit RegisteredUnit(const void* wrapper) : wrapper_(wrapper) {}

  struct Function {
    const void* host;
    const char* name;
    std::atomic<bool> known{false}; // kernel is set and no longer changes
    core::KernelRef kernel;
    Function(const void* h, const char* n) : host(h), name(n) {}
  };
  struct Variable {
    const void* host;
    const char* name;
    size_t size;
  };

  Result<core::LibraryRef> library() {
    std::lock_guard lock(mutex_);
    return libraryLocked();
  }
  Result<core::KernelRef> kernel(Function& function);
  void addManaged(const Variable& variable);
  Result<void> initManaged(core::Context& context) {
    if (managedContext_.load(std::memory_order_acquire) == context.id() ||
        !hasManaged_.load(std::memory_order_acquire)) [[likely]]
      return {};
    return initManagedSlow(context);
  }
  void unload();

  std::deque<Function> functions; // a deque: addresses stay
  std::deque<Variable> variables;
  size_t indexedFunctions = 0, indexedVariables = 0;

private:
  Result<void> initManagedSlow(core::Context& context);
  Result<core::LibraryRef> libraryLocked() {
    if (!library_)
      library_ = core::Library::load(wrapper_, true);
    return *library_;
  }

  const void* const wrapper_;
  std::mutex mutex_; // guards what follows and Function::kernel before it is known
  std::optional<Result<core::LibraryRef>> library_; // set at first use; a failure stays
  std::vector<Variable> managed_;
  std::atomic<bool> hasManaged_{false};
  std::atomic<uint64_t> managedContext_{0}; // Context::id() that the host variables point into
};

Result<core::KernelRef> RegisteredUnit::kernel(Function& function) {
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

void RegisteredUnit::addManaged(const Variable& variable) {
  std::lock_guard lock(mutex_);
  managed_.push_back(variable);
  managedContext_.store(0, std::memory_order_release);
  hasManaged_.store(true, std::memory_order_release);
}

Result<void> RegisteredUnit::initManagedSlow(core::Context& context) {
  std::lock_guard lock(mutex_);
  AW_LET(library, libraryLocked());
  for (const Variable& variable : managed_) {
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
  unit->functions.emplace_back(host, name);
  pending_ = true;
}

void Registry::addVariable(RegisteredUnit* unit, const void* host, const char* name, size_t size) {
  std::unique_lock lock(mutex_);
  unit->variables.push_back({host, name, size});
  pending_ = true;
}

void Registry::addManaged(RegisteredUnit* unit, void** host, const char* name, size_t size) {
  unit->addManaged({host, name, size});
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
    if (!functions_.empty() || !variables_.empty()) {
      functions_.clear();
      variables_.clear();
      for (auto& u : units_)
        u->indexedFunctions = u->indexedVariables = 0;
      pending_ = true;
    }
  }
  gone->unload();
}

void Registry::indexPending() {
  for (auto& unit : units_) {
    functions_.reserve(functions_.size() + unit->functions.size() - unit->indexedFunctions);
    for (; unit->indexedFunctions < unit->functions.size(); ++unit->indexedFunctions) {
      auto& function = unit->functions[unit->indexedFunctions];
      functions_.try_emplace(function.host, Slot{unit, &function});
    }
    for (; unit->indexedVariables < unit->variables.size(); ++unit->indexedVariables) {
      auto& variable = unit->variables[unit->indexedVariables];
      variables_.try_emplace(variable.host, Slot{unit, &variable});
    }
  }
  pending_ = false;
}

Registry::Slot Registry::find(const Index& index, const void* host) {
  {
    std::shared_lock lock(mutex_);
    if (auto it = index.find(host); it != index.end())
      return it->second;
    if (!pending_)
      return {};
  }
  std::unique_lock lock(mutex_);
  indexPending();
  auto it = index.find(host);
  return it == index.end() ? Slot{} : it->second;
}

Result<core::KernelRef> Registry::kernel(const void* host) {
  Slot slot = find(functions_, host);
  if (!slot.unit)
    return makeError(RuntimeStatus::InvalidDeviceFunction,
                     fmt::format("no kernel is registered for host function {}", host));
  return slot.unit->kernel(*static_cast<RegisteredUnit::Function*>(slot.entry));
}

Result<core::FunctionRef> Registry::function(const void* handle, core::Context& context) {
  if (Slot slot = find(functions_, handle); slot.unit) [[likely]] {
    AW_TRY(initManaged(slot.unit.get(), context));
    AW_LET(kernel, slot.unit->kernel(*static_cast<RegisteredUnit::Function*>(slot.entry)));
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
  if (Slot slot = find(variables_, host); slot.unit) {
    auto& variable = *static_cast<RegisteredUnit::Variable*>(slot.entry);
    AW_TRY(initManaged(slot.unit.get(), context));
    AW_LET(library, slot.unit->library());
    auto place = library->global(context, variable.name);
    if (!place && place.status() == Status::NotFound)
      return makeError(RuntimeStatus::InvalidSymbol,
                       fmt::format("variable {} is not in the PTX of the module that registers it",
                                   variable.name));
    return place;
  }
  // The address of a managed variable is the variable itself.
  if (auto allocation = core::Memory::find(host))
    if (allocation->kind == core::AllocationKind::Managed ||
        allocation->kind == core::AllocationKind::Variable)
      return ProgramVariable{allocation->base, allocation->size, false, true};
  return makeError(RuntimeStatus::InvalidSymbol,
                   fmt::format("no device variable is registered for host address {}", host));
}

Result<void> Registry::initManaged(RegisteredUnit* unit, core::Context& context) {
  return unit->initManaged(context);
}

} // namespace anywarp::cudart
