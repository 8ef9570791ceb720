// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Index::slice(): what one kernel needs of a program, parsed and with unique names.
#include "ptx/index.h"
#include "ptx/layout.h"
#include "ptx/lexer.h"
#include "ptx/parser.h"

#include <algorithm>
#include <fmt/core.h>
#include <unordered_set>

namespace anywarp::ptx {
namespace {

std::string_view withoutTrailingDigits(std::string_view name) {
  size_t end = name.find_last_not_of("0123456789");
  return end == std::string_view::npos ? name : name.substr(0, end + 1);
}

} // namespace

class Slicer {
public:
  explicit Slicer(const Index& index) : index_(index) {}
  Result<Index::Slice> run(const IndexedFunction& kernel);

private:
  using Entity = Index::Entity;
  using Kind = Entity::Kind;

  // Names that a function declares itself hide the module's. Only those that the module has as
  // well are kept, so that these sets are nearly always empty.
  struct Locals {
    std::vector<std::unordered_set<std::string_view>> scopes;
    std::unordered_set<std::string_view> ranges;
    std::unordered_map<std::string_view, const Prototype*> prototypes;
  };

  static uint64_t key(const Entity& entity) { return uint64_t(entity.kind) << 32 | entity.index; }
  void need(uint32_t function); // its definition
  Result<void> addFunction(uint32_t id);
  void addVariables();
  void addDeclarations();
  void addIndirectTargets();
  void addUnit(uint32_t unit);

  std::string_view uniqueName(const Entity& entity, std::string_view name, uint32_t unit);
  std::string_view keep(std::string name);

  void hide(std::string_view name);
  void collectFunctionNames(const Block& block);
  void collectBlockNames(const Block& block);
  void visit(Block& block);
  void visit(Instruction& instruction);
  void visitCall(Instruction& instruction);
  void visit(Targets& targets);
  void visit(Operand& operand);
  // The entity that `name` means here, with its unique name put into `name`; null: not the
  // module's.
  const Entity* refer(std::string_view& name, SourceLoc loc);

  const Index& index_;
  Index::Slice slice_;
  std::vector<uint32_t> pending_;       // functions to parse
  std::unordered_set<uint32_t> needed_; // ever in pending_
  std::vector<uint32_t> mentioned_;     // functions of which the address is used
  std::vector<Entity> pendingVariables_;
  std::vector<uint32_t> runtime_;
  std::unordered_map<uint64_t, std::string_view> names_; // by key(): the unique name
  std::unordered_set<std::string_view> used_;
  std::unordered_map<uint32_t, uint32_t> fileBase_; // unit: what to add to its file numbers
  std::vector<Prototype> indirect_;                 // of indirect calls not handled yet
  bool anyIndirect_ = false;                        // a call through a pointer without a prototype

