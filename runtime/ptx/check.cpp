// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ptx/check.h"

#include "ptx/check_internal.h"
#include "ptx/layout.h"
#include "ptx/parser.h"

#include <algorithm>
#include <charconv>
#include <fmt/core.h>
#include <unordered_set>

namespace anywarp::ptx {

namespace {

constexpr int kKnownIsa = 90; // the PTX ISA version that the tables describe

} // namespace

void FunctionChecker::fail(SourceLoc loc, std::string text) {
  problems_.push_back({loc, std::move(text)});
}

void FunctionChecker::declare(const Variable& v) {
  Scope& scope = scopes_.back();
  if (v.count) {
    scope.ranges[v.name] = {v.type, v.count};
    return;
  }
  NameInfo info;
  info.kind = v.space == Space::Reg ? NameInfo::Kind::Register : NameInfo::Kind::Variable;
  info.type = v.type;
  info.space = v.space;
  info.vector = v.vector;
  if (!scope.names.emplace(v.name, info).second)
    fail(v.loc, fmt::format("'{}' is declared twice", v.name));
  if ((v.space == Space::Local || v.space == Space::Param) && sizeOf(v) > kMaxLocal)
    fail(v.loc, fmt::format("variable '{}' is too large", v.name));
  if (info.vector == 1 || info.kind != NameInfo::Kind::Register)
    return;
  NameInfo part = info; // v.x ... v.w, or v.r ... v.a
  part.vector = 1;
  for (const char* letters : {"xyzw", "rgba"})
    for (uint32_t i = 0; i < std::min(v.vector, 4u); ++i)
      scope.names[components_.emplace_back(fmt::format("{}.{}", v.name, letters[i]))] = part;
}

// Names hold in their whole block, for branches go forward too.
void FunctionChecker::declareBlock(const Block& block) {
  auto add = [&](std::string_view name, SourceLoc loc, NameInfo info) {
    if (!scopes_.back().names.emplace(name, info).second)
      fail(loc, fmt::format("'{}' is declared twice", name));
  };
  for (const Statement& s : block.statements) {
    NameInfo info;
    switch (s.kind) {
    case Statement::Kind::Variable:
      declare(s.variable);
      break;
    case Statement::Kind::Label:
      info.kind = NameInfo::Kind::Label;
      add(s.label.name, s.label.loc, info);
      break;
    case Statement::Kind::Prototype:
      info.kind = NameInfo::Kind::Prototype;
      info.prototype = s.prototype.get();
      add(s.prototype->name, {}, info);
      break;
    case Statement::Kind::Targets:
      info.kind = NameInfo::Kind::Targets;
      add(s.targets->name, {}, info);
      break;
    default:
      break;
    }
  }
}

NameInfo FunctionChecker::find(std::string_view name) const {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    if (auto it = scope->names.find(name); it != scope->names.end())
      return it->second;
    size_t digits = name.find_last_not_of("0123456789");
    digits = digits == std::string_view::npos ? 0 : digits + 1;
    for (size_t split = digits; split < name.size() && !scope->ranges.empty(); ++split) {
      auto range = scope->ranges.find(name.substr(0, split));
      uint32_t number = 0;
      if (range == scope->ranges.end() || (split + 1 < name.size() && name[split] == '0') ||
          std::from_chars(name.data() + split, name.data() + name.size(), number).ec !=
              std::errc() ||
          number >= range->second.second)
        continue;
      NameInfo info;
      info.kind = NameInfo::Kind::Register;
      info.type = range->second.first;
      info.space = Space::Reg;
      return info;
    }
  }
  return module_.find(name);
}

void FunctionChecker::block(const Block& block) {
  declareBlock(block);
  for (const Statement& s : block.statements) {
    if (problems_.size() >= kMaxProblems)
      return;
    if (s.kind == Statement::Kind::Instruction) {
      instruction(s.instruction);
    } else if (s.kind == Statement::Kind::Block && s.block) {
      scopes_.emplace_back();
      this->block(*s.block);
      scopes_.pop_back();
    } else if (s.kind == Statement::Kind::Targets) {
      for (std::string_view target : s.targets->targets)
        if (auto kind = find(target).kind;
            kind != (s.targets->isCall ? NameInfo::Kind::Function : NameInfo::Kind::Label))
          fail(SourceLoc{}, fmt::format("'{}' in the list '{}' is no {}", target, s.targets->name,
                                        s.targets->isCall ? "function" : "label"));
    }
  }
}

