// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/module.h"

#include "core/context.h"
#include "core/device.h"
#include "core/function.h"
#include "core/handles.h"
#include "core/image_units.h"
#include "core/memory.h"
#include "core/texture_reference.h"
#include "support/log.h"

namespace anywarp::core {

Module::Module(Context& context, std::unique_ptr<Program> program)
    : context_(context.shared_from_this()), contextId_(context.id()), program_(std::move(program)) {
}

Module::~Module() {
  forget();
}

void Module::forget() {
  decltype(functions_) functions;
  std::vector<void*> variables;
  decltype(textureReferences_) textures;
  decltype(surfaceReferences_) surfaces;
  {
    std::lock_guard lock(mutex_);
    forgotten_ = true;
    functions.swap(functions_);
    variables.swap(variables_);
    textures.swap(textureReferences_);
    surfaces.swap(surfaceReferences_);
  }
  for (auto& [variable, reference] : textures)
    HandleTable<TextureReference>::get().remove(reference.get());
  for (auto& [variable, reference] : surfaces)
    HandleTable<SurfaceReference>::get().remove(reference.get());
  for (auto& [name, function] : functions)
    HandleTable<Function>::get().remove(function.get());
  for (void* variable : variables)
    Memory::remove(variable);
}

Result<ModuleRef> Module::load(Context& context, const void* image, const JitOptions& options) {
  AW_TRY(context.check());
  Result<std::vector<PtxUnit>> units = readImage(image, options, context.device().capability());
  if (!units)
    return units.error();
  if (isText(image))
    AW_TRY(checkText(context.device().backend(), *units, options));
  return load(context, std::move(*units), options);
}

Result<ModuleRef> Module::loadFile(Context& context, const char* path) {
  AW_TRY(context.check());
  Result<std::vector<char>> bytes = readFile(path);
  if (!bytes)
    return bytes.error();
  Result<std::vector<PtxUnit>> units =
      readImageBytes(*bytes, {}, context.device().capability(), path);
  if (!units)
    return units.error();
  if (!bytes->empty() && isText(bytes->data()))
    AW_TRY(checkText(context.device().backend(), *units, {}));
  return load(context, std::move(*units), {});
}

Result<ModuleRef> Module::load(Context& context, std::vector<PtxUnit> units,
                               const JitOptions& options) {
  Result<ModuleRef> module = make(context, std::move(units), options);
  if (module) {
    context.addModule(*module);
    HandleTable<Module>::get().insert(*module);
  }
  return module;
}

Result<ModuleRef> Module::make(Context& context, std::vector<PtxUnit> units,
                               const JitOptions& options) {
  Result<std::unique_ptr<Program>> program = context.device().backend().load(std::move(units));
  if (!program) {
    log::warn("a module cannot be loaded: {}", program.error().message);
    options.writeError(program.error().message);
    return program.error();
  }
  auto module = std::make_shared<Module>(context, std::move(*program));
  module->noteVariables();
  return module;
}

Result<void> Module::unload() {
  ModuleRef self = context_->removeModule(this);
  if (!self && HandleTable<Module>::get().find(this))
    return makeError(Status::NotPermitted, "the module is a library's");
  if (!self)
    return makeError(Status::InvalidHandle, "the module was unloaded before");
  HandleTable<Module>::get().remove(this);
  if (context_->check())
    (void)context_->drain(); // its kernels may be on their way; their errors are kept
  forget();
  return {};
}

ModuleRef Module::fromHandle(const void* handle) {
  return HandleTable<Module>::get().find(handle);
}

Result<FunctionRef> Module::function(std::string_view name) {
  std::lock_guard lock(mutex_);
  if (forgotten_)
    return makeError(Status::InvalidHandle, "the module was unloaded");
  if (auto it = functions_.find(std::string(name)); it != functions_.end())
    return it->second;
  BackendKernel* kernel = program_->kernel(name);
  if (!kernel)
    return makeError(Status::NotFound, fmt::format("the module has no kernel {}", name));
  auto function = std::make_shared<Function>(shared_from_this(), *kernel);
  functions_.emplace(name, function);
  HandleTable<Function>::get().insert(function);
  return function;
}

Result<ProgramVariable> Module::global(std::string_view name) {
  const ProgramVariable* variable = program_->variable(name);
  if (!variable || variable->kind != VariableKind::Data)
    return makeError(Status::NotFound, fmt::format("the module has no variable {}", name));
  return *variable;
}

void Module::noteVariables() {
  for (const ProgramVariable& variable : program_->variables()) {
    if (variable.size == 0)
      continue;
    Allocation a;
    a.base = static_cast<char*>(variable.address);
    a.size = variable.size;
    a.kind = AllocationKind::Variable;
    a.managed = variable.managed;
    a.device = &context_->device();
    a.context = context_.get();
    // Not the context's to free: the program owns the storage.
    a.contextId = 0;
    Memory::insert(a);
    variables_.push_back(variable.address);
  }
}

Result<ProgramVariable> Module::reference(std::string_view name, VariableKind kind,
                                          const char* what) {
  const ProgramVariable* variable = program_->variable(name);
  if (!variable || variable->kind != kind)
    return makeError(Status::NotFound, fmt::format("the module has no {} {}", what, name));
  return *variable;
}

Result<TextureReferenceRef> Module::textureReference(std::string_view name) {
  Result<ProgramVariable> variable = reference(name, VariableKind::Texref, "texture reference");
  if (!variable)
    return variable.error();
  std::lock_guard lock(mutex_);
  if (forgotten_)
    return makeError(Status::InvalidHandle, "the module was unloaded");
  TextureReferenceRef& found = textureReferences_[variable->address];
  if (!found) {
    found = std::make_shared<TextureReference>(context_->device(), variable->address, references_);
    HandleTable<TextureReference>::get().insert(found);
  }
  return found;
}

Result<SurfaceReferenceRef> Module::surfaceReference(std::string_view name) {
  Result<ProgramVariable> variable = reference(name, VariableKind::Surfref, "surface reference");
  if (!variable)
    return variable.error();
  std::lock_guard lock(mutex_);
  if (forgotten_)
    return makeError(Status::InvalidHandle, "the module was unloaded");
  SurfaceReferenceRef& found = surfaceReferences_[variable->address];
  if (!found) {
    found = std::make_shared<SurfaceReference>(context_->device(), variable->address, references_);
    HandleTable<SurfaceReference>::get().insert(found);
  }
  return found;
}

Result<void> Module::applyReferencesSlow() {
  std::lock_guard one(applyMutex_);
  if (references_->load(std::memory_order_acquire) == ReferenceState::Clean)
    return {}; // another launch did it
  std::vector<TextureReferenceRef> textures;
  std::vector<SurfaceReferenceRef> surfaces;
  {
    std::lock_guard lock(mutex_);
    for (auto& [variable, reference] : textureReferences_)
      textures.push_back(reference);
    for (auto& [variable, reference] : surfaceReferences_)
      surfaces.push_back(reference);
  }
  // Kernels under way still read the old bindings.
  AW_TRY(context_->drain());
  references_->store(ReferenceState::Applying, std::memory_order_release);
  Result<void> result;
  for (const TextureReferenceRef& reference : textures)
    if (Result<void> applied = reference->apply(); !applied && result)
      result = applied;
  for (const SurfaceReferenceRef& reference : surfaces)
    if (Result<void> applied = reference->apply(); !applied && result)
      result = applied;
  // What was set meanwhile, or failed, waits for the next launch.
  ReferenceState expected = ReferenceState::Applying;
  references_->compare_exchange_strong(expected,
                                       result ? ReferenceState::Clean : ReferenceState::Changed);
  return result;
}

unsigned Module::functionCount() {
  return unsigned(program_->kernelNames().size());
}

std::vector<FunctionRef> Module::functions() {
  std::vector<FunctionRef> list;
  for (const std::string& name : program_->kernelNames())
    if (Result<FunctionRef> f = function(name))
      list.push_back(*f);
  return list;
}

} // namespace anywarp::core