  uint32_t unit_ = 0; // of the function being visited
  Locals locals_;
  Error error_{Status::Success, {}};
};

std::string_view Slicer::keep(std::string name) {
  auto owned = std::make_shared<const std::string>(std::move(name));
  slice_.module.moreSources.push_back(owned);
  return *owned;
}

std::string_view Slicer::uniqueName(const Entity& entity, std::string_view name, uint32_t unit) {
  auto [it, isNew] = names_.try_emplace(key(entity));
  if (!isNew)
    return it->second;
  std::string_view unique = name;
  if (used_.contains(unique))
    unique = keep(fmt::format("{}${}", name, unit));
  while (used_.contains(unique))
    unique = keep(fmt::format("{}$", unique));
  used_.insert(unique);
  return it->second = unique;
}

// The first unit's text is module.source; file numbers of the others are moved out of its way.
void Slicer::addUnit(uint32_t unit) {
  auto [it, isNew] = fileBase_.try_emplace(unit, 0);
  if (!isNew)
    return;
  const Module& header = index_.unitHeaders_[unit];
  Module& module = slice_.module;
  uint32_t base = 0;
  if (fileBase_.size() == 1) {
    module.source = index_.units_[unit];
    module.versionMajor = header.versionMajor;
    module.versionMinor = header.versionMinor;
    module.targets = header.targets;
    module.addressSize = header.addressSize;
  } else {
    module.moreSources.push_back(index_.units_[unit]);
    for (const auto& [number, name] : module.files)
      base = std::max(base, number);
  }
  it->second = base;
  for (const auto& [number, name] : header.files)
    module.files.emplace_back(number + base, name);
}

void Slicer::need(uint32_t function) {
  if (needed_.insert(function).second)
    pending_.push_back(function);
}

Result<Index::Slice> Slicer::run(const IndexedFunction& kernel) {
  need(kernel.id);
  while (!pending_.empty()) {
    for (size_t i = 0; i < pending_.size(); ++i)
      AW_TRY(addFunction(pending_[i]));
    pending_.clear();
    addIndirectTargets();
  }
  addVariables();
  addDeclarations();
  return std::move(slice_);
}

Result<void> Slicer::addFunction(uint32_t id) {
  const IndexedFunction& indexed = index_.functions_[id];
  unit_ = indexed.unit;
  addUnit(unit_);
  auto parsed =
      parseFunction(*index_.units_[unit_], indexed.begin, indexed.end, indexed.header.loc);
  if (!parsed)
    return makeError(parsed.status(),
                     fmt::format("{}:{}", index_.nameOf(unit_), parsed.error().message));
  Function& function = *parsed;
  function.name = uniqueName({Kind::Function, id}, function.name, unit_);
  function.origin = index_.units_[unit_]->origin;

  locals_ = {};
  locals_.scopes.emplace_back();
  for (const Variable& variable : function.returns)
    hide(variable.name);
  for (const Variable& variable : function.params)
    hide(variable.name);
  collectFunctionNames(function.body);
  visit(function.body);
  if (error_.status != Status::Success)
    return error_;
  slice_.module.functions.push_back(std::move(function));
  slice_.functionIds.push_back(id);
  return {};
}

void Slicer::hide(std::string_view name) {
  if (index_.find(name, unit_))
    locals_.scopes.back().insert(name);
}

// Labels and prototypes belong to the whole function.
void Slicer::collectFunctionNames(const Block& block) {
  for (const Statement& statement : block.statements) {
    switch (statement.kind) {
    case Statement::Kind::Label:
      hide(statement.label.name);
      break;
    case Statement::Kind::Prototype:
      hide(statement.prototype->name);
      locals_.prototypes[statement.prototype->name] = statement.prototype.get();
      break;
    case Statement::Kind::Targets:
      hide(statement.targets->name);
      break;
    case Statement::Kind::Block:
      collectFunctionNames(*statement.block);
      break;
    default:
      break;
    }
  }
}

void Slicer::collectBlockNames(const Block& block) {
  for (const Statement& statement : block.statements) {
    if (statement.kind != Statement::Kind::Variable)
      continue;
    const Variable& variable = statement.variable;
    if (variable.count == 0)
      hide(variable.name);
    else if (!variable.name.starts_with('%'))
      locals_.ranges.insert(variable.name);
  }
}

void Slicer::visit(Block& block) {
  locals_.scopes.emplace_back();
  collectBlockNames(block);
  for (Statement& statement : block.statements) {
    switch (statement.kind) {
    case Statement::Kind::Instruction:
      visit(statement.instruction);
      break;
    case Statement::Kind::Block:
      visit(*statement.block);
      break;
    case Statement::Kind::Targets:
      visit(*statement.targets);
      break;
    default:
      break;
    }
  }
  locals_.scopes.pop_back();
}

void Slicer::visit(Targets& targets) {
  if (!targets.isCall)
    return;
  for (std::string_view& target : targets.targets)
    if (const Entity* entity = refer(target, {}); entity && entity->kind == Kind::Function)
      need(entity->index);
}

void Slicer::visit(Instruction& instruction) {
  if (instruction.debugFile != 0)
    instruction.debugFile += fileBase_[unit_];
  if (instruction.mnemonic == "call") {
    visitCall(instruction);
    return;
  }
  for (Operand& operand : instruction.operands)
    visit(operand);
}

// call [(returns),] callee [, (arguments)] [, prototype or targets];
void Slicer::visitCall(Instruction& instruction) {
  auto& operands = instruction.operands;
  size_t callee = !operands.empty() && operands[0].kind == Operand::Kind::List ? 1 : 0;
  for (size_t i = 0; i < operands.size(); ++i)
    if (i != callee)
      visit(operands[i]);
  if (callee >= operands.size())
    return;
  Operand& target = operands[callee];
  if (target.kind == Operand::Kind::Symbol) {
    if (const Entity* entity = refer(target.name, target.loc);
        entity && entity->kind == Kind::Function)
      need(entity->index);
    return;
  }
  if (target.kind != Operand::Kind::Register)
    return;
  const Operand& last = operands.back();
  if (&last == &target || last.kind != Operand::Kind::Symbol)
    anyIndirect_ = true;
  else if (auto it = locals_.prototypes.find(last.name); it != locals_.prototypes.end())
    indirect_.push_back(*it->second);
  // else a .calltargets list, whose members visit(Targets&) has
}

void Slicer::visit(Operand& operand) {
  if (operand.kind == Operand::Kind::Symbol || operand.kind == Operand::Kind::Register)
    if (const Entity* entity = refer(operand.name, operand.loc);
        entity && entity->kind == Kind::Function)
      mentioned_.push_back(entity->index);
  for (Operand& element : operand.elements)
    visit(element);
}

const Index::Entity* Slicer::refer(std::string_view& name, SourceLoc loc) {
  const Entity* entity = index_.find(name, unit_);
  if (!entity)
    return nullptr;
  for (const auto& scope : locals_.scopes)
    if (scope.contains(name))
      return nullptr;
  if (!locals_.ranges.empty() && locals_.ranges.contains(withoutTrailingDigits(name)))
    return nullptr;

  switch (entity->kind) {
  case Kind::Unresolved:
    if (error_.status == Status::Success)
      error_ = makeError(Status::InvalidPtx,
                         fmt::format("{}:{}:{}: error: '{}' is not defined in this program",
                                     index_.nameOf(unit_), loc.line, loc.column, name));
    return nullptr;
  case Kind::Function: {
    const IndexedFunction& function = index_.functions_[entity->index];
    name = uniqueName(*entity, function.header.name, function.unit);
    break;
  }
  case Kind::Runtime:
    if (!names_.contains(key(*entity)))
      runtime_.push_back(entity->index);
    name = uniqueName(*entity, name, unit_);
    break;
  case Kind::Variable:
  case Kind::Local: {
    const auto& list = entity->kind == Kind::Variable ? index_.variables_ : index_.locals_;
    const IndexedVariable& variable = list[entity->index];
    if (!names_.contains(key(*entity)))
      pendingVariables_.push_back(*entity);
    name = uniqueName(*entity, variable.variable.name, variable.unit);
    break;
  }
  }
  return entity;
}

void Slicer::addIndirectTargets() {
  if (indirect_.empty() && !anyIndirect_)
    return;
  for (uint32_t id : index_.addressTaken()) {
    const FunctionHeader& header = index_.functions_[id].header;
    if (header.isEntry)
      continue;
    if (anyIndirect_ || std::any_of(indirect_.begin(), indirect_.end(),
                                    [&](const Prototype& p) { return fits(p, header); }))
      need(id);
  }
  indirect_.clear();
}

// Initialisers name further variables and functions. What they name and nobody defines is left
// alone: such a slot stays zero (a pure virtual function in a vtable).
void Slicer::addVariables() {
  locals_ = {};
  for (size_t i = 0; i < pendingVariables_.size(); ++i) {
    const Entity entity = pendingVariables_[i];
    const bool numbered = entity.kind == Kind::Variable;
    const IndexedVariable& indexed = (numbered ? index_.variables_ : index_.locals_)[entity.index];
    unit_ = indexed.unit;
    addUnit(unit_);
    Variable variable = indexed.variable;
    variable.name = uniqueName(entity, variable.name, unit_);
    if (variable.init) {
      for (Initializer::Element& element : variable.init->elements) {
        const Entity* target =
            element.symbol.empty() ? nullptr : index_.find(element.symbol, unit_);
        if (!target || target->kind == Kind::Unresolved)
          continue;
        refer(element.symbol, variable.loc);
        if (target->kind == Kind::Function)
          mentioned_.push_back(target->index);
      }
    }
    slice_.module.variables.push_back(std::move(variable));
    slice_.variableIds.push_back(numbered ? entity.index : kNoId);
  }
}

void Slicer::addDeclarations() {
  for (uint32_t id : mentioned_) {
    if (!needed_.insert(id).second)
      continue;
    const IndexedFunction& indexed = index_.functions_[id];
    addUnit(indexed.unit);
    Function declaration;
    static_cast<FunctionHeader&>(declaration) = indexed.header;
    declaration.name = uniqueName({Kind::Function, id}, declaration.name, indexed.unit);
    declaration.isDeclaration = true;
    slice_.module.functions.push_back(std::move(declaration));
    slice_.functionIds.push_back(id);
  }
  for (uint32_t i : runtime_) {
    Function declaration;
    const FunctionHeader& known = index_.declarations_[i];
    declaration.loc = known.loc;
    declaration.isDeclaration = true;
    declaration.noreturn = known.noreturn;
    declaration.linkage = Linkage::Extern;
    declaration.returns = known.returns;
    declaration.params = known.params;
    declaration.name = uniqueName({Kind::Runtime, i}, known.name, 0);
    slice_.module.functions.push_back(std::move(declaration));
    slice_.functionIds.push_back(kNoId);
  }
}

Result<Index::Slice> Index::slice(std::string_view kernel) const {
  const IndexedFunction* found = entry(kernel);
  if (!found)
    return makeError(Status::NotFound, fmt::format("no kernel '{}' in this program", kernel));
  return Slicer(*this).run(*found);
}

const std::vector<uint32_t>& Index::addressTaken() const {
  std::call_once(addressTakenOnce_, [this] { findAddressTaken(); });
  return addressTaken_;
}

// A function name anywhere but in a call is its address. Over-estimates names that a body hides.
void Index::findAddressTaken() const {
  std::vector<bool> taken(functions_.size());
  auto note = [&](std::string_view name, uint32_t unit) {
    if (const Entity* entity = find(name, unit); entity && entity->kind == Entity::Kind::Function)
      taken[entity->index] = true;
  };
  for (const IndexedVariable& variable : variables_)
    if (variable.variable.init)
      for (const Initializer::Element& element : variable.variable.init->elements)
        if (!element.symbol.empty())
          note(element.symbol, variable.unit);

  const bool allEntries = std::all_of(functions_.begin(), functions_.end(),
                                      [](const auto& function) { return function.header.isEntry; });
  for (const IndexedFunction& function : functions_) {
    if (allEntries)
      break;
    Lexer lexer(*units_[function.unit], function.begin, function.end, function.header.loc);
    bool inBody = false, inCall = false;
    for (Token token = lexer.next(); token.kind != Tok::End && token.kind != Tok::Error;
         token = lexer.next()) {
      if (token.kind == Tok::Punct) {
        inBody |= token.op == op('{');
        inCall &= token.op != op(';');
      } else if (token.kind == Tok::Dot && token.text == "calltargets") {
        inCall = true;
      } else if (inBody && token.kind == Tok::Ident) {
        if (token.text == "call")
          inCall = true;
        else if (!inCall && token.text[0] != '%')
          note(token.text, function.unit);
      }
    }
  }
  for (uint32_t id = 0; id < taken.size(); ++id)
    if (taken[id])
      addressTaken_.push_back(id);
}

} // namespace anywarp::ptx