void FunctionChecker::run(const Function& function) {
  scopes_.emplace_back();
  for (const Variable& v : function.returns)
    declare(v);
  for (const Variable& v : function.params)
    declare(v);
  scopes_.emplace_back();
  block(function.body);
}

void FunctionChecker::needs(const Matched& m) {
  Need need = m.needs();
  if (level_.isa && need.isa > level_.isa)
    fail(m.inst->loc, fmt::format("this form of '{}' needs .version {}.{} or later",
                                  m.info->mnemonic, need.isa / 10, need.isa % 10));
  if (level_.target && (need.target > level_.target || (need.letter && !level_.letter)))
    fail(m.inst->loc,
         need.letter
             ? fmt::format("this form of '{}' needs a .target with a letter, such as sm_{}a",
                           m.info->mnemonic, need.target)
             : fmt::format("this form of '{}' needs .target sm_{} or higher", m.info->mnemonic,
                           need.target));
}

void FunctionChecker::instruction(const Instruction& inst) {
  if (inst.guard) {
    NameInfo name = find(inst.guard->reg);
    if (name.kind == NameInfo::Kind::Unknown)
      fail(inst.loc, fmt::format("unknown name '{}'", inst.guard->reg));
    else if (name.type != Type::Pred)
      fail(inst.loc, fmt::format("'{}' is no predicate", inst.guard->reg));
  }
  Result<Matched> m = match(inst);
  if (!m) {
    if (level_.isa <= kKnownIsa)
      fail(inst.loc, m.error().message);
    return;
  }
  needs(*m);
  if (m->info->kind == LoweringKind::Refused) {
    if (refused_.text.empty())
      refused_ = {inst.loc, fmt::format("'{}' is not supported in this form: {}", m->info->mnemonic,
                                        m->info->name)};
    return;
  }
  std::string_view mnemonic = m->info->mnemonic;
  if (mnemonic == "call")
    return call(*m);
  if (mnemonic == "bra" || mnemonic == "brx")
    return branch(*m);
  for (size_t i = 0; i < m->size(); ++i)
    operand(*m, i);
  if (auto problem = formProblem(*m))
    problems_.push_back(std::move(*problem));
}

void FunctionChecker::branch(const Matched& m) {
  bool indexed = m.info->mnemonic == "brx";
  if (indexed)
    typed(m.op(0), Type::U32, false, false);
  const Operand& target = m.op(indexed ? 1 : 0);
  NameInfo name = target.kind == Operand::Kind::Symbol || target.kind == Operand::Kind::Register
                      ? find(target.name)
                      : NameInfo();
  if (name.kind != (indexed ? NameInfo::Kind::Targets : NameInfo::Kind::Label))
    fail(target.loc, name.kind == NameInfo::Kind::Unknown
                         ? fmt::format("unknown label '{}'", target.name)
                         : fmt::format("'{}' is no {}", target.name,
                                       indexed ? ".branchtargets list" : "label"));
}

void FunctionChecker::call(const Matched& m) {
  size_t i = 0;
  const Operand *returns = nullptr, *args = nullptr;
  if (m.op(0).kind == Operand::Kind::List)
    returns = &m.op(i++);
  if (i == m.size())
    return fail(m.inst->loc, "malformed call");
  const Operand& callee = m.op(i++);
  if (i < m.size() && m.op(i).kind == Operand::Kind::List)
    args = &m.op(i++);
  if (m.size() > i + 1) // a prototype
    return fail(m.inst->loc, "malformed call");
  for (const Operand* list : {returns, args})
    if (list)
      for (const Operand& op : list->elements)
        known(op);
  NameInfo name = find(callee.name);
  const std::vector<Variable>* wanted[2] = {nullptr, nullptr};
  if (name.kind == NameInfo::Kind::Function) {
    if (name.undefined)
      return fail(callee.loc, fmt::format("function '{}' is not defined", callee.name));
    if (!name.function)
      return;
    wanted[0] = &name.function->returns;
    wanted[1] = &name.function->params;
  } else if (name.kind == NameInfo::Kind::Unknown) {
    return fail(callee.loc, fmt::format("unknown function '{}'", callee.name));
  } else if (i < m.size()) {
    typed(callee, Type::B64, false, false);
    NameInfo prototype = find(m.op(i).name);
    if (prototype.kind == NameInfo::Kind::Targets)
      return;
    if (prototype.kind != NameInfo::Kind::Prototype)
      return fail(m.op(i).loc, fmt::format("'{}' is no prototype", m.op(i).name));
    wanted[0] = &prototype.prototype->returns;
    wanted[1] = &prototype.prototype->params;
  } else {
    return fail(callee.loc, "an indirect call needs a prototype");
  }
  size_t have[2] = {returns ? returns->elements.size() : 0, args ? args->elements.size() : 0};
  for (int list = 0; list < 2; ++list)
    if (have[list] != wanted[list]->size())
      fail(m.inst->loc, fmt::format("'{}' has {} {}, not {}", callee.name, wanted[list]->size(),
                                    list ? "parameters" : "results", have[list]));
}

