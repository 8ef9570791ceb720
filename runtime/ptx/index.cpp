// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ptx/index.h"

#include "ptx/device_runtime.h"
#include "ptx/layout.h"
#include "ptx/lexer.h"
#include "ptx/parser_internal.h"

#include <algorithm>
#include <cstring>
#include <fmt/core.h>
#include <limits>

namespace anywarp::ptx {
namespace {

// Eight bytes a step; a cache key, not a defence against an attacker.
uint64_t hashText(std::string_view text, uint64_t seed) {
  uint64_t hash = seed ^ text.size();
  auto mix = [&](uint64_t word) {
    auto product = static_cast<unsigned __int128>(hash ^ word) * 0x9e3779b97f4a7c15;
    hash = static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64) ^ word;
  };
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    mix(word);
  }
  uint64_t last = 0;
  if (i != text.size())
    std::memcpy(&last, text.data() + i, text.size() - i);
  mix(last);
  mix(0x2545f4914f6cdd1d);
  return hash;
}

bool isNumbered(const Variable& variable) {
  return variable.space == Space::Global || variable.space == Space::Const ||
         variable.space == Space::Tex;
}

bool isExternal(Linkage linkage) {
  return linkage != Linkage::None;
}

} // namespace

bool isRuntimeSymbol(std::string_view name) {
  for (std::string_view exact :
       {"vprintf", "malloc", "free", "__assertfail", "__cxa_pure_virtual", "__cxa_deleted_virtual"})
    if (name == exact)
      return true;
  for (std::string_view prefix : {"cuda", "cnp", "__cuda", "__cnp"})
    if (name.starts_with(prefix))
      return true;
  return false;
}

// Links the scanned units. Definitions first, then aliases, then what is only declared.
class IndexBuilder {
public:
  explicit IndexBuilder(Index& index) : index_(index) {}
  Result<void> run();

private:
  using Entity = Index::Entity;
  // The program's definition of an external name.
  struct Definition {
    Entity entity;
    Linkage linkage = Linkage::None;
    uint32_t unit = 0;
  };
  struct Declaration {
    uint32_t unit = 0;
    std::string_view name;
    Linkage linkage = Linkage::None;
    const Function* function = nullptr; // else a variable
    const Variable* variable = nullptr;
  };

  Result<void> scan(uint32_t unit);
  Result<void> define(uint32_t unit, Function& function, ByteRange range);
  Result<void> define(uint32_t unit, Variable& variable);
  Result<void> duplicate(std::string_view name, uint32_t unit, SourceLoc loc, uint32_t other) const;
  // Decides between an earlier definition of an external name and a new one.
  enum class Choice { New, KeepOld, ReplaceOld, Clash };
  static Choice choose(const Definition* old, Linkage linkage);
  Entity addVariable(uint32_t unit, Variable& variable, const Entity* replaced);
  void resolveAliases();
  void resolveDeclarations();
  Entity dynamicShared(const Declaration& declaration);
  void nameTables();

  Index& index_;
  std::vector<Module> scanned_; // keeps declarations alive until they are resolved
  std::unordered_map<std::string_view, Definition> program_;
  std::vector<Declaration> declarations_;
  std::unordered_map<std::string_view, uint32_t> dynamicShared_;
};

Result<void> IndexBuilder::run() {
  const auto units = static_cast<uint32_t>(index_.units_.size());
  index_.unitNames_.resize(units);
  index_.unitHeaders_.resize(units);
  scanned_.resize(units);
  for (uint32_t unit = 0; unit < units; ++unit)
    AW_TRY(scan(unit));
  resolveAliases();
  resolveDeclarations();
  nameTables();
  return {};
}

