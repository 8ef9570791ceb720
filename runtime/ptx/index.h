// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A quick index of a program: what its PTX units define, without parsing bodies. One linear scan
// (hundreds of MB/s), so that a module with 20,000 kernels loads at once and each kernel is parsed
// and compiled when first used. Also numbers variables and functions: these numbers are what
// compiled code uses (AwLaunch::globals, function ids), so loader and compiler must both take them
// from here. Immutable after build(); safe from any thread.
#pragma once

#include "ptx/ast.h"
#include "support/ptx_unit.h"
#include "support/result.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace anywarp::ptx {

struct IndexedFunction {
  FunctionHeader header; // everything but the body
  uint32_t unit = 0;     // which unit defines it
  uint32_t begin = 0,
           end = 0; // byte range of the whole definition in that unit, directives included
  uint32_t id = 0;  // function id; a function's address in device code is kFunctionIdBase + id
  bool isWeak() const { return header.linkage == Linkage::Weak; }
};

struct IndexedVariable {
  Variable variable; // with initialiser
  uint32_t unit = 0;
  uint32_t id = 0;    // slot in AwLaunch::globals (global, const and managed variables only)
  uint64_t size = 0;  // bytes
  uint32_t align = 0; // bytes, resolved
  bool managed = false;
};

inline constexpr uint64_t kFunctionIdBase = 0x4157'0000'0000'0000; // not a canonical address
inline constexpr uint32_t kNoId = ~0u;

// Functions that no unit defines because the runtime does: vprintf, malloc, __assertfail, cuda*,
// ...
bool isRuntimeSymbol(std::string_view name);

class Index {
public:
  // Links the units' names: extern against visible and weak definitions. Fails for text that cannot
  // be scanned and for two strong definitions of a name; the message names symbol and unit. An
  // extern that nobody defines fails only the kernels that reach it, in slice(). `units` stay alive
  // with the index.
  static Result<std::shared_ptr<const Index>> build(std::vector<PtxUnit> units);

  const std::vector<IndexedFunction>& functions() const { return functions_; } // definitions, by id
  const std::vector<IndexedVariable>& variables() const {
    return variables_;
  } // global/const, by id
  // Name as seen from `unit` (a static symbol of that unit first, then the program's); null: none.
  const IndexedFunction* function(std::string_view name, uint32_t unit) const;
  const IndexedVariable* variable(std::string_view name, uint32_t unit) const;
  // By the program's visible names; then, as the driver does, by a unit's static names.
  const IndexedFunction* entry(std::string_view name) const;
  const IndexedVariable* visibleVariable(std::string_view name) const;
  // The kernels that entry() finds, in the order of the text. layoutParams() (layout.h) gives the
  // parameter block of `header`.
  std::vector<const IndexedFunction*> kernels() const;

  // Parses what compiling `kernel` needs: its body, every function reachable from it, and every
  // module-scope declaration they name. Functions whose address is taken anywhere in the program
  // and whose prototype fits are reachable from an indirect call. All names in the returned Module
  // are unique: a static symbol that clashes between units is renamed "name$unit"; a name that
  // .alias gives is replaced by the function's own. The kernel is module.functions[0].
  struct Slice {
    Module module;
    // Id of module.functions[i]. A function of which only the address is needed is a declaration
    // with its id; kNoId: a runtime symbol (isRuntimeSymbol).
    std::vector<uint32_t> functionIds;
    std::vector<uint32_t> variableIds; // id of module.variables[i]; kNoId for shared/extern shared
  };
  Result<Slice> slice(std::string_view kernel) const;

  // What messages call a unit: its origin, with its number where several have the same.
  std::string nameOf(uint32_t unit) const;
  // Units as given; debugging and cache keys.
  const std::vector<PtxUnit>& units() const { return units_; }
  uint64_t hash() const { return hash_; } // of all the text

private:
  friend class IndexBuilder;
  friend class Slicer;
  friend class ProgramChecker;

  // What a name means in a unit.
  struct Entity {
    enum class Kind : uint8_t {
      Function,   // functions_[index]
      Variable,   // variables_[index]
      Local,      // locals_[index]: shared and other unnumbered variables
      Runtime,    // declarations_[index]
      Unresolved, // declared, defined by nobody
    };
    Kind kind = Kind::Unresolved;
    uint32_t index = 0;
  };
  using Names = std::unordered_map<std::string_view, Entity>;

  const Entity* find(std::string_view name, uint32_t unit) const;
  // Ids of functions whose address code or data take; scans all bodies at the first call.
  const std::vector<uint32_t>& addressTaken() const;
  void findAddressTaken() const;

  std::vector<PtxUnit> units_;
  std::vector<Module> unitHeaders_; // version, target, files of each unit; nothing else
  std::vector<IndexedFunction> functions_;
  std::vector<IndexedVariable> variables_;
  std::vector<IndexedVariable> locals_;
  std::vector<FunctionHeader> declarations_;
  std::vector<Names> unitNames_;
  std::unordered_map<std::string_view, uint32_t> entries_, visibleVariables_;
  uint64_t hash_ = 0;
  mutable std::once_flag addressTakenOnce_;
  mutable std::vector<uint32_t> addressTaken_;
};

} // namespace anywarp::ptx