// Reads the index, whose names are private.
class ProgramChecker {
public:
  explicit ProgramChecker(const Index& index) : index_(index) {}

  Result<void> run(std::vector<Unsupported>* unsupported) {
    std::string text;
    size_t count = 0;
    for (const IndexedFunction& f : index_.functions_) {
      std::vector<Problem> problems;
      const std::string& source = *index_.units_[f.unit];
      auto parsed = parseFunction(source, f.begin, f.end, f.header.loc);
      if (!parsed) {
        add(text, f.unit, parsed.error().message);
        ++count;
      } else {
        Names names(index_, f.unit);
        FunctionChecker checker(names, level(f.unit), problems);
        checker.run(*parsed);
        const Problem& refused = checker.refused();
        if (unsupported && !refused.text.empty())
          unsupported->push_back(
              {f.header.name, fmt::format("{}:{}:{}: {}", index_.nameOf(f.unit), refused.loc.line,
                                          refused.loc.column, refused.text)});
      }
      for (const Problem& p : problems) {
        SourceLoc loc = p.loc.line ? p.loc : f.header.loc;
        add(text, f.unit, fmt::format("{}:{}: error: {}", loc.line, loc.column, p.text));
      }
      count += problems.size();
      if (count >= kMaxProblems)
        break;
    }
    if (text.empty())
      return {};
    return makeError(Status::InvalidPtx, std::move(text));
  }

private:
  class Names : public ModuleNames {
  public:
    Names(const Index& index, uint32_t unit) : index_(index), unit_(unit) {}
    NameInfo find(std::string_view name) const override {
      NameInfo info;
      const Index::Entity* entity = index_.find(name, unit_);
      if (!entity)
        return info;
      switch (entity->kind) {
      case Index::Entity::Kind::Function:
        info.kind = NameInfo::Kind::Function;
        info.function = &index_.functions_[entity->index].header;
        break;
      case Index::Entity::Kind::Variable:
      case Index::Entity::Kind::Local: {
        const Variable& v = entity->kind == Index::Entity::Kind::Variable
                                ? index_.variables_[entity->index].variable
                                : index_.locals_[entity->index].variable;
        info.kind = NameInfo::Kind::Variable;
        info.type = v.type;
        info.space = v.space;
        break;
      }
      case Index::Entity::Kind::Runtime:
        info.kind = NameInfo::Kind::Function;
        break;
      case Index::Entity::Kind::Unresolved: // of a variable, slice() tells the kernels that need it
        info.kind = NameInfo::Kind::Function;
        info.undefined = true;
        break;
      }
      return info;
    }

  private:
    const Index& index_;
    uint32_t unit_;
  };

  void add(std::string& text, uint32_t unit, std::string_view problem) const {
    if (!text.empty())
      text += '\n';
    text += fmt::format("{}:{}", index_.nameOf(unit), problem);
  }

  Level level(uint32_t unit) const {
    const Module& header = index_.unitHeaders_[unit];
    Level level;
    level.isa = int(10 * header.versionMajor + header.versionMinor);
    for (std::string_view target : header.targets)
      if (target.starts_with("sm_")) {
        std::from_chars(target.data() + 3, target.data() + target.size(), level.target);
        level.letter = target.ends_with('a') || target.ends_with('f');
      }
    return level;
  }

  const Index& index_;
};

Result<void> checkBodies(const Index& index, std::vector<Unsupported>* unsupported) {
  return ProgramChecker(index).run(unsupported);
}

} // namespace anywarp::ptx
