// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ptx/printer.h"

#include "ptx/layout.h"
#include "ptx/names.h"

#include <fmt/format.h>
#include <iterator>

namespace anywarp::ptx {
namespace {

class Printer {
public:
  std::string take() { return std::move(out_); }

  void module(const Module& module);
  void function(const Function& function);
  void variable(const Variable& variable);
  void instruction(const Instruction& instruction);
  void operand(const Operand& operand);

private:
  template <typename... Args> void put(fmt::format_string<Args...> f, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), f, std::forward<Args>(args)...);
  }
  void indent() { out_.append(2 * depth_, ' '); }
  void linkage(Linkage linkage);
  void parameters(const std::vector<Variable>& params);
  void directives(const Function& function);
  void pragmas(const Function& function);
  void initializer(const Variable& variable);
  void element(const Variable& variable, const Initializer::Element& element);
  void block(const Block& block);
  void statement(const Statement& statement);
  void location(const Instruction& instruction);
  void offset(int64_t value) {
    if (value != 0)
      put("+{}", value);
  }
  template <typename List, typename F> void join(const List& list, F each) {
    bool first = true;
    for (const auto& item : list) {
      if (!first)
        out_ += ", ";
      first = false;
      each(item);
    }
  }

  std::string out_;
  size_t depth_ = 0;
  uint32_t file_ = 0, line_ = 0, column_ = 0;
};

void Printer::linkage(Linkage linkage) {
  switch (linkage) {
  case Linkage::None:
    return;
  case Linkage::Extern:
    out_ += ".extern ";
    return;
  case Linkage::Visible:
    out_ += ".visible ";
    return;
  case Linkage::Weak:
    out_ += ".weak ";
    return;
  case Linkage::Common:
    out_ += ".common ";
    return;
  }
}

void Printer::module(const Module& module) {
  put(".version {}.{}\n", module.versionMajor, module.versionMinor);
  if (!module.targets.empty()) {
    out_ += ".target ";
    join(module.targets, [&](std::string_view target) { out_ += target; });
    out_ += '\n';
  }
  put(".address_size {}\n\n", module.addressSize);
  for (const auto& [index, name] : module.files)
    put(".file {} \"{}\"\n", index, name);
  for (const Variable& item : module.variables) {
    variable(item);
    out_ += ";\n";
  }
  for (const Function& item : module.functions) {
    out_ += '\n';
    function(item);
  }
}

void Printer::parameters(const std::vector<Variable>& params) {
  out_ += '(';
  join(params, [&](const Variable& param) { variable(param); });
  out_ += ')';
}

void Printer::directives(const Function& function) {
  auto three = [&](std::string_view name, const uint32_t(&size)[3]) {
    if (size[0] || size[1] || size[2])
      put("\n.{} {}, {}, {}", name, size[0], size[1], size[2]);
  };
  auto one = [&](std::string_view name, uint32_t value) {
    if (value)
      put("\n.{} {}", name, value);
  };
  if (function.noreturn)
    out_ += "\n.noreturn";
  three("maxntid", function.maxntid);
  three("reqntid", function.reqntid);
  three("reqnctapercluster", function.reqnctapercluster);
  one("maxnreg", function.maxnreg);
  one("minnctapersm", function.minnctapersm);
  one("maxnctapersm", function.maxnctapersm);
  one("maxclusterrank", function.maxclusterrank);
  if (function.explicitcluster)
    out_ += "\n.explicitcluster";
  if (function.blocksareclusters)
    out_ += "\n.blocksareclusters";
}

void Printer::pragmas(const Function& function) {
  for (std::string_view pragma : function.pragmas) {
    out_ += '\n';
    indent();
    put(".pragma \"{}\";", pragma);
  }
}

void Printer::function(const Function& function) {
  linkage(function.linkage);
  out_ += function.isEntry ? ".entry " : ".func ";
  if (!function.returns.empty()) {
    parameters(function.returns);
    out_ += ' ';
  }
  out_ += function.name;
  if (!function.params.empty())
    parameters(function.params);
  directives(function);
  if (function.isDeclaration) {
    pragmas(function);
    out_ += ";\n";
    if (!function.aliasOf.empty())
      put(".alias {}, {};\n", function.name, function.aliasOf);
    return;
  }
  out_ += "\n{";
  file_ = line_ = column_ = 0;
  ++depth_;
  pragmas(function);
  out_ += '\n';
  block(function.body);
  --depth_;
  out_ += "}\n";
}

void Printer::variable(const Variable& variable) {
  linkage(variable.linkage);
  put(".{} ", nameOf(variable.space));
  if (!variable.attributes.empty()) {
    out_ += ".attribute(";
    join(variable.attributes, [&](const auto& attribute) {
      put(".{}", attribute.first);
      if (!attribute.second.empty())
        put("({})", attribute.second);
    });
    out_ += ") ";
  }
  if (variable.align)
    put(".align {} ", variable.align);
  if (variable.vector > 1)
    put(".v{} ", variable.vector);
  put(".{} ", nameOf(variable.type));
  if (variable.isPointer) {
    out_ += ".ptr ";
    if (variable.pointerSpace != Space::Generic)
      put(".{} ", nameOf(variable.pointerSpace));
    if (variable.pointerAlign)
      put(".align {} ", variable.pointerAlign);
  }
  out_ += variable.name;
  if (variable.count)
    put("<{}>", variable.count);
  for (size_t i = 0; i < variable.dims.size(); ++i) {
    if (i == 0 && variable.dims[i] == 0)
      out_ += "[]";
    else
      put("[{}]", variable.dims[i]);
  }
  initializer(variable);
}

