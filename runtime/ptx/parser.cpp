// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Module and function level: PTX ISA 5.4, 10 and 11.
#include "ptx/parser.h"

#include "ptx/names.h"
#include "ptx/parser_internal.h"

#include <algorithm>
#include <charconv>
#include <fmt/core.h>
#include <limits>

namespace anywarp::ptx {

void Parser::advance() {
  if (failed_)
    return;
  token_ = lexer_.next();
  if (token_.kind == Tok::Error)
    failAt(token_.begin, token_.text);
}

void Parser::failAt(uint32_t position, std::string_view message, Status status) {
  if (failed_)
    return;
  SourceLoc loc = lexer_.locate(position);
  error_ = makeError(status, fmt::format("{}:{}: error: {}", loc.line, loc.column, message));
  failed_ = true;
  token_ = Token();
  token_.begin = token_.end = static_cast<uint32_t>(lexer_.text().size());
}

void Parser::fail(std::string_view message) {
  if (failed_)
    return;
  constexpr size_t kMaxQuote = 40;
  std::string_view found = textBetween(token_.begin, token_.end).substr(0, kMaxQuote);
  if (token_.kind == Tok::End)
    failAt(token_.begin, fmt::format("{}, but the text ends here", message));
  else
    failAt(token_.begin, fmt::format("{} (at '{}')", message, found));
}

bool Parser::accept(uint16_t code) {
  if (!isOp(code))
    return false;
  advance();
  return true;
}

void Parser::expect(uint16_t code, std::string_view what) {
  if (!accept(code))
    fail(fmt::format("expected {}", what));
}

std::string_view Parser::expectName(std::string_view what) {
  if (token_.kind != Tok::Ident) {
    fail(fmt::format("expected {}", what));
    return {};
  }
  std::string_view name = token_.text;
  advance();
  return name;
}

uint32_t Parser::expectUint(std::string_view what) {
  if (token_.kind != Tok::Int || token_.bits > std::numeric_limits<uint32_t>::max()) {
    fail(fmt::format("expected {}", what));
    return 0;
  }
  auto value = static_cast<uint32_t>(token_.bits);
  advance();
  return value;
}

Linkage Parser::linkageFromName(std::string_view name) {
  if (name == "extern")
    return Linkage::Extern;
  if (name == "visible")
    return Linkage::Visible;
  if (name == "weak")
    return Linkage::Weak;
  if (name == "common")
    return Linkage::Common;
  return Linkage::None;
}

Result<Module> Parser::module(std::vector<ByteRange>* ranges) {
  Module result;
  while (more() && !failed()) {
    if (result.versionMajor == 0 && !isDot("version"))
      fail("PTX text must begin with .version");
    else
      moduleDirective(result, ranges);
  }
  if (!failed() && result.versionMajor == 0)
    fail("PTX text must begin with .version");
  if (failed())
    return error_;
  return result;
}

void Parser::moduleDirective(Module& module, std::vector<ByteRange>* ranges) {
  if (accept(op(';')))
    return;
  if (isOp(op('@')) && lexer_.text().substr(token_.end).starts_with("@DWARF")) {
    lexer_.skipLine();
    advance();
    return;
  }
  if (token_.kind != Tok::Dot) {
    fail("expected a directive");
    return;
  }
  std::string_view word = token_.text;
  if (word == "version") {
    version(module);
  } else if (word == "target") {
    target(module);
  } else if (word == "address_size") {
    advance();
    uint32_t position = token_.begin;
    module.addressSize = expectUint("32 or 64");
    if (!failed() && module.addressSize != 32 && module.addressSize != 64)
      failAt(position, ".address_size must be 32 or 64");
  } else if (word == "file") {
    file(&module);
  } else if (word == "section") {
    skipSection();
  } else if (word == "loc") {
    location();
  } else if (word == "pragma") {
    Block unused;
    bodyDirective(unused);
  } else if (word == "alias") {
    alias(module);
  } else {
    moduleItem(module, ranges);
  }
}

void Parser::version(Module& module) {
  advance();
  // "9.0" is one token; read its text, for 8.10 is not 8.1.
  std::string_view text = textBetween(token_.begin, token_.end);
  uint32_t major = 0, minor = 0;
  const char* end = text.data() + text.size();
  auto [dot, status] = std::from_chars(text.data(), end, major);
  bool good = token_.kind == Tok::F64 && status == std::errc() && dot != end && *dot == '.';
  if (good) {
    auto [rest, status2] = std::from_chars(dot + 1, end, minor);
    good = status2 == std::errc() && rest == end && major != 0;
  }
  if (!good) {
    fail("expected a version such as 9.0");
    return;
  }
  // "Increments to the major number indicate incompatible changes to PTX" (PTX ISA, .version).
  constexpr uint32_t kKnownMajor = 9;
  if (major > kKnownMajor)
    return failAt(
        token_.begin,
        fmt::format(".version {}; the newest that is understood is {}.x", text, kKnownMajor),
        Status::UnsupportedPtxVersion);
  version_ = 10 * major + minor;
  module.versionMajor = major;
  module.versionMinor = minor;
  advance();
}

void Parser::target(Module& module) {
  advance();
  do
    module.targets.push_back(expectName("a target"));
  while (!failed() && accept(op(',')));
}

// .file index "name" [, timestamp, size]
void Parser::file(Module* module) {
  advance();
  uint32_t index = expectUint("a file number");
  if (token_.kind != Tok::String) {
    fail("expected a file name");
    return;
  }
  if (module)
    module->files.emplace_back(index, token_.text);
  advance();
  while (!failed() && accept(op(','))) {
    if (token_.kind != Tok::Int)
      fail("expected a number");
    advance();
  }
}

// .section .name { debug data }: not needed, line tables come from .loc.
void Parser::skipSection() {
  advance();
  if (token_.kind != Tok::Dot && token_.kind != Tok::Ident) {
    fail("expected a section name");
    return;
  }
  advance();
  if (!isOp(op('{'))) {
    fail("expected '{'");
    return;
  }
  if (!lexer_.skipBraces()) {
    fail("a '{' without its '}'");
    return;
  }
  advance();
}

void Parser::alias(Module& module) {
  advance();
  std::string_view name = expectName("the name of an alias");
  expect(op(','), "','");
  std::string_view aliasee = expectName("the name of a function");
  expect(op(';'), "';'");
  if (failed())
    return;
  // The alias was declared as a function before: PTX ISA 10.
  for (size_t i = module.functions.size(); i-- > 0;) {
    Function& function = module.functions[i];
    if (function.name == name && function.isDeclaration) {
      function.aliasOf = aliasee;
      return;
    }
  }
  failAt(static_cast<uint32_t>(name.data() - lexer_.text().data()),
         "an alias must be declared as a function first");
}

void Parser::moduleItem(Module& module, std::vector<ByteRange>* ranges) {
  const uint32_t begin = token_.begin;
  const SourceLoc loc = here();
  const Linkage linkage = linkageFromName(token_.text);
  if (linkage != Linkage::None)
    advance();
  if (isDot("entry") || isDot("func")) {
    module.functions.push_back(functionAfterLinkage(linkage, loc, ranges != nullptr));
    if (ranges)
      ranges->push_back({begin, lexer_.position()});
    advance(); // the closing brace or semicolon
    return;
  }
  if (token_.kind != Tok::Dot) {
    fail("expected a variable or a function");
    return;
  }
  std::vector<Variable> list = variables(linkage);
  std::move(list.begin(), list.end(), std::back_inserter(module.variables));
}

Result<Function> Parser::function() {
  SourceLoc loc = here();
  Linkage linkage = Linkage::None;
  if (token_.kind == Tok::Dot)
    linkage = linkageFromName(token_.text);
  if (linkage != Linkage::None)
    advance();
  if (!isDot("entry") && !isDot("func"))
    fail("expected .entry or .func");
  Function result = functionAfterLinkage(linkage, loc, false);
  advance();
  if (!failed() && more())
    fail("expected the end of the function");
  if (failed())
    return error_;
  return result;
}

// From .entry or .func to the closing brace or semicolon, which stays the current token.
Function Parser::functionAfterLinkage(Linkage linkage, SourceLoc loc, bool skipBody) {
  Function result;
  result.loc = loc;
  result.linkage = linkage;
  result.isEntry = isDot("entry");
  debugFile_ = debugLine_ = debugColumn_ = 0;
  advance();
  while (token_.kind == Tok::Dot) // .attribute(...), .noreturn
    functionDirective(result);
  if (isOp(op('(')))
    result.returns = parameterList();
  result.name = expectName("a function name");
  if (isOp(op('(')))
    result.params = parameterList();
  while (token_.kind == Tok::Dot)
    functionDirective(result);
  if (isOp(op(';'))) {
    result.isDeclaration = true;
    return result;
  }
  if (!isOp(op('{'))) {
    fail("expected '{' or ';' after a function header");
    return result;
  }
  if (skipBody) {
    if (!lexer_.skipBraces())
      fail("a '{' without its '}'");
    return result;
  }
  advance();
  scopes_.clear();
  scopes_.emplace_back();
  for (const Variable& variable : result.returns)
    declare(variable);
  for (const Variable& variable : result.params)
    declare(variable);
  scopes_.emplace_back();
  pragmas_ = &result.pragmas;
  result.body = block(0);
  pragmas_ = nullptr;
  scopes_.clear();
  if (!isOp(op('}')))
    fail("expected '}'");
  return result;
}

std::vector<Variable> Parser::parameterList() {
  std::vector<Variable> result;
  advance();
  if (accept(op(')')))
    return result;
  do {
    Variable variable = variableHead(Linkage::None, true);
    variableName(variable, true);
    result.push_back(std::move(variable));
  } while (!failed() && accept(op(',')));
  expect(op(')'), "')' after parameters");
  return result;
}

void Parser::dimensions(uint32_t (&out)[3]) {
  out[0] = expectUint("a size");
  out[1] = out[2] = 1;
  for (int i = 1; i < 3 && accept(op(',')); ++i)
    out[i] = expectUint("a size");
}

// Performance and ABI directives. Those of a PTX ISA to come carry numbers at most, it is hoped,
// and are only hints.
void Parser::functionDirective(Function& function) {
  std::string_view word = token_.text;
  advance();
  if (word == "maxntid") {
    dimensions(function.maxntid);
  } else if (word == "reqntid") {
    dimensions(function.reqntid);
  } else if (word == "reqnctapercluster") {
    dimensions(function.reqnctapercluster);
  } else if (word == "maxnreg") {
    function.maxnreg = expectUint("a number of registers");
  } else if (word == "minnctapersm") {
    function.minnctapersm = expectUint("a number of blocks");
  } else if (word == "maxnctapersm") {
    function.maxnctapersm = expectUint("a number of blocks");
  } else if (word == "maxclusterrank") {
    function.maxclusterrank = expectUint("a number of blocks");
  } else if (word == "explicitcluster") {
    function.explicitcluster = true;
  } else if (word == "blocksareclusters") {
    function.blocksareclusters = true;
  } else if (word == "noreturn") {
    function.noreturn = true;
  } else if (word == "attribute") {
    std::vector<std::pair<std::string_view, std::string_view>> unused;
    attributes(unused);
  } else if (word == "pragma") {
    do {
      if (token_.kind != Tok::String)
        fail("expected a string after .pragma");
      function.pragmas.push_back(token_.text);
      advance();
    } while (!failed() && accept(op(',')));
    expect(op(';'), "';'");
  } else {
    bool known = word == "abi_preserve" || word == "abi_preserve_control";
    if (!known && version_ != 0 && version_ <= kKnownVersion)
      failAt(static_cast<uint32_t>(word.data() - lexer_.text().data()),
             fmt::format("unknown directive '.{}'", word));
    while (token_.kind == Tok::Int || isOp(op(',')))
      advance();
  }
}

Result<Module> parse(std::shared_ptr<const std::string> source) {
  if (!source || source->size() >= std::numeric_limits<uint32_t>::max())
    return makeError(Status::InvalidPtx, "1:1: error: no PTX text, or one of more than 4 GB");
  Parser parser(*source, 0, static_cast<uint32_t>(source->size()), {1, 1});
  Result<Module> result = parser.module(nullptr);
  if (result)
    result->source = std::move(source);
  return result;
}

Result<Function> parseFunction(const std::string& source, uint32_t begin, uint32_t end,
                               SourceLoc start) {
  if (begin > end || end > source.size())
    return makeError(Status::InvalidPtx, "1:1: error: no such range in the PTX text");
  if (start.line == 0)
    start = Lexer(source, 0, end, {1, 1}).locate(begin);
  return Parser(source, begin, end, start).function();
}

} // namespace anywarp::ptx
