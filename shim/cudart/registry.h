// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The device code that compilers register from static constructors: fatbins, and which host address
// stands for which kernel or variable. Registering only notes pointers (a framework registers tens
// of thousands); a fatbin is opened when one of its kernels or variables is first used. One
// instance, never destroyed: registration runs before and unregistration after everybody's
// constructors. Safe from any thread.
#pragma once

#include "core/backend.h"
#include "core/context.h"
#include "core/function.h"
#include "core/library.h"
#include "core/texture_reference.h"
#include "cudart/pointer_map.h"
#include "support/result.h"

#include <atomic>
#include <cstddef>
#include <memory>
#include <shared_mutex>
#include <vector>

namespace anywarp::cudart {

// A texture reference of the program's, in one context.
struct BoundTexture {
  core::TextureReferenceRef reference;
  bool normalizedFloat = false;               // how the program declared it to be read
  std::atomic<size_t>* offset = nullptr;      // of its binding; SIZE_MAX: not bound
  std::shared_ptr<class RegisteredUnit> unit; // keeps `offset`
};

class RegisteredUnit;
struct RegisteredFunction;
struct RegisteredVariable;
struct RegisteredReference;

class Registry {
public:
  static Registry& get();

  // The pointers must stay valid until remove(), as those of static data do.
  RegisteredUnit* add(const void* wrapper);
  void addFunction(RegisteredUnit* unit, const void* host, const char* name);
  void addVariable(RegisteredUnit* unit, const void* host, const char* name);
  void addManaged(RegisteredUnit* unit, void** host, const char* name);
  void addTexture(RegisteredUnit* unit, const void* host, const char* name, bool normalizedFloat);
  void addSurface(RegisteredUnit* unit, const void* host, const char* name);
  void remove(RegisteredUnit* unit);

  // The kernel of a host stub; InvalidDeviceFunction when there is none.
  Result<core::KernelRef> kernel(const void* host);
  // What programs hand to launches: a host stub, a CUkernel or a CUfunction.
  Result<core::FunctionRef> function(const void* handle, core::Context& context);
  // A __device__, __constant__ or __managed__ variable by its host address; InvalidSymbol.
  Result<ProgramVariable> variable(const void* host, core::Context& context);
  // References by their host variable; InvalidTexture, InvalidSurface.
  Result<BoundTexture> texture(const void* host, core::Context& context);
  Result<core::SurfaceReferenceRef> surface(const void* host, core::Context& context);
  // Points the unit's host variables at its managed variables.
  Result<void> initManaged(RegisteredUnit* unit, core::Context& context);

private:
  // Where an address leads: the entry, and the unit to keep while it is used. Null: nowhere.
  template <typename T> struct Found {
    std::shared_ptr<RegisteredUnit> unit;
    T* entry = nullptr;
  };
  template <typename T> Found<T> find(const PointerMap<T>& index, const void* host);
  void indexPending(); // mutex_ held alone

  std::shared_mutex mutex_; // guards everything below and the lists in the units
  std::vector<std::shared_ptr<RegisteredUnit>> units_;
  PointerMap<RegisteredFunction> functions_;
  PointerMap<RegisteredVariable> variables_;
  PointerMap<RegisteredReference> references_; // textures and surfaces
  bool pending_ = false; // something was registered since the last indexPending()
};

} // namespace anywarp::cudart