void Printer::initializer(const Variable& variable) {
  if (!variable.opaque.empty()) {
    out_ += " = { ";
    join(variable.opaque, [&](const auto& item) { put("{} = {}", item.first, item.second); });
    out_ += " }";
  }
  if (!variable.init)
    return;
  out_ += " = ";
  const auto& elements = variable.init->elements;
  const bool scalar = variable.dims.empty() && variable.vector == 1 && elements.size() == 1;
  out_ += scalar ? "" : "{";
  join(elements, [&](const Initializer::Element& item) { element(variable, item); });
  out_ += scalar ? "" : "}";
}

void Printer::element(const Variable& variable, const Initializer::Element& element) {
  if (element.symbol.empty()) {
    if (element.isFloat && sizeOf(variable.type) == 8)
      put("0d{:016X}", element.bits);
    else if (element.isFloat)
      put("0f{:08X}", element.bits);
    else
      put("{}", static_cast<int64_t>(element.bits));
    return;
  }
  if (element.maskShift != 0xff)
    put("{:#x}(", uint64_t(0xff) << (8 * element.maskShift));
  if (element.generic)
    put("generic({})", element.symbol);
  else
    out_ += element.symbol;
  offset(element.offset);
  if (element.maskShift != 0xff)
    out_ += ')';
}

void Printer::block(const Block& block) {
  for (const Statement& item : block.statements)
    statement(item);
}

void Printer::statement(const Statement& statement) {
  if (statement.kind == Statement::Kind::Instruction)
    location(statement.instruction);
  indent();
  switch (statement.kind) {
  case Statement::Kind::Instruction:
    instruction(statement.instruction);
    break;
  case Statement::Kind::Label:
    put("{}:", statement.label.name);
    break;
  case Statement::Kind::Variable:
    variable(statement.variable);
    out_ += ';';
    break;
  case Statement::Kind::Block:
    out_ += "{\n";
    ++depth_;
    block(*statement.block);
    --depth_;
    indent();
    out_ += '}';
    break;
  case Statement::Kind::Prototype:
    put("{}: .callprototype ", statement.prototype->name);
    if (!statement.prototype->returns.empty()) {
      parameters(statement.prototype->returns);
      out_ += ' ';
    }
    out_ += "_ ";
    parameters(statement.prototype->params);
    out_ += ';';
    break;
  case Statement::Kind::Targets:
    put("{}: {} ", statement.targets->name,
        statement.targets->isCall ? ".calltargets" : ".branchtargets");
    join(statement.targets->targets, [&](std::string_view target) { out_ += target; });
    out_ += ';';
    break;
  }
  out_ += '\n';
}

void Printer::location(const Instruction& instruction) {
  if (instruction.debugFile == file_ && instruction.debugLine == line_ &&
      instruction.debugColumn == column_)
    return;
  file_ = instruction.debugFile;
  line_ = instruction.debugLine;
  column_ = instruction.debugColumn;
  indent();
  put(".loc {} {} {}\n", file_, line_, column_);
}

void Printer::instruction(const Instruction& instruction) {
  if (instruction.guard)
    put("@{}{} ", instruction.guard->negated ? "!" : "", instruction.guard->reg);
  out_ += instruction.mnemonic;
  for (std::string_view modifier : instruction.modifiers)
    put(".{}", modifier);
  if (!instruction.operands.empty())
    out_ += ' ';
  join(instruction.operands, [&](const Operand& item) { operand(item); });
  out_ += ';';
}

void Printer::operand(const Operand& operand) {
  auto each = [&](const Operand& item) { this->operand(item); };
  switch (operand.kind) {
  case Operand::Kind::Register:
  case Operand::Kind::Symbol:
    put("{}{}{}", operand.negated ? "!" : "", operand.minus ? "-" : "", operand.name);
    if (!operand.elements.empty()) {
      out_ += '[';
      each(operand.elements.front());
      out_ += ']';
    }
    offset(operand.offset);
    break;
  case Operand::Kind::Int:
    put("{}", static_cast<int64_t>(operand.bits));
    break;
  case Operand::Kind::F32:
    put("0f{:08X}", operand.bits);
    break;
  case Operand::Kind::F64:
    put("0d{:016X}", operand.bits);
    break;
  case Operand::Kind::Address:
    out_ += '[';
    for (size_t i = 0; i < operand.elements.size(); ++i) {
      out_ += i ? ", " : "";
      each(operand.elements[i]);
      if (i == 0)
        offset(operand.offset);
    }
    out_ += ']';
    break;
  case Operand::Kind::Vector:
    out_ += '{';
    join(operand.elements, each);
    out_ += '}';
    break;
  case Operand::Kind::Pair:
    each(operand.elements.front());
    out_ += '|';
    each(operand.elements.back());
    break;
  case Operand::Kind::Sink:
    out_ += operand.negated ? "!_" : operand.minus ? "-_" : "_";
    break;
  case Operand::Kind::List:
    out_ += '(';
    join(operand.elements, each);
    out_ += ')';
    break;
  }
}

} // namespace

std::string print(const Module& module) {
  Printer printer;
  printer.module(module);
  return printer.take();
}

std::string print(const Function& function) {
  Printer printer;
  printer.function(function);
  return printer.take();
}

std::string print(const Variable& variable) {
  Printer printer;
  printer.variable(variable);
  return printer.take() + ";";
}

std::string print(const Instruction& instruction) {
  Printer printer;
  printer.instruction(instruction);
  return printer.take();
}

std::string print(const Operand& operand) {
  Printer printer;
  printer.operand(operand);
  return printer.take();
}

} // namespace anywarp::ptx