Result<void> IndexBuilder::scan(uint32_t unit) {
  const auto& text = index_.units_[unit];
  if (!text || text->size() >= std::numeric_limits<uint32_t>::max())
    return makeError(
        Status::InvalidPtx,
        fmt::format("{}:1:1: error: no PTX text, or one of more than 4 GB", index_.nameOf(unit)));
  index_.hash_ = hashText(*text, index_.hash_);

  std::vector<ByteRange> ranges;
  auto module = Parser(*text, 0, static_cast<uint32_t>(text->size()), {1, 1}).module(&ranges);
  if (!module)
    return makeError(module.status(),
                     fmt::format("{}:{}", index_.nameOf(unit), module.error().message));
  Module& scanned = scanned_[unit] = std::move(*module);

  index_.unitNames_[unit].reserve(scanned.functions.size() + scanned.variables.size());
  index_.functions_.reserve(index_.functions_.size() + scanned.functions.size());
  for (size_t i = 0; i < scanned.functions.size(); ++i) {
    Function& function = scanned.functions[i];
    // What a program brings along of the device runtime library was made for another driver. A weak
    // definition is a stub that the compiler made for programs that do not link the library.
    const bool ours = function.linkage != Linkage::Weak && !function.isEntry &&
                      findDeviceRuntime(function.name) != nullptr;
    if (function.isDeclaration || ours)
      declarations_.push_back({unit, function.name, function.linkage, &function, nullptr});
    else
      AW_TRY(define(unit, function, ranges[i]));
  }
  for (Variable& variable : scanned.variables) {
    if (variable.linkage == Linkage::Extern)
      declarations_.push_back({unit, variable.name, variable.linkage, nullptr, &variable});
    else
      AW_TRY(define(unit, variable));
  }

  Module& header = index_.unitHeaders_[unit];
  header.versionMajor = scanned.versionMajor;
  header.versionMinor = scanned.versionMinor;
  header.targets = scanned.targets;
  header.addressSize = scanned.addressSize;
  header.files = scanned.files;
  return {};
}

Result<void> IndexBuilder::duplicate(std::string_view name, uint32_t unit, SourceLoc loc,
                                     uint32_t other) const {
  return makeError(Status::InvalidPtx, fmt::format("{}:{}:{}: error: '{}' is already defined in {}",
                                                   index_.nameOf(unit), loc.line, loc.column, name,
                                                   index_.nameOf(other)));
}

IndexBuilder::Choice IndexBuilder::choose(const Definition* old, Linkage linkage) {
  auto isSoft = [](Linkage l) { return l == Linkage::Weak || l == Linkage::Common; };
  if (!old)
    return Choice::New;
  if (isSoft(linkage))
    return Choice::KeepOld;
  return isSoft(old->linkage) ? Choice::ReplaceOld : Choice::Clash;
}

Result<void> IndexBuilder::define(uint32_t unit, Function& function, ByteRange range) {
  Index::Names& names = index_.unitNames_[unit];
  const std::string_view name = function.name;
  const Linkage linkage = function.linkage;
  const SourceLoc loc = function.loc;
  if (auto it = names.find(name); it != names.end() && linkage != Linkage::Weak)
    return duplicate(name, unit, loc, unit);

  auto next = static_cast<uint32_t>(index_.functions_.size());
  Definition* old = nullptr;
  if (isExternal(linkage)) {
    auto [it, isNew] = program_.try_emplace(name);
    if (isNew)
      it->second = {{Entity::Kind::Function, next}, linkage, unit};
    else
      old = &it->second;
  }
  switch (choose(old, linkage)) {
  case Choice::New:
    names[name] = {Entity::Kind::Function, next};
    index_.functions_.push_back({std::move(function), unit, range.begin, range.end, next});
    return {};
  case Choice::KeepOld:
    names[name] = old->entity;
    return {};
  case Choice::Clash:
    return duplicate(name, unit, loc, old->unit);
  case Choice::ReplaceOld:
    break;
  }
  if (old->entity.kind != Entity::Kind::Function)
    return duplicate(name, unit, loc, old->unit);
  const uint32_t id = old->entity.index;
  index_.functions_[id] = {std::move(function), unit, range.begin, range.end, id};
  names[name] = old->entity;
  old->linkage = linkage;
  old->unit = unit;
  return {};
}

