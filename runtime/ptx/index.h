// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A quick index of a program: what its PTX units define, without parsing bodies. One linear scan
// (hundreds of MB/s), so that a module with 20,000 kernels loads at once and each kernel is parsed
// and compiled when first used. Also numbers variables and functions: these numbers are what
// compiled code uses (AwLaunch::globals, function ids), so loader and compiler must both take them
// from here. Immutable after build(); safe from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ptx/ast.h"
#include "support/result.h"

namespace anywarp::ptx {

struct IndexedFunction {
  Function header;      // everything but the body
  uint32_t unit = 0;    // which unit defines it
  uint32_t begin = 0, end = 0; // byte range of the whole definition in that unit, directives included
  uint32_t id = 0;      // function id; a function's address in device code is kFunctionIdBase + id
  bool isWeak() const { return header.linkage == Linkage::Weak; }
};

struct IndexedVariable {
  Variable variable;    // with initialiser
  uint32_t unit = 0;
  uint32_t id = 0;      // slot in AwLaunch::globals (global, const and managed variables only)
  uint64_t size = 0;    // bytes
  uint32_t align = 0;   // bytes, resolved
  bool managed = false;
};

inline constexpr uint64_t kFunctionIdBase = 0x4157'0000'0000'0000; // not a canonical address

class Index {
public:
  // Links the units' names: extern against visible and weak definitions; a duplicate strong
  // definition or an unresolved extern that is not a known runtime symbol is an error whose message
  // names the symbol and unit. `units` stay alive with the index.
  static Result<std::shared_ptr<const Index>> build(std::vector<std::shared_ptr<const std::string>> units);

  const std::vector<IndexedFunction>& functions() const { return functions_; } // definitions, by id
  const std::vector<IndexedVariable>& variables() const { return variables_; } // global/const, by id
  // Name as seen from `unit` (a static symbol of that unit first, then the program's); null: none.
  const IndexedFunction* function(std::string_view name, uint32_t unit) const;
  const IndexedVariable* variable(std::string_view name, uint32_t unit) const;
  // By the program's visible names.
  const IndexedFunction* entry(std::string_view name) const;
  const IndexedVariable* visibleVariable(std::string_view name) const;

  // Parses what compiling `kernel` needs: its body, every function reachable from it, and every
  // module-scope declaration they name. Functions whose address is taken anywhere in the program
  // and whose prototype fits are reachable from an indirect call. All names in the returned Module
  // are unique: a static symbol that clashes between units is renamed "name$unit".
  struct Slice {
    Module module;
    std::vector<uint32_t> functionIds; // id of module.functions[i]; ~0u for declarations
    std::vector<uint32_t> variableIds; // id of module.variables[i]; ~0u for shared/extern shared
  };
  Result<Slice> slice(std::string_view kernel) const;

  // Units as given; debugging and cache keys.
  const std::vector<std::shared_ptr<const std::string>>& units() const { return units_; }
  uint64_t hash() const { return hash_; } // of all the text

private:
  std::vector<std::shared_ptr<const std::string>> units_;
  std::vector<IndexedFunction> functions_;
  std::vector<IndexedVariable> variables_;
  std::vector<std::unordered_map<std::string_view, uint32_t>> unitFunctions_, unitVariables_;
  std::unordered_map<std::string_view, uint32_t> visibleFunctions_, visibleVariables_;
  uint64_t hash_ = 0;
};

} // namespace anywarp::ptx
