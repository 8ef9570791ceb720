// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A module: one loaded program in one context, its functions and variables. Owned by its context
// and the handle table (explicit modules) or by a Library. Safe from any thread.
#pragma once

#include "core/api.h"
#include "core/backend.h"
#include "core/jit_options.h"
#include "core/texture_reference.h"
#include "support/result.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace anywarp::core {

class AW_API Module : public std::enable_shared_from_this<Module> {
public:
  Module(Context& context, std::unique_ptr<Program> program); // use load()
  ~Module();

  // cuModuleLoadData[Ex]: fatbin wrapper, fatbin, PTX text or cubin; the size is found in the
  // image.
  static Result<ModuleRef> load(Context& context, const void* image,
                                const JitOptions& options = {});
  static Result<ModuleRef> loadFile(Context& context, const char* path);
  // For core: from PTX units already extracted.
  static Result<ModuleRef> load(Context& context, std::vector<PtxUnit> units,
                                const JitOptions& options);
  Result<void> unload();
  static ModuleRef fromHandle(const void* handle); // null: not live
  void* handle() { return this; }

  Context& context() const { return *context_; }
  Program& program() { return *program_; }

  Result<FunctionRef> function(std::string_view name);                 // NotFound
  Result<ProgramVariable> global(std::string_view name);               // NotFound
  Result<TextureReferenceRef> textureReference(std::string_view name); // NotFound
  Result<SurfaceReferenceRef> surfaceReference(std::string_view name); // NotFound
  // Before a launch: what was set in references reaches the module's variables, once earlier work
  // of the context is done.
  Result<void> applyReferences() {
    if (references_->load(std::memory_order_acquire) == ReferenceState::Clean) [[likely]]
      return {};
    return applyReferencesSlow();
  }
  unsigned functionCount();
  std::vector<FunctionRef> functions();

private:
  friend class Library;
  static Result<ModuleRef> make(Context& context, std::vector<PtxUnit> units,
                                const JitOptions& options);
  friend class Context;
  void noteVariables(); // tells the memory table of all variables
  Result<void> applyReferencesSlow();
  Result<ProgramVariable> reference(std::string_view name, VariableKind kind, const char* what);
  // Unloaded: takes its handles and variables out of the tables and lets the functions go.
  void forget();

  const ContextRef context_; // a circle with the context's list, broken when the context goes
  const uint64_t contextId_;
  const std::unique_ptr<Program> program_;
  std::mutex mutex_; // guards what follows
  std::unordered_map<std::string, FunctionRef> functions_;
  bool forgotten_ = false;
  std::vector<void*> variables_;                                     // those in the memory table
  std::unordered_map<void*, TextureReferenceRef> textureReferences_; // by variable
  std::unordered_map<void*, SurfaceReferenceRef> surfaceReferences_;
  const ReferencesChanged references_ =
      std::make_shared<std::atomic<ReferenceState>>(ReferenceState::Clean);
  std::mutex applyMutex_; // held while references are applied; before all others
};

} // namespace anywarp::core