IndexBuilder::Entity IndexBuilder::addVariable(uint32_t unit, Variable& variable,
                                               const Entity* replaced) {
  const bool numbered = isNumbered(variable);
  auto& list = numbered ? index_.variables_ : index_.locals_;
  Entity entity{numbered ? Entity::Kind::Variable : Entity::Kind::Local,
                static_cast<uint32_t>(list.size())};
  if (replaced && replaced->kind == entity.kind)
    entity = *replaced;
  else
    list.emplace_back();
  IndexedVariable& slot = list[entity.index];
  slot.unit = unit;
  slot.id = numbered ? entity.index : kNoId;
  if (variable.space == Space::Tex) // PTX ISA 5.1.8: ".tex .u32 t" is ".global .texref t"
    variable.type = Type::TexRef;
  slot.size = sizeOf(variable);
  slot.align = alignOf(variable);
  slot.managed = std::any_of(variable.attributes.begin(), variable.attributes.end(),
                             [](const auto& attribute) { return attribute.first == "managed"; });
  slot.variable = std::move(variable);
  return entity;
}

Result<void> IndexBuilder::define(uint32_t unit, Variable& variable) {
  Index::Names& names = index_.unitNames_[unit];
  const std::string_view name = variable.name;
  const Linkage linkage = variable.linkage;
  const SourceLoc loc = variable.loc;
  const bool isSoft = linkage == Linkage::Weak || linkage == Linkage::Common;
  if (names.contains(name) && !isSoft)
    return duplicate(name, unit, loc, unit);

  if (!isExternal(linkage)) {
    names[name] = addVariable(unit, variable, nullptr);
    return {};
  }
  auto [it, isNew] = program_.try_emplace(name);
  Definition& definition = it->second;
  Choice choice = choose(isNew ? nullptr : &definition, linkage);
  if (choice == Choice::KeepOld && linkage == Linkage::Common &&
      definition.linkage == Linkage::Common && definition.entity.kind == Entity::Kind::Variable &&
      sizeOf(variable) > index_.variables_[definition.entity.index].size)
    choice = Choice::ReplaceOld; // PTX ISA 11.6.4: the largest .common wins
  switch (choice) {
  case Choice::New:
    definition = {addVariable(unit, variable, nullptr), linkage, unit};
    break;
  case Choice::KeepOld:
    break;
  case Choice::Clash:
    return duplicate(name, unit, loc, definition.unit);
  case Choice::ReplaceOld:
    if (definition.entity.kind == Entity::Kind::Function)
      return duplicate(name, unit, loc, definition.unit);
    definition = {addVariable(unit, variable, &definition.entity), linkage, unit};
    break;
  }
  names[name] = definition.entity;
  return {};
}

// An alias names a function of its own unit; one alias may name another, in any order.
void IndexBuilder::resolveAliases() {
  constexpr int kMaxChain = 8;
  for (int pass = 0; pass < kMaxChain; ++pass) {
    bool changed = false;
    for (const Declaration& declaration : declarations_) {
      if (!declaration.function || declaration.function->aliasOf.empty())
        continue;
      Index::Names& names = index_.unitNames_[declaration.unit];
      auto aliasee = names.find(declaration.function->aliasOf);
      if (aliasee == names.end() || names.contains(declaration.name))
        continue;
      const Entity entity = aliasee->second;
      names[declaration.name] = entity;
      if (isExternal(declaration.linkage))
        program_.try_emplace(declaration.name,
                             Definition{entity, declaration.linkage, declaration.unit});
      changed = true;
    }
    if (!changed)
      return;
  }
}

// .extern .shared without a definition is the block's dynamic shared memory: one for the program.
IndexBuilder::Entity IndexBuilder::dynamicShared(const Declaration& declaration) {
  auto [it, isNew] =
      dynamicShared_.try_emplace(declaration.name, static_cast<uint32_t>(index_.locals_.size()));
  Variable variable = *declaration.variable;
  if (isNew)
    return addVariable(declaration.unit, variable, nullptr);
  IndexedVariable& slot = index_.locals_[it->second];
  slot.align = std::max(slot.align, alignOf(variable));
  slot.variable.align = slot.align;
  return {Entity::Kind::Local, it->second};
}

void IndexBuilder::resolveDeclarations() {
  std::unordered_map<std::string_view, uint32_t> runtime;
  for (const Declaration& declaration : declarations_) {
    auto [it, isNew] = index_.unitNames_[declaration.unit].try_emplace(declaration.name);
    if (!isNew)
      continue;
    Entity& entity = it->second;
    if (auto definition = program_.find(declaration.name);
        definition != program_.end() && isExternal(declaration.linkage)) {
      entity = definition->second.entity;
    } else if (declaration.variable && declaration.variable->space == Space::Shared) {
      entity = dynamicShared(declaration);
    } else if (declaration.function && isRuntimeSymbol(declaration.name)) {
      auto [known, first] =
          runtime.try_emplace(declaration.name, static_cast<uint32_t>(index_.declarations_.size()));
      if (first)
        index_.declarations_.push_back(*declaration.function);
      entity = {Entity::Kind::Runtime, known->second};
    } else {
      entity = {Entity::Kind::Unresolved, 0};
    }
  }
}

// The driver finds static kernels and variables by name too; a program-wide one comes first.
void IndexBuilder::nameTables() {
  for (const auto& [name, definition] : program_) {
    const Entity& entity = definition.entity;
    if (entity.kind == Entity::Kind::Variable)
      index_.visibleVariables_.emplace(name, entity.index);
    else if (entity.kind == Entity::Kind::Function &&
             index_.functions_[entity.index].header.isEntry)
      index_.entries_.emplace(name, entity.index);
  }
  for (const IndexedFunction& function : index_.functions_)
    if (function.header.isEntry)
      index_.entries_.emplace(function.header.name, function.id);
  for (const IndexedVariable& variable : index_.variables_)
    index_.visibleVariables_.emplace(variable.variable.name, variable.id);
}

std::string Index::nameOf(uint32_t unit) const {
  auto origin = [](const PtxUnit& u) { return u ? std::string_view(u->origin) : "ptx"; };
  std::string_view name = origin(units_[unit]);
  bool alone = std::ranges::count_if(units_, [&](auto& u) { return origin(u) == name; }) == 1;
  return alone ? std::string(name) : fmt::format("{}[{}]", name, unit);
}

Result<std::shared_ptr<const Index>> Index::build(std::vector<PtxUnit> units) {
  auto index = std::make_shared<Index>();
  index->units_ = std::move(units);
  AW_TRY(IndexBuilder(*index).run());
  return std::shared_ptr<const Index>(std::move(index));
}

const Index::Entity* Index::find(std::string_view name, uint32_t unit) const {
  if (unit >= unitNames_.size())
    return nullptr;
  auto it = unitNames_[unit].find(name);
  return it == unitNames_[unit].end() ? nullptr : &it->second;
}

const IndexedFunction* Index::function(std::string_view name, uint32_t unit) const {
  const Entity* entity = find(name, unit);
  return entity && entity->kind == Entity::Kind::Function ? &functions_[entity->index] : nullptr;
}

const IndexedVariable* Index::variable(std::string_view name, uint32_t unit) const {
  const Entity* entity = find(name, unit);
  return entity && entity->kind == Entity::Kind::Variable ? &variables_[entity->index] : nullptr;
}

const IndexedFunction* Index::entry(std::string_view name) const {
  auto it = entries_.find(name);
  return it == entries_.end() ? nullptr : &functions_[it->second];
}

const IndexedVariable* Index::visibleVariable(std::string_view name) const {
  auto it = visibleVariables_.find(name);
  return it == visibleVariables_.end() ? nullptr : &variables_[it->second];
}

std::vector<const IndexedFunction*> Index::kernels() const {
  std::vector<const IndexedFunction*> result;
  for (const IndexedFunction& function : functions_)
    if (function.header.isEntry && entry(function.header.name) == &function)
      result.push_back(&function);
  return result;
}

} // namespace anywarp::ptx
